"""Two workers that read the same evidence at the same time."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from accounts.cashflow import operations
from accounts.cashflow.tests.builders import NOW, make_parsed, make_received
from accounts.cashflow.tests.test_operations import COFFEE, current
from accounts.statements.writing import as_csv


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    """Two workers read at the same time."""

    def race(self, *references: str) -> None:
        """Read in threads that start together."""
        barrier = Barrier(len(references))

        def work(reference: str) -> None:
            barrier.wait(timeout=10)
            try:
                operations.read(reference, at=NOW)
            finally:
                connection.close()

        threads = [Thread(target=work, args=[reference]) for reference in references]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)

    def test_records_each_line_once_when_one_statement_is_read_twice(self, enterprise):
        statement = make_received(enterprise, as_csv(make_parsed([COFFEE])))
        self.race(statement.reference, statement.reference)
        assert current(enterprise) == [-3]

    def test_records_each_line_once_when_two_statements_share_it(self, enterprise):
        content = as_csv(make_parsed([COFFEE]))
        first, second = make_received(enterprise, content), make_received(enterprise, content)
        self.race(first.reference, second.reference)
        assert current(enterprise) == [-3]
