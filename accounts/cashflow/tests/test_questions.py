"""A file that leaves something open waits for an answer, and is read by it."""

from datetime import date, timedelta

import pytest

from accounts.cashflow import operations, queries
from accounts.cashflow.models import StatementImport
from accounts.cashflow.operations import AnswerRefused
from accounts.cashflow.tests.builders import NOW, make_read, make_received, make_statement
from portal.core.models import AuditEvent, Job
from portal.core.transitions import TransitionRefused

UNCLEAR = b"Date,Amount,Description\n02/01/2026,10.00,tea\n03/01/2026,20.00,tea\n"
STRANGE = b"Wann;Wieviel;Wer\n2026-01-05;10.00;Li\n2026-01-06;-4.00;Wu\n"
LATER = NOW + timedelta(hours=1)


def ask(enterprise, content: bytes = UNCLEAR) -> StatementImport:
    """Bring a file that leaves something open."""
    return make_read(make_received(enterprise, content))


def days(statement: StatementImport) -> list[date]:
    """List the days of what was recorded."""
    return list(statement.lines.order_by("line_number").values_list("booked_on", flat=True))


class TestAsk:
    """Asking is a status of its own."""

    def test_waits_with_the_readings_side_by_side_and_records_nothing(self, enterprise):
        statement = ask(enterprise)
        assert (statement.status, statement.question["kind"]) == ("asks", "dates")
        assert [option["answer"] for option in statement.question["options"]] == ["dmy", "mdy"]
        assert not statement.lines.exists()

    def test_is_recorded(self, enterprise):
        event = AuditEvent.objects.get(subject=ask(enterprise).reference, verb="cashflow.statement_asks")
        assert event.details == {"kind": "dates"}

    def test_is_a_doubt_until_it_is_answered(self, enterprise):
        statement = ask(enterprise)
        assert queries.doubts_about(enterprise).suspicions == 1
        operations.answer(statement, {"dates": "dmy"}, by="U-1", at=LATER)
        make_read(statement)
        assert queries.doubts_about(enterprise).suspicions == 0

    def test_is_no_evidence(self, enterprise):
        ask(enterprise)
        assert (queries.has_evidence(enterprise), len(queries.asking(enterprise))) == (False, 1)

    def test_ends_when_the_file_is_withdrawn(self, enterprise):
        operations.withdraw(ask(enterprise), by="U-1", at=LATER)
        assert queries.asking(enterprise) == []


class TestAnswer:
    """Answering lets the file be read, and is kept beside it."""

    @pytest.mark.parametrize(("told", "first"), [("dmy", date(2026, 1, 2)), ("mdy", date(2026, 2, 1))])
    def test_reads_the_file_as_answered(self, enterprise, told, first):
        statement = ask(enterprise)
        operations.answer(statement, {"dates": told}, by="U-1", at=LATER)
        read = make_read(statement)
        assert (read.status, days(read)[0], read.answers) == ("read", first, {"dates": told})

    def test_reads_columns_as_they_were_named(self, enterprise):
        statement = ask(enterprise, STRANGE)
        told = {"columns": {"first_row": 2, "date": 0, "amount": 1, "counterparty": 2}}
        operations.answer(statement, told, by="U-1", at=LATER)
        read = make_read(statement)
        assert list(read.lines.order_by("line_number").values_list("amount", "counterparty_name")) == [
            (10, "Li"),
            (-4, "Wu"),
        ]

    def test_reads_amounts_by_a_column_that_says_which_way_they_go(self, enterprise):
        statement = ask(enterprise, "哪天;多少;进出\n2026-01-05;10.00;收入\n2026-01-06;4.00;支出\n".encode())
        told = {"columns": {"first_row": 2, "date": 0, "amount": 1, "direction": 2}}
        operations.answer(statement, told, by="U-1", at=LATER)
        assert list(make_read(statement).lines.order_by("line_number").values_list("amount", flat=True)) == [10, -4]

    @pytest.mark.parametrize(("words", "amounts"), [(("debit", "credit"), [-10, 4]), (("card", "transfer"), [10, 4])])
    def test_reads_a_column_of_kinds_as_the_way_where_it_says_nothing_else(self, enterprise, words, amounts):
        content = "哪天;多少;怎样\n2026-01-05;10.00;{}\n2026-01-06;4.00;{}\n".format(*words)
        statement = ask(enterprise, content.encode())
        told = {"columns": {"first_row": 2, "date": 0, "amount": 1, "kind": 2}}
        operations.answer(statement, told, by="U-1", at=LATER)
        assert list(make_read(statement).lines.order_by("line_number").values_list("amount", flat=True)) == amounts

    def test_asks_one_thing_after_the_other(self, enterprise):
        statement = ask(enterprise, b'Date;Amount\n02/01/2026;"1,234"\n')
        operations.answer(statement, {"dates": "dmy"}, by="U-1", at=LATER)
        statement = make_read(statement)
        assert (statement.status, statement.question["kind"]) == ("asks", "amounts")
        operations.answer(statement, {"amounts": "point"}, by="U-1", at=LATER)
        assert make_read(statement).lines.get().amount == 1234

    def test_records_who_answered_what_and_when(self, enterprise):
        statement = ask(enterprise)
        operations.answer(statement, {"dates": "dmy"}, by="U-1", at=LATER)
        event = AuditEvent.objects.get(subject=statement.reference, verb="cashflow.statement_answered")
        assert (event.by, event.at, event.details) == ("U-1", LATER, {"kind": "dates", "answer": "dmy"})

    def test_promises_to_read_and_does_so_once_when_it_is_sent_twice(self, enterprise):
        statement = ask(enterprise)
        for _attempt in range(2):
            operations.answer(statement, {"dates": "dmy"}, by="U-1", at=LATER)
        assert Job.objects.filter(name="cashflow.read", reference=statement.reference, done_at=None).count() == 1
        assert AuditEvent.objects.filter(verb="cashflow.statement_answered").count() == 1

    def test_is_remembered_when_the_file_is_read_again(self, enterprise):
        statement = ask(enterprise)
        operations.answer(statement, {"dates": "dmy"}, by="U-1", at=LATER)
        other = make_read(make_received(enterprise, UNCLEAR + b"\n"))
        operations.answer(other, {"dates": "dmy"}, by="U-1", at=LATER)
        make_read(statement)
        other = make_read(other)
        operations.withdraw(statement, by="U-1", at=LATER)
        assert make_read(other).status == "read"
        assert len(days(other)) == 2

    @pytest.mark.parametrize(
        ("content", "told", "code"),
        [
            (UNCLEAR, {"dates": "ydm"}, "answer_unknown"),
            (UNCLEAR, {"amounts": "point"}, "answer_unknown"),
            (UNCLEAR, {}, "answer_unknown"),
            (STRANGE, {"columns": {"date": 0}}, "answer_columns"),
            (STRANGE, {"columns": {"date": 0, "amount": 0}}, "answer_columns_twice"),
            (STRANGE, {"columns": {"date": 0, "amount": 9}}, "answer_unknown"),
            (STRANGE, {"columns": {"date": 0, "amount": "1"}}, "answer_unknown"),
            (STRANGE, {"columns": {"date": 0, "amount": 1, "weight": 2}}, "answer_unknown"),
        ],
    )
    def test_refuses_what_is_no_answer(self, enterprise, content, told, code):
        statement = ask(enterprise, content)
        with pytest.raises(AnswerRefused) as caught:
            operations.answer(statement, told, by="U-1", at=LATER)
        assert caught.value.code == code
        statement.refresh_from_db()
        assert statement.status == "asks"

    def test_refuses_where_nothing_is_asked(self, enterprise):
        with pytest.raises(TransitionRefused):
            operations.answer(make_statement(enterprise), {"dates": "dmy"}, by="U-1", at=LATER)
