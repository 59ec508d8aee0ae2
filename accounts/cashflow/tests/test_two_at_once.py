"""Two workers that read the same evidence at the same time."""

from functools import partial

import pytest

from accounts.cashflow import operations
from accounts.cashflow.tests.builders import NOW, make_parsed, make_received
from accounts.cashflow.tests.test_operations import COFFEE, current
from accounts.statements.writing import as_csv
from portal.core.tests.together import done_together


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    """Two workers read at the same time."""

    def race(self, *references: str) -> None:
        """Read at the same moment."""
        done_together(*(partial(operations.read, each, at=NOW) for each in references))

    def test_records_each_line_once_when_one_statement_is_read_twice(self, enterprise):
        statement = make_received(enterprise, as_csv(make_parsed([COFFEE])))
        self.race(statement.reference, statement.reference)
        assert current(enterprise) == [-3]

    def test_records_each_line_once_when_two_statements_share_it(self, enterprise):
        content = as_csv(make_parsed([COFFEE]))
        first, second = make_received(enterprise, content), make_received(enterprise, content)
        self.race(first.reference, second.reference)
        assert current(enterprise) == [-3]
