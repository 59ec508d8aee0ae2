"""An answer about columns is used again for the same heading, says so, and can be undone."""

from datetime import timedelta

import pytest

from accounts.cashflow import operations, queries
from accounts.cashflow.models import StatementImport
from accounts.cashflow.operations import AnswerRefused
from accounts.cashflow.tests.builders import NOW, make_read, make_received, make_statement
from accounts.cashflow.tests.pages import page
from accounts.identity.models import Enterprise
from portal.core.models import AuditEvent, Job

LATER = NOW + timedelta(hours=1)
STRANGE = "Wann;Wieviel;Wer\n{};10.00;Li\n{};-4.00;Wu\n"
COLUMNS = {"columns": {"first_row": 2, "date": 0, "amount": 1, "counterparty": 2}}
FEBRUARY = "Auszug Februar;;\n" + STRANGE.format("2026-02-05", "2026-02-06")


def bring(enterprise, text: str = FEBRUARY) -> StatementImport:
    """Bring a file."""
    return make_read(make_received(enterprise, text.encode()), at=LATER)


@pytest.fixture
def answered(enterprise):
    """A file whose columns somebody named."""
    first = bring(enterprise, STRANGE.format("2026-01-05", "2026-01-06"))
    operations.answer(first, COLUMNS, by="U-1", at=NOW)
    return make_read(first)


ORDERS = [(f"2026-01-{day:02}", "100.00", "Li", "order") for day in range(5, 12)]
TWO_AMOUNTS = {"columns": {"first_row": 2, "date": 0, "amount": 1, "counterparty": 3}}
OTHER_AMOUNT = {"columns": TWO_AMOUNTS["columns"] | {"amount": 2}}


def misread(enterprise) -> StatementImport:
    """Bring a file with the payments of ``ORDERS`` that is read by an answer about another of its columns."""
    before = bring(enterprise, "Wann;Wieviel;Andere;Wer\n2025-12-05;1.00;2.00;Li\n2025-12-06;3.00;4.00;Li\n")
    operations.answer(before, OTHER_AMOUNT, by="U-1", at=NOW)
    make_read(before)
    lines = [f"{day};{amount};{'900.00' if day == '2026-01-08' else amount};Li\n" for day, amount, *_ in ORDERS]
    return bring(enterprise, "Wann;Wieviel;Andere;Wer\n" + "".join(lines))


class TestRead:
    """What the next file of the same bank becomes."""

    def test_is_read_by_the_earlier_answer_and_says_so(self, enterprise, answered):
        read = bring(enterprise)
        assert (read.status, read.answered_as) == ("read", answered)
        assert list(read.lines.order_by("line_number").values_list("amount", flat=True)) == [10, -4]

    @pytest.mark.parametrize(
        "text",
        [
            FEBRUARY.replace("Wer", "Woher"),
            FEBRUARY.replace("10.00;Li", "Li;10.00"),
            "2026-02-05;10.00;Li\n2026-02-06;-4.00;Wu\n",
            FEBRUARY + STRANGE.format("2026-02-07", "2026-02-08"),
        ],
        ids=["another heading", "other columns under it", "no heading", "the heading twice"],
    )
    def test_asks_where_the_answer_is_none(self, enterprise, answered, text):
        asks = bring(enterprise, text)
        assert (asks.status, asks.answered_as, asks.answers) == ("asks", None, {})

    def test_asks_what_else_is_open(self, enterprise, answered):
        asks = bring(enterprise, STRANGE.format("02/01/2026", "03/01/2026"))
        assert (asks.question["kind"], asks.answered_as) == ("dates", answered)
        operations.answer(asks, {"dates": "dmy"}, by="U-1", at=LATER)
        assert make_read(asks).status == "read"

    def test_uses_no_answer_of_another_enterprise(self, stranger, answered):
        assert bring(Enterprise.objects.get(legal_name="Stranger Noodles")).status == "asks"

    def test_uses_no_answer_of_a_withdrawn_file(self, enterprise, answered):
        operations.withdraw(answered, by="U-1", at=LATER)
        assert bring(enterprise).status == "asks"


class TestAskAnew:
    """Undoing it."""

    def test_asks_and_counts_nothing_until_it_is_answered(self, enterprise, answered):
        read = bring(enterprise)
        operations.ask_anew(read, by="U-1", at=LATER)
        asks = make_read(read)
        assert (asks.status, asks.answered_as) == ("asks", None)
        assert queries.counted(enterprise).count() == 2
        operations.answer(asks, {"columns": COLUMNS["columns"] | {"first_row": 3}}, by="U-1", at=LATER)
        assert (make_read(asks).status, queries.counted(enterprise).count()) == ("read", 4)

    def test_takes_its_turn_in_the_lane_of_its_enterprise(self, enterprise, answered):
        read = bring(enterprise)
        operations.ask_anew(read, by="U-1", at=LATER)
        assert Job.objects.get(reference=read.reference, done_at=None).lane == enterprise.reference

    def test_takes_back_what_others_were_found_to_tell_otherwise(self, enterprise):
        wrong = misread(enterprise)
        right = make_statement(enterprise, ORDERS, at=LATER)
        assert (right.contradiction_count, queries.doubts_about(enterprise).suspicions) == (1, 1)
        operations.ask_anew(wrong, by="U-1", at=LATER)
        make_read(right, at=LATER)
        asks = make_read(wrong, at=LATER)
        operations.answer(asks, TWO_AMOUNTS, by="U-1", at=LATER)
        make_read(asks, at=LATER)
        assert queries.doubts_about(enterprise).suspicions == 0

    def test_ends_what_was_cleared_of_it(self, enterprise, approver):
        right = make_statement(enterprise, ORDERS)
        wrong = misread(enterprise)
        operations.choose(wrong, by="U-1", at=LATER)
        wrong = make_read(wrong, at=LATER)
        operations.clear(right, replaced_by=wrong, reason="r", by=approver, at=LATER)
        operations.ask_anew(wrong, by="U-1", at=LATER)
        operations.answer(make_read(wrong, at=LATER), TWO_AMOUNTS, by="U-1", at=LATER)
        wrong = make_read(wrong, at=LATER)
        assert queries.doubts_about(enterprise).suspicions == 1
        operations.clear(right, replaced_by=wrong, reason="The bank confirmed it.", by=approver, at=LATER)
        assert queries.doubts_about(enterprise).suspicions == 0

    def test_stays_a_doubt_where_it_is_withdrawn_instead(self, enterprise):
        wrong = misread(enterprise)
        right = make_statement(enterprise, ORDERS, at=LATER)
        operations.ask_anew(wrong, by="U-1", at=LATER)
        make_read(right, at=LATER)
        operations.withdraw(make_read(wrong, at=LATER), by="U-1", at=LATER)
        (found,) = queries.doubts_about(enterprise).replaced
        assert (found.withdrawn, found.by) == (wrong, right)

    def test_is_recorded(self, enterprise, answered):
        read = bring(enterprise)
        operations.ask_anew(read, by="U-1", at=LATER)
        assert AuditEvent.objects.get(verb="cashflow.statement_asked_anew").subject == read.reference

    def test_refuses_a_file_that_was_answered_itself(self, answered):
        with pytest.raises(AnswerRefused, match="answer_not_recalled"):
            operations.ask_anew(answered, by="U-1", at=LATER)


class TestPage:
    """What its owner sees."""

    def test_tells_whose_answer_was_used_and_takes_it_back(self, client_of, owner, enterprise, answered):
        read = bring(enterprise)
        address = page("statement", enterprise.reference, read.reference)
        shown = client_of(owner).get(address).content.decode()
        assert "as you answered for" in shown
        client_of(owner).post(page("ask_anew", enterprise.reference, read.reference))
        assert make_read(read).status == "asks"
        assert "as you answered for" not in client_of(owner).get(address).content.decode()

    def test_does_not_exist_for_a_stranger(self, client_of, stranger, enterprise, answered):
        read = bring(enterprise)
        answer = client_of(stranger).post(page("ask_anew", enterprise.reference, read.reference))
        assert answer.status_code == 404
