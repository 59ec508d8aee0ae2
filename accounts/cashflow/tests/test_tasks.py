"""Reading in the background."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from accounts.cashflow import operations
from accounts.cashflow.models import BankTransaction
from accounts.cashflow.tasks import read
from accounts.cashflow.tests.builders import NOW, make_parsed, make_read, make_received, make_statement
from accounts.statements.parsing import ParsedStatement, door
from accounts.statements.writing import as_csv
from portal.core.models import AuditEvent, Job


def divide(content: bytes, _given: door.Given) -> list[ParsedStatement]:
    """Read as a reader with a bug does."""
    return [] * (len(content) // 0)


@pytest.fixture
def failing_format() -> Iterator[bytes]:
    """A format whose reader has a bug; gives the content of a file in it."""
    known = list(door.FORMATS)
    door.FORMATS.insert(0, door.Format(lambda content: content.startswith(b"FAIL"), divide))
    yield b"FAIL"
    door.FORMATS[:] = known


class TestRead:
    """The task that the promise names."""

    def test_reads_the_statement_and_keeps_the_promise(self, enterprise):
        statement = make_received(enterprise, as_csv(make_parsed([("2026-01-05", "1.00", "Li", "order")])))
        read(statement.reference)
        statement.refresh_from_db()
        assert (statement.status, Job.objects.get(name="cashflow.read").done_at is None) == ("read", False)

    def test_tries_a_reader_that_fails_three_times_and_then_gives_up(self, enterprise, failing_format):
        statement = make_received(enterprise, failing_format)
        statuses = []
        for _attempt in range(3):
            with pytest.raises(ZeroDivisionError):
                read(statement.reference)
            statement.refresh_from_db()
            statuses.append(statement.status)
        assert statuses == ["reading", "reading", "refused"]
        assert statement.refusal.startswith("The file could not be read; we were told and look into it.")

    def test_tells_of_a_file_that_was_given_up_without_its_content(self, enterprise, failing_format):
        statement = make_received(enterprise, failing_format)
        for _attempt in range(3):
            with suppress(ZeroDivisionError):
                read(statement.reference)
        event = AuditEvent.objects.get(verb="cashflow.statement_unreadable")
        assert (event.subject, event.by) == (statement.reference, "system")
        assert event.details == {"error": "ZeroDivisionError", "attempts": 3, "sha256": statement.file.sha256}

    def test_keeps_the_promise_when_the_sweeper_comes_back(self, enterprise, failing_format):
        statement = make_received(enterprise, failing_format)
        for _attempt in range(3):
            with suppress(ZeroDivisionError):
                read(statement.reference)
        read(statement.reference)
        assert Job.objects.get(name="cashflow.read").done_at is not None
        assert AuditEvent.objects.filter(verb="cashflow.statement_unreadable").count() == 1

    def test_gives_up_a_file_of_which_workers_died(self, enterprise):
        statement = make_received(enterprise, as_csv(make_parsed([("2026-01-05", "1.00", "Li", "order")])))
        Job.objects.filter(name="cashflow.read").update(attempts=3)
        read(statement.reference)
        statement.refresh_from_db()
        assert (statement.status, statement.refusal_code) == ("refused", "statement_unreadable")

    def test_stops_counting_the_lines_of_a_file_that_can_no_longer_be_read(self, enterprise, failing_format):
        content = as_csv(make_parsed([("2026-01-05", "1.00", "Li", "order"), ("2026-01-06", "2.00", "Li", "order")]))
        first = make_statement(enterprise, [("2026-01-05", "1.00", "Li", "order")])
        second = make_read(make_received(enterprise, content))
        operations.withdraw(first, by="U-1", at=NOW)
        door.FORMATS.insert(0, door.Format(lambda _content: True, divide))
        for _attempt in range(3):
            with suppress(ZeroDivisionError):
                read(second.reference)
        assert not BankTransaction.objects.current().filter(enterprise=enterprise).exists()

    def test_is_registered_under_the_name_that_is_asked_for(self):
        assert read.name == "cashflow.read"
