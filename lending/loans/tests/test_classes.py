"""The five classes: by days, by reschedulings, by what a person found; as of any day."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.settlement.tests.builders import make_deposit
from lending.applications.operations import FourEyesRefused
from lending.applications.tests.builders import NOW, TODAY
from lending.loans.losses import operations
from lending.loans.losses.classes import SHIPPED, Basis, RiskClass, by_days, classify, editions, rules_from_file
from lending.loans.losses.models import Judgment
from lending.loans.losses.operations import JudgmentRefused
from lending.loans.losses.queries import class_of, classified, totals
from lending.loans.queries import owing_of
from lending.loans.tests.builders import make_loan, repay
from lending.loans.tests.rescheduling import LATE, reschedule
from lending.loans.tests.test_undone import correct, receive
from lending.products.tests.builders import make_product
from portal.core.models import AuditEvent

RULES = rules_from_file(date(2026, 1, 1))


def told(loan, *, on):
    found = class_of(loan, on=on)
    return (found.risk_class, found.basis, found.days_past_due) if found else None


def judge(loan, risk_class, *, by, on=TODAY, reason="The owner is missing."):
    return operations.judge(loan, risk_class, reason=reason, by=by, at=NOW, on=on)


class TestRules:
    @pytest.mark.parametrize(
        ("days", "found"),
        [(0, 1), (1, 2), (90, 2), (91, 3), (270, 3), (271, 4), (360, 4), (361, 5), (4000, 5)],
    )
    def test_class_follows_from_days_past_due(self, days, found):
        assert classify(days, 0, None, RULES) == (RiskClass(found), Basis.DAYS)

    @pytest.mark.parametrize(("times", "found"), [(1, 2), (2, 3), (3, 3)])
    def test_rescheduled_is_special_mention_at_least_and_again_substandard(self, times, found):
        assert classify(0, times, None, RULES) == (RiskClass(found), Basis.RESCHEDULED)
        assert classify(300, times, None, RULES) == (RiskClass.DOUBTFUL, Basis.DAYS)

    def test_what_a_person_found_makes_it_worse_never_better(self):
        assert classify(5, 1, RiskClass.LOSS, RULES) == (RiskClass.LOSS, Basis.JUDGED)
        assert classify(400, 0, RiskClass.SUBSTANDARD, RULES) == (RiskClass.LOSS, Basis.DAYS)

    def test_allowance_is_a_part_of_open_principal(self):
        asked = [RULES.allowance(each, Decimal("1000.50"), "CNY") for each in RiskClass]
        assert asked == [Decimal(each) for each in ("10.01", "20.01", "250.13", "500.25", "1000.50")]

    def test_editions_count_from_their_day(self, settings, tmp_path):
        kept = json.loads(SHIPPED.read_text())
        later = kept[0] | {"version": 2, "in_force_from": "2027-01-01", "observed_months": 24}
        settings.LOSS_RULES_FILE = tmp_path / "rules.json"
        settings.LOSS_RULES_FILE.write_text(json.dumps([later, *kept]))
        editions.cache_clear()
        try:
            days = (date(2020, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
            assert [rules_from_file(day).version for day in days] == [1, 1, 2]
            settings.LOSS_RULES_FILE.write_text(json.dumps([later | {"rates": later["rates"] | {"loss": "0.1"}}]))
            editions.cache_clear()
            with pytest.raises(ValueError, match="worse class"):
                editions()
        finally:
            editions.cache_clear()


class TestClassified:
    def test_follows_the_days_of_the_oldest_unpaid_installment(self, loan, first):
        due = first.due_date
        days = (0, 1, 90, 91, 271, 361)
        found = [told(loan, on=due + timedelta(days=each)) for each in days]
        assert found == [
            (RiskClass(place), Basis.DAYS, late) for place, late in zip((1, 2, 2, 3, 4, 5), days, strict=True)
        ]

    def test_of_a_loan_whose_principal_is_paid_first_follows_from_its_interest(self, bank, enterprise, owner):
        make_product(allocation_order="principal_first")
        loan = make_loan(enterprise, by=owner)
        make_deposit(loan.settlement_account, "5000.00")
        last = loan.installments.latest("due_date").due_date
        repay(loan, "20000.00", by=owner, on=last)
        days = (0, 1, 91, 271, 361)
        found = [told(loan, on=last + timedelta(days=each)) for each in days]
        oldest = (last - loan.installments.earliest("due_date").due_date).days
        assert [each[2] for each in found] == [oldest + each for each in days]
        assert [each[0] for each in found] == [by_days(oldest + each, RULES) for each in days]
        [last_found] = classified(last)
        assert (last_found.principal_amount, last_found.allowance_amount) == (0, 0)
        repay(loan, owing_of(loan, on=last).payoff_amount, by=owner, key="rest", on=last)
        assert told(loan, on=last) is None

    def test_knows_how_a_loan_stood_on_an_earlier_day(self, loan, first, owner):
        paid_on = first.due_date + timedelta(days=20)
        repay(loan, first.open_amount, by=owner, on=paid_on)
        assert told(loan, on=paid_on - timedelta(days=1))[0] == RiskClass.SPECIAL_MENTION
        assert told(loan, on=paid_on)[0] == RiskClass.PASS
        [before] = classified(paid_on - timedelta(days=1))
        [after] = classified(paid_on)
        assert before.principal_amount - after.principal_amount == first.principal_amount
        assert classified(TODAY - timedelta(days=1)) == []

    def test_does_not_count_what_was_undone(self, loan, first):
        day = first.due_date + timedelta(days=100)
        cash = receive(loan, str(first.open_amount), on=first.due_date)
        assert told(loan, on=day)[0] == RiskClass.SPECIAL_MENTION  # the second is late
        correct(cash, on=day)
        assert told(loan, on=day)[:1] == (RiskClass.SUBSTANDARD,)

    def test_observes_a_new_schedule_for_a_year(self, loan, officer, second, owner):
        made = reschedule(loan, proposer=officer, approver=second, owner=owner)
        first_due = loan.installments.get(version=made.version, number=1).due_date
        assert told(loan, on=LATE - timedelta(days=1))[1] == Basis.DAYS
        assert told(loan, on=LATE) == (RiskClass.SPECIAL_MENTION, Basis.RESCHEDULED, 0)
        judge(loan, RiskClass.DOUBTFUL, by=officer, on=LATE)
        assert told(loan, on=LATE)[0] == RiskClass.DOUBTFUL
        assert told(loan, on=first_due + timedelta(days=400))[1] == Basis.DAYS

    def test_adds_up_by_class(self, loan):
        found = totals(classified(TODAY))
        assert [each.loans for each in found] == [1, 0, 0, 0, 0]
        assert (found[0].principal_amount, found[0].allowance_amount) == (20000, 200)

    def test_asks_for_the_rules_and_once_however_many_loans(self, loan, django_assert_num_queries):
        with django_assert_num_queries(2):
            classified(TODAY)


class TestJudge:
    def test_finds_a_loan_worse_and_says_who_and_why(self, loan, officer):
        made = judge(loan, RiskClass.DOUBTFUL, by=officer)
        assert (made.risk_class, made.by, made.reason) == (4, officer, "The owner is missing.")
        assert told(loan, on=TODAY)[:2] == (RiskClass.DOUBTFUL, Basis.JUDGED)
        assert told(loan, on=TODAY - timedelta(days=1)) is None
        event = AuditEvent.objects.get(verb="loans.judge")
        assert (event.subject, event.by, event.details["class"]) == (loan.reference, officer.reference, "doubtful")

    @pytest.mark.parametrize("risk_class", [RiskClass.PASS, RiskClass.SUBSTANDARD, RiskClass.DOUBTFUL])
    def test_refuses_what_is_not_worse(self, loan, officer, risk_class):
        judge(loan, RiskClass.DOUBTFUL, by=officer)
        with pytest.raises(JudgmentRefused) as refused:
            judge(loan, risk_class, by=officer)
        assert refused.value.code == "class_not_worse"

    def test_refuses_without_a_reason_of_a_repaid_loan_and_of_ones_own(self, loan, officer, owner):
        with pytest.raises(JudgmentRefused):
            judge(loan, RiskClass.LOSS, by=officer, reason=" ")
        with pytest.raises(FourEyesRefused):
            judge(loan, RiskClass.LOSS, by=owner)
        repay(loan, "20000.00", by=owner)
        with pytest.raises(JudgmentRefused) as refused:
            judge(loan, RiskClass.LOSS, by=officer)
        assert refused.value.code == "nothing_to_classify"

    def test_is_taken_back_by_another_person_only(self, loan, officer, second):
        with pytest.raises(JudgmentRefused):
            operations.lift(loan, reason="Back.", by=second, at=NOW, on=TODAY)
        judge(loan, RiskClass.LOSS, by=officer)
        with pytest.raises(FourEyesRefused):
            operations.lift(loan, reason="Back.", by=officer, at=NOW, on=TODAY)
        with pytest.raises(JudgmentRefused):
            operations.lift(loan, reason="", by=second, at=NOW, on=TODAY)
        operations.lift(loan, reason="Back.", by=second, at=NOW, on=TODAY + timedelta(days=1))
        assert told(loan, on=TODAY)[0] == RiskClass.LOSS
        assert told(loan, on=TODAY + timedelta(days=1))[0] == RiskClass.PASS

    def test_is_never_rewritten_and_never_better_than_pass(self, loan, officer):
        made = judge(loan, RiskClass.LOSS, by=officer)
        for verb in ("UPDATE lending_judgment SET risk_class = 2", "DELETE FROM lending_judgment"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(verb)
        with pytest.raises(IntegrityError, match="judgment_finds_a_loan_worse"), transaction.atomic():
            Judgment.objects.create(loan=loan, risk_class=1, reason="x", judged_on=TODAY, judged_at=NOW, by=made.by)
