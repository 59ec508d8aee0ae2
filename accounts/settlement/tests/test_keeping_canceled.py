"""A payment out of money kept back, canceled by two before it is sent."""

from decimal import Decimal

import pytest

from accounts.ledger.models import Hold
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement import queries
from accounts.settlement.models import PaymentInstruction
from accounts.settlement.tests.builders import balance, make_settlement_account
from accounts.settlement.tests.keeping import HIGH_COURT, in_the_books, keep, kept, pay, send
from portal.core.models import AuditEvent
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="100.00")


@pytest.fixture
def paid(account):
    return pay(account, keep(account))


class TestCanceling:
    def ask(self, paid, by="U-THREE", reason="wrong number"):
        settlement.ask_to_void(paid, reason=reason, at=NOW, by=by)

    def confirm(self, paid, by="U-FOUR", at=NOW):
        settlement.confirm_void(paid, on=TODAY, at=at, by=by)

    def test_by_two_keeps_it_back_again(self, account, paid):
        self.ask(paid)
        self.confirm(paid)
        assert (paid.status, paid.reason, kept(account), in_the_books()) == (
            "voided",
            "wrong number",
            (100, 70),
            (0, 0),
        )
        again, before = Hold.objects.get(status="pending"), paid.payee.hold
        assert (again.text, again.expires_at, again.placed_by) == (before.text, before.expires_at, "U-ONE")
        verbs = ("settlement.payment_void_asked", "settlement.payment_voided", "settlement.kept_again")
        assert [AuditEvent.objects.get(verb=each).by for each in verbs] == ["U-THREE", "U-FOUR", "system"]

    def test_of_a_part_keeps_that_part(self, account):
        paid = pay(account, keep(account), "12.50")
        self.ask(paid)
        self.confirm(paid)
        assert kept(account) == (100, Decimal("87.50"))

    def test_is_not_sent_until_it_is_decided(self, account, paid):
        self.ask(paid)
        assert (queries.payments_underway(), send()) == ([], None)
        settlement.decline_void(paid, at=NOW, by="U-FOUR")
        assert send().payment_count == 1
        assert AuditEvent.objects.filter(verb="settlement.payment_void_declined", by="U-FOUR").exists()

    def test_is_then_paid_to_who_is_named_anew(self, account, paid):
        self.ask(paid)
        self.confirm(paid)
        again = Hold.objects.get(status="pending")
        settlement.name_payee(account, again, to=HIGH_COURT, at=NOW, by="U-TWO")
        assert pay(account, again, by="U-THREE").payee.name == "High Court"
        assert (kept(account), in_the_books()) == ((70, 70), (30, 0))

    def test_after_the_last_day_is_kept_a_week_more(self, account, paid):
        self.ask(paid)
        self.confirm(paid, at=paid.payee.hold.expires_at)
        assert kept(account) == (100, 70)

    def test_refuses_one_person_a_member_and_who_gives_no_reason(self, account, paid, owner):
        for by, reason, refusal in (
            ("U-THREE", " ", settlement.ReasonMissing),
            (owner.reference, "no", settlement.OwnAccount),
        ):
            with pytest.raises(refusal):
                self.ask(paid, by=by, reason=reason)
        with pytest.raises(settlement.VoidNotAsked):
            self.confirm(paid)
        self.ask(paid)
        for by, refusal in (("U-THREE", settlement.SamePerson), (owner.reference, settlement.OwnAccount)):
            with pytest.raises(refusal):
                self.confirm(paid, by=by)
        assert (kept(account), in_the_books()) == ((70, 70), (30, 0))

    def test_happens_once(self, account, paid):
        self.ask(paid)
        self.ask(paid, by="U-FIVE")
        assert paid.void_asked_by == "U-THREE"
        self.confirm(paid)
        for again in (self.confirm, self.ask):
            with pytest.raises(TransitionRefused):
                again(paid)
        assert (kept(account), Hold.objects.count()) == ((100, 70), 2)

    def test_is_refused_once_it_was_sent(self, account, paid):
        send()
        with pytest.raises(TransitionRefused):
            self.ask(paid)

    @pytest.mark.django_db(transaction=True)
    def test_by_two_at_once_and_while_it_is_sent_happens_once(self, account, paid):
        self.ask(paid)

        def attempt(by):
            self.confirm(PaymentInstruction.objects.get(pk=paid.pk), by=by)

        together(lambda: attempt("U-FOUR"), lambda: attempt("U-FIVE"), send)
        paid.refresh_from_db()
        assert (paid.status, kept(account), balance("clearing")) == ("voided", (100, 70), 0)

    @pytest.mark.django_db(transaction=True)
    def test_asked_for_while_it_is_sent_is_either(self, account, paid):
        together(lambda: self.ask(PaymentInstruction.objects.get(pk=paid.pk)), send)
        paid.refresh_from_db()
        assert (paid.status, paid.void_asked_by) in (("sent", ""), ("pending", "U-THREE"))
