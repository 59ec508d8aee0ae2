"""Connections to the database on which a transaction begins with its first statement, in one message with it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from psycopg2.extensions import TRANSACTION_STATUS_IDLE, connection, cursor


def _beginning(act: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(act)
    def begun(self: "Cursor", *args: Any, **options: Any) -> Any:
        self.connection.begin_if_due()
        return act(self, *args, **options)

    return begun


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

    executemany = _beginning(cursor.executemany)
    callproc = _beginning(cursor.callproc)
    copy_expert = _beginning(cursor.copy_expert)
    copy_from = _beginning(cursor.copy_from)
    copy_to = _beginning(cursor.copy_to)


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
