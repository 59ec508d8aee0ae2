"""Reading in the background."""

from accounts.cashflow.tasks import read
from accounts.cashflow.tests.builders import make_parsed, make_received
from accounts.cashflow.writing import as_csv
from portal.core.models import Job


class TestRead:
    """The task that the promise names."""

    def test_reads_the_statement_and_keeps_the_promise(self, enterprise):
        statement = make_received(enterprise, as_csv(make_parsed([("2026-01-05", "1.00", "Li", "order")])))
        read(statement.reference)
        statement.refresh_from_db()
        assert (statement.status, Job.objects.get(name="cashflow.read").done_at is None) == ("read", False)

    def test_is_registered_under_the_name_that_is_asked_for(self):
        assert read.name == "cashflow.read"
