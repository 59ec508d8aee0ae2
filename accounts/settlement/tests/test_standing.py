"""Standing orders: set up, agreed to, changed, paused, ended, and carried out once a date."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.identity.models import Enterprise
from accounts.ledger.operations import AmountRefused
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement import tasks
from accounts.settlement.models import (
    Payee,
    PaymentInstruction,
    StandingOrder,
    StandingOrderRun,
)
from accounts.settlement.tests.builders import held, make_deposit, make_payee, make_settlement_account
from accounts.settlement.tests.ordering import make_standing_order, make_terms
from portal.core.models import AuditEvent, Notice
from portal.core.notices.operations import text_of
from portal.core.seen import ChangedSince
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

FIFTH = date(2026, 3, 5)
DAY = timedelta(days=1)


@pytest.fixture
def order(account, mill, owner):
    return make_standing_order(account, mill, by=owner.reference)


def carry_out(order, on, *, at=NOW):
    """Carry out all that is due, each on a fresh row as the task does."""
    done = []
    while run := settlement.carry_out(StandingOrder.objects.get(pk=order.pk), on=on, at=at):
        done.append((run.due_date, str(run.status)))
    return done


def rules(enterprise, daily="200000", second=None):
    second = None if second is None else Decimal(second)
    return settlement.set_rules(
        enterprise, daily_limit=Decimal(daily), second_person_from=second, at=NOW - 3 * DAY, by="U-OWNER"
    )


class TestSetUp:
    def test_of_an_owner_is_active_at_once(self, order, owner):
        assert (order.status, order.next_due_date) == ("active", FIFTH)
        event = AuditEvent.objects.get(verb="settlement.standing_order_made")
        assert (event.subject, event.by, event.at) == (order.reference, owner.reference, NOW)

    def test_sent_twice_is_set_up_once(self, account, mill, owner):
        terms = make_terms(mill)
        first, second = (
            settlement.set_up_standing_order(account, terms, key="k", on=TODAY, at=NOW, by=owner.reference)
            for _ in range(2)
        )
        assert first == second

    def test_of_a_manager_waits_for_an_owner(self, account, mill, manager, owner):
        order = make_standing_order(account, mill, by=manager.reference)
        assert (order.status, order.next_due_date, carry_out(order, FIFTH)) == ("waiting", None, [])
        settlement.confirm_standing_order(order, version=1, on=TODAY, at=NOW, by=owner.reference)
        assert (order.status, order.next_due_date, order.terms.agreed_by) == ("active", FIFTH, owner.reference)

    @pytest.mark.parametrize(
        ("amount", "kept", "status"), [("49", None, "active"), ("50", None, "waiting"), (None, "9", "waiting")]
    )
    def test_waits_from_the_threshold_on(self, enterprise, account, mill, owner, amount, kept, status):
        rules(enterprise, second="50")
        kept = kept and Decimal(kept)
        assert make_standing_order(account, mill, amount, kept_amount=kept, by=owner.reference).status == status

    def test_takes_the_last_day_of_the_month_at_its_word(self, account, mill):
        order = make_standing_order(account, mill, on_last_day=True)
        assert order.next_due_date == date(2026, 3, 31)

    @pytest.mark.parametrize(
        ("changed", "refusal"),
        [
            ({"amount": "0"}, AmountRefused),
            ({"amount": "1.005"}, AmountRefused),
            ({"amount": None, "kept_amount": Decimal(-1)}, AmountRefused),
            ({"first_date": TODAY - DAY}, settlement.StandingOrderDateWrong),
            ({"first_date": TODAY + 800 * DAY}, settlement.StandingOrderDateWrong),
            ({"last_date": FIFTH - DAY}, settlement.StandingOrderEndsEarly),
            ({"amount": "200000.01"}, settlement.StandingOrderAboveLimit),
        ],
    )
    def test_refuses_what_makes_no_sense(self, account, mill, changed, refusal):
        with pytest.raises(refusal):
            make_standing_order(account, mill, **changed)
        assert not StandingOrder.objects.exists()

    def test_refuses_a_day_that_the_bank_moves_before_today(self, account, mill):
        with pytest.raises(settlement.StandingOrderDateWrong):
            settlement.set_up_standing_order(
                account,
                make_terms(mill, first_date=date(2026, 10, 1), day_rule="preceding"),
                key="k", on=date(2026, 10, 1), at=NOW, by="U-OWNER",
            )  # fmt: skip

    def test_refuses_a_payee_that_cools_off(self, account, enterprise):
        with pytest.raises(settlement.PayeeCoolsOff):
            make_standing_order(account, make_payee(enterprise, at=NOW))

    def test_refuses_a_frozen_account(self, account, mill):
        settlement.freeze(account, reason="court", by="U-1", at=NOW)
        with pytest.raises(settlement.AccountNotOpen):
            make_standing_order(account, mill)


class TestConfirm:
    @pytest.fixture
    def waiting(self, account, mill, manager):
        return make_standing_order(account, mill, by=manager.reference)

    def test_is_not_for_who_made_it(self, waiting, manager):
        with pytest.raises(settlement.SamePerson):
            settlement.confirm_standing_order(waiting, version=1, on=TODAY, at=NOW, by=manager.reference)

    def test_is_not_possible_when_all_dates_went_by(self, account, mill, manager, owner):
        order = make_standing_order(account, mill, by=manager.reference, frequency="once")
        with pytest.raises(settlement.StandingOrderHasNoDate):
            settlement.confirm_standing_order(order, version=1, on=FIFTH + DAY, at=NOW, by=owner.reference)

    def test_happens_once_when_two_agree(self, waiting, owner):
        settlement.confirm_standing_order(waiting, version=1, on=TODAY, at=NOW, by=owner.reference)
        with pytest.raises(settlement.NothingWaits):
            settlement.confirm_standing_order(waiting, version=1, on=TODAY, at=NOW, by=owner.reference)

    def test_or_declining_needs_a_reason(self, waiting, owner):
        with pytest.raises(settlement.ReasonMissing):
            settlement.decline_standing_order(waiting, reason=" ", at=NOW, by=owner.reference)
        settlement.decline_standing_order(waiting, reason="too dear", at=NOW, by=owner.reference)
        assert (waiting.status, waiting.reason) == ("declined", "too dear")


class TestChange:
    def change(self, order, payee, by, **changed):
        return settlement.change_standing_order(
            order, make_terms(payee, **changed), key=str(changed), on=TODAY, at=NOW, by=by
        )

    def test_of_an_owner_counts_at_once(self, order, mill, owner):
        changed = self.change(order, mill, owner.reference, amount="70")
        assert (changed.terms.number, changed.terms.amount) == (2, 70)

    def test_that_needs_agreement_leaves_the_old_terms_in_force(self, order, account, mill, manager, owner):
        changed = self.change(order, mill, manager.reference, amount="70")
        assert (changed.terms.amount, changed.proposal.amount) == (100, 70)
        assert carry_out(order, FIFTH) == [(FIFTH, "paid")]
        settlement.confirm_standing_order(changed, version=2, on=FIFTH, at=NOW, by=owner.reference)
        assert carry_out(order, date(2026, 4, 5)) == [(date(2026, 4, 5), "paid")]
        assert held(account) == 830

    def test_proposed_anew_is_not_agreed_to_by_who_saw_the_one_before(self, order, mill, manager, owner):
        seen = self.change(order, mill, manager.reference, amount="70").proposal
        changed = self.change(order, mill, manager.reference, amount="7000")
        with pytest.raises(ChangedSince):
            settlement.confirm_standing_order(changed, version=seen.number, on=TODAY, at=NOW, by=owner.reference)
        changed.refresh_from_db()
        assert (changed.terms.amount, changed.proposal.amount) == (100, 7000)

    def test_replaces_a_proposal_that_waits(self, order, mill, manager):
        self.change(order, mill, manager.reference, amount="70")
        changed = self.change(order, mill, manager.reference, amount="60")
        assert changed.proposal.amount == 60

    def test_declined_leaves_the_order_as_it_was(self, order, mill, manager, owner):
        changed = self.change(order, mill, manager.reference, amount="70")
        settlement.decline_standing_order(changed, reason="no", at=NOW, by=owner.reference)
        again = StandingOrder.objects.told().get()
        assert (again.status, again.terms.amount, again.proposal) == ("active", 100, None)

    def test_never_pays_a_date_again(self, order, mill, owner):
        carry_out(order, FIFTH)
        changed = settlement.change_standing_order(
            order, make_terms(mill, first_date=FIFTH), key="k", on=FIFTH, at=NOW, by=owner.reference
        )
        assert changed.next_due_date == date(2026, 4, 5)

    def test_is_not_possible_after_the_end(self, order, mill, owner):
        settlement.end_standing_order(order, at=NOW, by=owner.reference)
        with pytest.raises(TransitionRefused):
            self.change(order, mill, owner.reference)


class TestTerms:
    def test_are_never_rewritten(self, order):
        for change in ({"amount": 1}, {"agreed_at": None}):
            with pytest.raises(IntegrityError), transaction.atomic():
                order.versions.update(**change)


class TestPause:
    def test_leaves_out_the_dates_of_the_pause(self, order, owner):
        settlement.pause_standing_order(order, at=NOW, by=owner.reference)
        assert carry_out(order, date(2026, 4, 6)) == []
        settlement.resume_standing_order(order, on=date(2026, 4, 6), at=NOW, by=owner.reference)
        assert (order.status, order.next_due_date) == ("active", date(2026, 5, 5))

    def test_is_refused_where_it_makes_no_sense(self, order):
        with pytest.raises(TransitionRefused):
            settlement.resume_standing_order(order, on=TODAY, at=NOW, by="U-1")
        settlement.end_standing_order(order, at=NOW, by="U-1")
        for act in (settlement.pause_standing_order, settlement.end_standing_order):
            with pytest.raises(TransitionRefused):
                act(order, at=NOW, by="U-1")

    def test_resumed_after_the_last_date_is_refused(self, account, mill):
        order = make_standing_order(account, mill, frequency="once")
        settlement.pause_standing_order(order, at=NOW, by="U-1")
        with pytest.raises(settlement.StandingOrderHasNoDate):
            settlement.resume_standing_order(order, on=FIFTH + DAY, at=NOW, by="U-1")


class TestHindrance:
    """What is told beforehand is what the run says when the date has come."""

    def hindered(self, order, *, on=FIFTH):
        found = settlement.hindrance(order.terms, on=on, at=NOW)
        return found.code if found else ""

    def test_is_none_where_the_date_will_be_paid(self, order):
        assert self.hindered(order) == ""
        assert carry_out(order, FIFTH) == [(FIFTH, "paid")]

    def test_is_a_payee_who_is_gone(self, order, mill):
        settlement.remove_payee(mill, at=NOW, by="U-1")
        order.refresh_from_db()
        assert self.hindered(order) == "payee_gone"
        assert carry_out(order, FIFTH) == [(FIFTH, "refused")]

    def test_is_a_payee_who_still_cools_off_on_the_day(self, order, mill):
        Payee.objects.filter(pk=mill.pk).update(usable_at=NOW + 4 * DAY)
        order.refresh_from_db()
        assert (self.hindered(order), self.hindered(order, on=FIFTH + 2 * DAY)) == ("payee_cools_off", "")

    def test_is_a_limit_that_counts_by_then(self, order, enterprise):
        for limit in (Decimal(99), Decimal(200)):
            settlement.set_rules(enterprise, daily_limit=limit, second_person_from=None, at=NOW, by="U-1")
        assert (self.hindered(order, on=TODAY), self.hindered(order)) == ("standing_order_above_limit", "")

    def test_is_an_account_that_may_not_pay(self, order, account):
        settlement.freeze(account, reason="lost phone", by="U-1", at=NOW)
        order.refresh_from_db()
        assert self.hindered(order) == "account_not_open"
        assert carry_out(order, FIFTH) == [(FIFTH, "refused")]


class TestCarryOut:
    def test_pays_on_the_date_and_not_before(self, order, account):
        assert carry_out(order, FIFTH - DAY) == []
        assert carry_out(order, FIFTH) == [(FIFTH, "paid")]
        paid = PaymentInstruction.objects.get()
        assert (held(account), paid.text, paid.effective_date, paid.status) == (900, "Rent", FIFTH, "pending")
        assert StandingOrder.objects.get().next_due_date == date(2026, 4, 5)

    def test_happens_once_however_often_it_is_asked(self, order, account):
        for _ in range(3):
            carry_out(order, FIFTH)
        assert (held(account), StandingOrderRun.objects.count()) == (900, 1)

    def test_pays_inside_the_bank_at_once(self, account, enterprise, stranger):
        noodles = make_settlement_account(Enterprise.objects.get(legal_name="Stranger Noodles"))
        payee = make_payee(enterprise, name="Stranger Noodles", number=noodles.number, bank_code="")
        carry_out(make_standing_order(account, payee), FIFTH)
        assert held(noodles) == 100

    def test_asks_nobody_again_though_the_threshold_was_reached(self, enterprise, account, mill, owner, manager):
        rules(enterprise, second="50")
        order = make_standing_order(account, mill, by=owner.reference)
        settlement.confirm_standing_order(order, version=1, on=TODAY, at=NOW, by=manager.reference)
        assert carry_out(order, FIFTH) == [(FIFTH, "paid")]

    def test_catches_up_after_downtime(self, order, account):
        late = date(2026, 5, 7)
        expected = [(date(2026, month, 5), "paid") for month in (3, 4, 5)]
        assert (carry_out(order, late), held(account)) == (expected, 700)

    def test_of_a_single_date_completes_the_order(self, account, mill):
        order = make_standing_order(account, mill, frequency="once")
        carry_out(order, FIFTH)
        order.refresh_from_db()
        assert (order.status, order.next_due_date) == ("finished", None)

    def test_pays_all_above_what_stays(self, account, mill):
        order = make_standing_order(account, mill, None, kept_amount=Decimal(250))
        assert carry_out(order, FIFTH) == [(FIFTH, "paid")]
        assert (held(account), carry_out(order, date(2026, 4, 5))) == (250, [(date(2026, 4, 5), "nothing")])

    def test_tries_again_each_day_and_then_leaves_the_date_out(self, account, mill, owner):
        order = make_standing_order(account, mill, "1000.01", by=owner.reference)
        tries = [carry_out(order, FIFTH + days * DAY) for days in range(5)]
        assert tries == [[(FIFTH, "retrying")]] * 3 + [[(FIFTH, "skipped")], []]
        assert (held(account), StandingOrderRun.objects.get().reason) == (
            1000,
            "There is not enough money in the account.",
        )
        first, last = (text_of(notice) for notice in Notice.objects.order_by("pk"))
        assert "We try again every day until Mar 8, 2026" in first
        assert "was not paid: There is not enough money in the account." in last

    def test_tries_once_a_day_only(self, account, mill):
        order = make_standing_order(account, mill, "1000.01")
        assert [len(carry_out(order, FIFTH)) for _ in range(3)] == [1, 0, 0]

    def test_pays_when_the_money_came_meanwhile(self, account, mill):
        order = make_standing_order(account, mill, "1000.01")
        carry_out(order, FIFTH)
        make_deposit(account, "5.00")
        assert carry_out(order, FIFTH + DAY) == [(FIFTH, "paid")]
        assert StandingOrderRun.objects.get().attempts == 2

    def test_tries_again_what_the_days_limit_stopped(self, enterprise, account, mill):
        order = make_standing_order(account, mill)
        rules(enterprise, daily="99")
        assert carry_out(order, FIFTH) == [(FIFTH, "retrying")]

    def test_refuses_from_a_frozen_account_and_says_why(self, order, account):
        settlement.freeze(account, reason="court", by="U-1", at=NOW)
        assert carry_out(order, FIFTH) == [(FIFTH, "refused")]
        assert StandingOrderRun.objects.get().reason_code == "account_not_open"
        assert StandingOrder.objects.get().next_due_date == date(2026, 4, 5)
        assert Notice.objects.get().code == "standing_order_not_paid"

    def test_ends_with_the_account(self, enterprise, mill):
        account = make_settlement_account(enterprise)
        order = make_standing_order(account, mill)
        settlement.close(account, by="U-1", at=NOW)
        assert carry_out(order, FIFTH) == [(FIFTH, "refused")]
        order.refresh_from_db()
        assert order.status == "ended"

    def test_refuses_a_payee_that_was_removed(self, order, mill):
        settlement.remove_payee(mill, at=NOW, by="U-1")
        assert carry_out(order, FIFTH) == [(FIFTH, "refused")]

    def test_leaves_out_what_was_tried_when_the_order_is_paused(self, account, mill):
        order = make_standing_order(account, mill, "1000.01")
        carry_out(order, FIFTH)
        settlement.pause_standing_order(order, at=NOW, by="U-1")
        assert StandingOrderRun.objects.get().status == "skipped"

    @pytest.mark.django_db(transaction=True)
    def test_by_several_workers_at_once_pays_once(self, order, account):
        together(*[lambda: settlement.carry_out(StandingOrder.objects.get(pk=order.pk), on=FIFTH, at=NOW)] * 4)
        assert (held(account), StandingOrderRun.objects.count()) == (900, 1)


class TestTask:
    def test_carries_out_what_is_due_today(self, account, mill):
        today, now = timezone.localdate(), timezone.now()
        for number, first in enumerate([today, today, today + DAY]):
            terms = make_terms(mill, first_date=first)
            settlement.set_up_standing_order(account, terms, key=f"k{number}", on=today, at=now, by="U-OWNER")
        for _ in range(2):
            tasks.carry_out_standing_orders()
        assert held(account) == 800
