"""Connections to the database on which a transaction begins with its first statement, in one message with it."""

from typing import Any

from psycopg2.extensions import TRANSACTION_STATUS_IDLE, connection, cursor


class Cursor(cursor):  # type: ignore[misc]  # the driver tells no types
    """A cursor that begins the transaction where one is due."""

    connection: "Connection"

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002  the driver's name
        """Send a statement, with ``BEGIN`` before it where a transaction is due."""
        if self.name:  # the driver refuses one that ends with its transaction, of which it does not know
            self.withhold = True
            self.connection.begin_if_due()
        elif self.connection.is_begin_due():
            if isinstance(query, str):
                query = f"BEGIN;{query}"
            else:
                self.connection.begin_if_due()
        super().execute(query, vars)

    def executemany(self, *args: Any) -> None:
        """Send a statement for each of many rows."""
        self.connection.begin_if_due()
        super().executemany(*args)

    def callproc(self, *args: Any) -> Any:
        """Call a function of the database."""
        self.connection.begin_if_due()
        return super().callproc(*args)

    def copy_expert(self, *args: Any, **options: Any) -> None:
        """Copy rows in or out."""
        self.connection.begin_if_due()
        super().copy_expert(*args, **options)


class Connection(connection):  # type: ignore[misc]
    """What the driver's connection is, but for one thing: outside autocommit it sends no ``BEGIN`` of its own.

    To the driver it is always in autocommit; what Django asks for is kept here, and the server tells whether a
    transaction is open. A first statement that the server cannot read begins nothing; the next one does.
    """

    autocommit = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.set_session(autocommit=True)
        self._plain = super().cursor(cursor_factory=cursor)

    def is_begin_due(self) -> bool:
        """Tell whether the next statement is the first of a transaction."""
        return not self.autocommit and self.get_transaction_status() == TRANSACTION_STATUS_IDLE

    def begin_if_due(self) -> None:
        """Begin a transaction by itself."""
        if self.is_begin_due():
            self._plain.execute("BEGIN")

    def commit(self) -> None:
        """Keep what was done since the transaction began, if one did."""
        if self.get_transaction_status() != TRANSACTION_STATUS_IDLE:
            self._plain.execute("COMMIT")

    def rollback(self) -> None:
        """Undo what was done since the transaction began, if one did."""
        if self.get_transaction_status() != TRANSACTION_STATUS_IDLE:
            self._plain.execute("ROLLBACK")
