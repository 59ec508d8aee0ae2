"""Files of one account that tell days otherwise: both count with a warning, one is chosen, and staff clear it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.cashflow import operations, queries
from accounts.cashflow.models import ReplacementClearing, StatementImport
from accounts.cashflow.operations import ChoiceRefused, ClearingRefused
from accounts.cashflow.tests.builders import NOW, make_parsed, make_read, make_received, make_statement
from accounts.cashflow.tests.pages import page
from accounts.identity.tests.builders import machine
from accounts.statements.writing import as_csv
from portal.core.models import AuditEvent

LATER = NOW + timedelta(hours=1)
FIRST = [(f"2026-01-{day:02}", "100.00", "Li", "order") for day in range(5, 12)]
SECOND = [(day, "900.00" if day == "2026-01-08" else amount, *who) for day, amount, *who in FIRST]


@pytest.fixture
def both(enterprise):
    """Two files of one account, of which one tells more for the 8th."""
    return make_statement(enterprise, FIRST), make_statement(enterprise, SECOND, at=LATER)


def suspicions(enterprise) -> int:
    """Count the doubts."""
    return queries.doubts_about(enterprise).suspicions


def read_again(enterprise) -> None:
    """Read what waits."""
    for waiting in StatementImport.objects.filter(enterprise=enterprise, status="reading"):
        make_read(waiting, at=LATER)


def chosen(enterprise, kept: StatementImport) -> None:
    """Say which file counts."""
    operations.choose(kept, by="U-1", at=LATER)
    read_again(enterprise)


class TestWarn:
    """Both count, and it is said."""

    def test_names_the_day_and_the_difference(self, enterprise, both):
        first, second = both
        (found,) = queries.contradicting(enterprise)
        assert (found.statement, found.others) == (second, [first])
        assert [(each.day, each.difference) for each in found.days] == [(date(2026, 1, 8), Decimal(800))]
        assert suspicions(enterprise) == 1

    def test_shows_it_with_a_button_for_either(self, client_of, owner, enterprise, both):
        shown = client_of(owner).get(page("enterprise", enterprise.reference)).content.decode()
        assert "tell different payments on 1 day" in shown
        assert all(page("choose", enterprise.reference, each.reference) in shown for each in both)

    def test_finds_it_while_the_other_file_is_read_again(self, enterprise):
        first = make_statement(enterprise, FIRST)
        third = make_statement(enterprise, FIRST[2:], at=LATER)
        second = make_received(enterprise, as_csv(make_parsed(SECOND)))
        operations.withdraw(third, by="U-1", at=LATER)
        assert [each["with"] for each in make_read(second).contradictions] == [[first.reference]]

    def test_names_no_file_that_tells_the_same(self, enterprise, both):
        first, second = both
        third, fourth = (make_statement(enterprise, each[1:], at=LATER) for each in (SECOND, FIRST))
        named = [
            [(each["here"], each["there"], each["with"]) for each in file.contradictions] for file in (third, fourth)
        ]
        assert named[0] == [("900.00", "100.000", [first.reference])]
        assert [{*told[2]} for told in named[1]] == [{second.reference, third.reference}]

    def test_names_no_file_that_ends_on_the_day(self, enterprise):
        first = make_statement(enterprise, FIRST)
        make_statement(enterprise, [("2025-12-20", "1.00", "Li", "order"), FIRST[3]])
        second = make_statement(enterprise, SECOND, at=LATER)
        assert [each["with"] for each in second.contradictions] == [[first.reference]]

    def test_is_silent_where_files_agree(self, enterprise):
        make_statement(enterprise, FIRST)
        make_statement(enterprise, FIRST[2:], at=LATER)
        assert (queries.contradicting(enterprise), suspicions(enterprise)) == ([], 0)


class TestChoose:
    """One counts, and a person still looks."""

    @pytest.mark.parametrize(("kept", "total"), [(0, 700), (1, 1500)])
    def test_counts_the_chosen_one_alone(self, enterprise, both, kept, total):
        chosen(enterprise, both[kept])
        assert sum(line.amount for line in queries.counted(enterprise)) == total
        assert (queries.contradicting(enterprise), suspicions(enterprise)) == ([], 1)

    def test_stays_a_doubt_where_one_is_simply_withdrawn(self, enterprise, both):
        first, second = both
        operations.withdraw(first, by="U-1", at=LATER)
        read_again(enterprise)
        (found,) = queries.doubts_about(enterprise).replaced
        assert (found.withdrawn, found.by, found.days) == (first, second, {date(2026, 1, 8)})

    def test_stays_a_doubt_where_the_chosen_one_is_replaced_in_turn(self, enterprise, both):
        chosen(enterprise, both[1])
        operations.withdraw(both[1], by="U-1", at=LATER)
        make_statement(enterprise, [*SECOND, ("2026-01-12", "1.00", "Li", "order")], at=LATER)
        assert suspicions(enterprise) == 1

    def test_leaves_a_third_file_that_agrees(self, enterprise, both):
        third = make_statement(enterprise, SECOND[1:], at=LATER)
        chosen(enterprise, third)
        statuses = [StatementImport.objects.get(pk=each.pk).status for each in (*both, third)]
        assert statuses == ["withdrawn", "read", "read"]

    def test_refuses_a_page_that_is_stale_and_withdraws_nothing(self, enterprise, both):
        first, second = both
        chosen(enterprise, first)
        for kept in (first, second):
            with pytest.raises(ChoiceRefused):
                operations.choose(kept, by="U-1", at=LATER)
        assert [StatementImport.objects.get(pk=each.pk).status for each in both] == ["read", "withdrawn"]

    def test_offers_each_file_as_one_piece_of_text(self, client_of, owner, enterprise, both):
        shown = client_of(owner).get(page("enterprise", enterprise.reference)).text
        assert shown.count("<span>Only statement.csv (") == 2  # loose texts in a button would stand side by side

    def test_is_done_on_the_page_by_its_owner_alone(self, client_of, owner, stranger, enterprise, both):
        address = page("choose", enterprise.reference, both[0].reference)
        assert client_of(stranger).post(address).status_code == 404
        assert client_of(owner).post(address).status_code == 302
        assert StatementImport.objects.get(pk=both[1].pk).status == "withdrawn"


class TestClear:
    """A person looked at both."""

    def test_ends_the_doubt_and_is_recorded(self, enterprise, both, approver):
        chosen(enterprise, both[1])
        operations.clear(both[0], replaced_by=both[1], reason="The bank confirmed it.", by=approver, at=LATER)
        assert (suspicions(enterprise), queries.doubts_about(enterprise).replaced) == (0, ())
        event = AuditEvent.objects.get(verb="cashflow.replacement_cleared")
        assert (event.subject, event.details) == (both[0].reference, {"by": both[1].reference})

    def test_refuses_what_was_not_replaced_no_reason_and_a_second_time(self, enterprise, both, approver):
        first, second = both
        with pytest.raises(ClearingRefused, match="clearing_not_replaced"):
            operations.clear(first, replaced_by=second, reason="r", by=approver, at=LATER)
        chosen(enterprise, second)
        second.refresh_from_db()
        with pytest.raises(ClearingRefused, match="clearing_without_reason"):
            operations.clear(first, replaced_by=second, reason=" ", by=approver, at=LATER)
        operations.clear(first, replaced_by=second, reason="r", by=approver, at=LATER)
        with pytest.raises(ClearingRefused, match="clearing_repeated"):
            operations.clear(first, replaced_by=second, reason="r", by=approver, at=LATER)

    @pytest.mark.parametrize("act", ["brought", "withdrew"])
    def test_refuses_who_brought_or_withdrew_a_file(self, enterprise, both, approver, act):
        first, second = both
        operations.choose(second, by=approver.reference if act == "withdrew" else "U-1", at=LATER)
        read_again(enterprise)
        if act == "brought":
            StatementImport.objects.filter(pk=second.pk).update(uploaded_by=approver.reference)
        second.refresh_from_db()
        with pytest.raises(ClearingRefused, match="clearing_of_own_files"):
            operations.clear(first, replaced_by=second, reason="r", by=approver, at=LATER)

    def test_is_hidden_from_staff_who_act_for_the_enterprise(self, client_of, enterprise, both, approver):
        chosen(enterprise, both[1])
        enterprise.memberships.create(user=approver, role="manager", began_at=NOW)
        address = page("replaced", enterprise.reference, both[0].reference, both[1].reference)
        assert client_of(approver).get(address).status_code == 403

    def test_shows_what_either_file_told_of_the_day(self, client_of, enterprise, both, officer):
        chosen(enterprise, both[0])
        address = page("replaced", enterprise.reference, both[1].reference, both[0].reference)
        shown = client_of(officer).get(address).content.decode()
        assert all(each in shown for each in ("Jan 8, 2026", "¥900.00", "¥100.00"))

    def test_is_for_approvers_and_analysts_on_a_page(
        self, client_of, enterprise, both, owner, stranger, officer, approver
    ):
        chosen(enterprise, both[1])
        address = page("replaced", enterprise.reference, both[0].reference, both[1].reference)
        told = {"reason": "The bank confirmed it."}
        answers = [client_of(each).post(address, told).status_code for each in (stranger, owner, officer)]
        assert answers == [404, 403, 403]
        assert client_of(officer).get(address).status_code == 200
        assert client_of(approver).post(address, {"reason": ""}).status_code == 422
        assert client_of(approver).post(address, told).status_code == 302
        assert ReplacementClearing.objects.get().by == approver
        assert "The bank confirmed it." in client_of(officer).get(address).content.decode()


class TestNameless:
    """Files that do not name their account are held against what they replace."""

    @pytest.mark.parametrize("accounts", [("", ""), ("6222021234567890", ""), ("", "6222021234567890")])
    def test_is_a_doubt_where_they_seem_to_be_of_one(self, enterprise, accounts):
        before, after = accounts
        first = make_statement(enterprise, FIRST, account=before)
        operations.withdraw(first, by="U-1", at=LATER)
        second = make_statement(enterprise, SECOND, account=after, at=LATER + timedelta(hours=1))
        judged = [NOW + timedelta(minutes=5)]
        (found,) = queries.doubts_about(enterprise, judged_at=lambda: judged).replaced
        assert (found.withdrawn, found.by, found.days) == (first, second, {date(2026, 1, 8)})

    def test_is_none_where_they_have_nothing_in_common(self, enterprise):
        first = make_statement(enterprise, FIRST, account="", holder="")
        operations.withdraw(first, by="U-1", at=LATER)
        others = [(day, "7.00", "Wu", "rent") for day, *_ in FIRST]
        make_statement(enterprise, others, account="", holder="", at=LATER + timedelta(hours=1))
        assert queries.doubts_about(enterprise, judged_at=lambda: [NOW + timedelta(minutes=5)]).replaced == ()


@pytest.mark.urls("accounts.cashflow.tests.api_urls")
class TestApi:
    """The same for machines."""

    def test_tells_the_days_and_takes_the_choice(self, enterprise, both, owner, stranger):
        first, second = both
        address = f"/api/statements/{second.reference}"
        assert [each["day"] for each in machine(owner).get(address).data["contradictions"]] == ["2026-01-08"]
        assert machine(stranger).post(f"{address}/choice").status_code == 404
        assert machine(owner).post(f"{address}/choice").status_code == 200
        assert StatementImport.objects.get(pk=first.pk).status == "withdrawn"

    def test_takes_a_clearing_from_who_may_give_it(self, enterprise, both, officer, approver):
        chosen(enterprise, both[1])
        address = f"/api/statements/{both[0].reference}/clearing"
        told = {"replaced_by": both[1].reference, "reason": "The bank confirmed it."}
        assert machine(officer).post(address, told).status_code == 403
        assert machine(approver).post(address, told).status_code == 204
        assert machine(approver).post(address, told).data["code"] == "clearing_repeated"
