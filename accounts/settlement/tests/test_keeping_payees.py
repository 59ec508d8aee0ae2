"""Who is named for money kept back, and who in their place."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from accounts.ledger.models import Hold
from accounts.ledger.operations import HoldExpired
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement import queries
from accounts.settlement.models import Payee, PaymentInstruction, SettlementAccount
from accounts.settlement.tests.builders import held, make_settlement_account, shown
from accounts.settlement.tests.keeping import COURT, HIGH_COURT, in_the_books, keep, kept, pay
from portal.core.idempotency import KeyReused
from portal.core.models import AuditEvent
from portal.core.seen import ChangedSince
from portal.core.tests.together import together, waiting_for_locks
from portal.core.transitions import TransitionRefused
from portal.tests.processes import until


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="100.00")


class TestNaming:
    def test_twice_under_a_key_is_once_and_another_account_is_another_content(self, account):
        assert keep(account) == keep(account)
        assert (Payee.objects.count(), queries.available_balance(account)) == (1, 70)
        with pytest.raises(KeyReused):
            keep(account, to=settlement.Elsewhere("Tax Office", COURT.number, COURT.bank))

    def test_knows_the_bank_by_its_name(self, account):
        keep(account, to=settlement.Elsewhere("District Court", "6222020200112233445", "Bank of China"))
        assert Payee.objects.get().bank.startswith("Bank of China · BKCH")

    @pytest.mark.parametrize(
        ("number", "code", "refusal"),
        [
            ("DE22500500009876543210", "SPUEDE2UXXX", settlement.PayeeNumberWrong),
            ("1!", "SPUEDE2UXXX", settlement.PayeeNumberWrong),
            (COURT.number, "some other bank", settlement.BankCodeWrong),
            (COURT.number, "102100099997", settlement.BankCodeWrong),
        ],
    )
    def test_refuses_what_is_no_account(self, account, number, code, refusal):
        with pytest.raises(refusal):
            keep(account, to=settlement.Elsewhere("District Court", number, code))
        assert (Hold.objects.count(), Payee.objects.count()) == (0, 0)


class TestNamingAnother:
    def name(self, account, hold, to=HIGH_COURT, *, by="U-TWO", at=NOW):
        settlement.name_payee(account, hold, to=to, at=at, by=by)

    def test_pays_to_who_was_named_last_by_two(self, account):
        hold = keep(account)
        self.name(account, hold)
        made = pay(account, hold, by="U-ONE")
        assert (made.payee.name, made.made_by, made.checked_by) == ("High Court", "U-TWO", "U-ONE")
        assert (kept(account), in_the_books()) == ((70, 70), (30, 0))
        event = AuditEvent.objects.get(verb="settlement.kept_payee_named")
        assert (event.subject, event.by, event.details["to"]) == (hold.reference, "U-TWO", made.payee.reference)

    def test_frees_nothing(self, account):
        hold = keep(account)
        self.name(account, hold)
        assert (kept(account), hold.payees.count(), Hold.objects.count()) == ((100, 70), 2, 1)
        with pytest.raises(settlement.SamePerson):
            settlement.let_go(account, hold, reason="mine", at=NOW, by="U-ONE")

    def test_here_after_elsewhere_and_where_nobody_was_named(self, account, stranger):
        court = make_settlement_account(stranger.memberships.get().enterprise)
        for hold in (keep(account), keep(account, to=None, key="k2")):
            self.name(account, hold, court)
            pay(account, hold, by="U-ONE")
        assert (held(account), held(court)) == (40, 60)

    def test_again_stays_in_the_name_of_who_named_it(self, account):
        hold = keep(account)
        self.name(account, hold, COURT)
        assert [each.added_by for each in hold.payees.all()] == ["U-ONE"]

    def test_refuses_whoever_named_it_and_who_saw_another(self, account):
        hold = keep(account)
        seen = shown(hold)
        self.name(account, hold)
        with pytest.raises(settlement.SamePerson):
            pay(account, hold, by="U-TWO")
        with pytest.raises(ChangedSince):
            settlement.pay_kept(account, hold, seen=seen, on=TODAY, at=NOW, by="U-THREE")
        assert kept(account) == (100, 70)

    def test_refuses_what_is_no_account_ones_own_and_what_has_ended(self, account, owner):
        hold = keep(account)
        wrong = settlement.Elsewhere("High Court", COURT.number, "ICBKCNBJ")
        for to, by, at, refusal in (
            (wrong, "U-TWO", NOW, settlement.BankOfAnotherCountry),
            (account, "U-TWO", NOW, settlement.TransferToItself),
            (HIGH_COURT, owner.reference, NOW, settlement.OwnAccount),
            (HIGH_COURT, "U-TWO", hold.expires_at, HoldExpired),
        ):
            with pytest.raises(refusal):
                self.name(account, hold, to, by=by, at=at)
        pay(account, hold)
        with pytest.raises(TransitionRefused):
            self.name(account, hold)
        assert hold.payees.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_while_another_pays_pays_who_was_seen_or_nobody(self, account):
        hold = keep(account)
        seen = shown(hold)

        def found():
            return Hold.objects.select_related("ledger_account").get(pk=hold.pk)

        together(
            lambda: self.name(account, found(), by="U-THREE"),
            lambda: settlement.pay_kept(account, found(), seen=seen, on=TODAY, at=NOW, by="U-TWO"),
        )
        paid = [each.payee.reference for each in PaymentInstruction.objects.select_related("payee")]
        assert (paid, shown(hold) == seen) in (([seen], True), ([], False))

    @pytest.mark.django_db(transaction=True)
    def test_while_another_pays_who_saw_nobody_pays_nobody(self, account):
        hold = keep(account)

        def found():
            return Hold.objects.select_related("ledger_account").get(pk=hold.pk)

        def pay_unseen():
            settlement.pay_kept(account, found(), seen="", on=TODAY, at=NOW, by="U-THREE")

        with ThreadPoolExecutor() as pool, transaction.atomic(), connection.cursor() as cursor:
            SettlementAccount.objects.locked().get(pk=account.pk)  # both stop before they have it
            naming = pool.submit(together, lambda: self.name(account, found()))
            assert until(lambda: waiting_for_locks(cursor) == 1)
            paying = pool.submit(together, pay_unseen)
            assert until(lambda: waiting_for_locks(cursor) == 2)
        (refused,) = paying.result()
        assert (naming.result(), type(refused)) == ([None], ChangedSince)
        assert not PaymentInstruction.objects.exists()
