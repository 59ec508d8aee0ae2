"""Money that the bank keeps back, paid to another bank: by two, once, and kept back again if it returns."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import InternalError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.identity.tests.builders import machine
from accounts.ledger import queries as books
from accounts.ledger.models import Hold
from accounts.ledger.operations import HoldExpired, expire_holds
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement import queries
from accounts.settlement.models import Payee, PaymentInstruction, SettlementAccount
from accounts.settlement.tests.builders import balance, held, make_payment, make_settlement_account, shown
from accounts.settlement.tests.nostro import bring, line, report, run, upload
from accounts.settlement.tests.pages import url
from portal.core.idempotency import KeyReused
from portal.core.models import AuditEvent, Notice
from portal.core.notices.operations import text_of
from portal.core.seen import ChangedSince
from portal.core.tests.faults import break_writes
from portal.core.tests.together import together, waiting_for_locks
from portal.core.transitions import TransitionRefused
from portal.tests.processes import until

COURT = settlement.Elsewhere("District Court", "DE21 5005 0000 9876 5432 10", "SPUEDE2UXXX")


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="100.00")


def keep(account, amount="30.00", **changed):
    told = {"reason": "court order 7", "until": TODAY + timedelta(days=9), "key": "k", "at": NOW, "by": "U-ONE"}
    return settlement.keep_back(account, Decimal(amount), **{"to": COURT} | told | changed)


def pay(account, hold, amount=None, *, by="U-TWO"):
    return settlement.pay_kept(account, hold, amount and Decimal(amount), seen=shown(hold), on=TODAY, at=NOW, by=by)


def send():
    return settlement.send_payments(currency="CNY", on=TODAY, at=NOW, by="U-OPS")


def kept(account):
    """Tell what an account holds, and what it can pay."""
    return held(account), queries.available_balance(account)


def in_the_books():
    """Tell what waits in clearing, and what the account at the other bank holds; everything must tie."""
    assert books.discrepancies() == []
    return balance("clearing"), balance("nostro")


@pytest.fixture
def paid(account):
    return pay(account, keep(account))


@pytest.fixture
def settled(paid):
    send()
    bring(line("-30.00", paid.reference))
    paid.refresh_from_db()
    return paid


class TestPaying:
    def test_takes_all_of_it_into_clearing_and_makes_a_payment_by_two(self, account):
        hold = keep(account)
        made = pay(account, hold)
        assert (kept(account), in_the_books()) == ((70, 70), (30, 0))
        assert (made.status, made.amount, made.text, made.entry) == (
            "pending",
            30,
            "court order 7",
            hold.captured_entry,
        )
        assert (made.made_by, made.checked_by, made.payee.hold, made.payee.enterprise) == ("U-ONE", "U-TWO", hold, None)
        assert (made.payee.name, made.payee.number) == ("District Court", "DE21500500009876543210")

    def test_takes_a_part_and_lets_the_rest_go(self, account):
        pay(account, keep(account), "12.50")
        assert (kept(account), in_the_books()) == ((Decimal("87.50"), Decimal("87.50")), (Decimal("12.50"), 0))

    def test_is_sent_to_who_was_named_and_settled_by_a_statement(self, account, paid):
        with send().file.open() as file:
            content = file.read()
        for part in (b"District Court", b"DE21500500009876543210", b"SPUEDE2UXXX", b"Green Tea Shop", b"court order 7"):
            assert part in content
        bring(line("-30.00", paid.reference))
        paid.refresh_from_db()
        assert (paid.status, kept(account), in_the_books()) == ("settled", (70, 70), (0, -30))

    def test_records_who_and_tells_the_owners_to_whom(self, account, paid):
        event = AuditEvent.objects.get(verb="settlement.pay_kept")
        assert (event.by, event.details["payment"], event.details["to"]) == (
            "U-TWO",
            paid.reference,
            paid.payee.reference,
        )
        said = text_of(Notice.objects.get(code="kept_money_paid"))
        for part in ("30.00", "District Court", "court order 7"):
            assert part in said

    def test_stands_on_the_statement_with_the_payee(self, account, paid):
        posting = queries.postings(account).order_by("-pk").first()
        assert (queries.counterparty(posting), queries.counterparty_number(posting)) == (
            "District Court",
            "DE21500500009876543210",
        )

    def test_is_nothing_that_the_enterprise_paid_or_may_pay(self, account, paid):
        assert queries.paid_on(account.enterprise, "CNY", TODAY) == 0
        with pytest.raises(settlement.PayeeOfAnother):
            settlement.pay(account, paid.payee, Decimal(1), text="", key="p", on=TODAY, at=NOW, by="U-OWNER")

    def test_is_not_canceled_by_the_enterprise(self, account, paid, owner):
        with pytest.raises(settlement.PaymentOfBank):
            settlement.void_payment(paid, on=TODAY, at=NOW, by=owner.reference)
        assert held(account) == 70

    def test_pays_out_of_a_frozen_account(self, account):
        hold = keep(account)
        settlement.freeze(account, reason="court", by="U-1", at=NOW)
        assert pay(account, hold).status == "pending"

    def test_refuses_whoever_kept_it_and_who_belongs_to_the_enterprise(self, account, owner):
        hold = keep(account)
        for by, refusal in (("U-ONE", settlement.SamePerson), (owner.reference, settlement.OwnAccount)):
            with pytest.raises(refusal):
                pay(account, hold, by=by)
        assert kept(account) == (100, 70)

    def test_happens_once(self, account):
        hold = keep(account)
        pay(account, hold)
        with pytest.raises(TransitionRefused):
            pay(account, hold, by="U-THREE")
        assert (PaymentInstruction.objects.count(), balance("clearing")) == (1, 30)

    @pytest.mark.django_db(transaction=True)
    def test_by_two_at_once_happens_once(self, account):
        hold = keep(account)

        def attempt(by):
            with contextlib.suppress(TransitionRefused):
                pay(account, Hold.objects.select_related("ledger_account").get(pk=hold.pk), by=by)

        together(lambda: attempt("U-TWO"), lambda: attempt("U-THREE"))
        assert (PaymentInstruction.objects.count(), balance("clearing")) == (1, 30)

    def test_books_nothing_where_the_payment_cannot_be_written(self, account):
        hold = keep(account)
        break_writes(PaymentInstruction, "TRUE")
        with pytest.raises(InternalError):
            pay(account, hold)
        hold.refresh_from_db()
        assert (hold.status, kept(account), in_the_books()) == ("pending", (100, 70), (0, 0))


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
    ELSEWHERE = settlement.Elsewhere("High Court", "6222020200112233445", "Bank of China")

    def name(self, account, hold, to=ELSEWHERE, *, by="U-TWO", at=NOW):
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
            (self.ELSEWHERE, owner.reference, NOW, settlement.OwnAccount),
            (self.ELSEWHERE, "U-TWO", hold.expires_at, HoldExpired),
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
        settlement.name_payee(account, again, to=TestNamingAnother.ELSEWHERE, at=NOW, by="U-TWO")
        assert pay(account, again, by="U-THREE").payee.name == "High Court"
        assert (kept(account), in_the_books()) == ((70, 70), (30, 0))

    def test_after_the_last_day_is_free(self, account, paid):
        self.ask(paid)
        self.confirm(paid, at=paid.payee.hold.expires_at)
        assert kept(account) == (100, 100)

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


class TestReturn:
    def test_comes_back_and_is_kept_back_again(self, account, settled):
        bring(line("30.00", settled.reference, return_reason="AC04"), opening="-30.00")
        settled.refresh_from_db()
        assert (settled.status, kept(account), in_the_books()) == ("returned", (100, 70), (0, 0))
        again = Hold.objects.get(status="pending")
        before = settled.payee.hold
        assert (again.text, again.expires_at, again.placed_by) == (before.text, before.expires_at, "U-ONE")
        event = AuditEvent.objects.get(verb="settlement.kept_again")
        assert (event.subject, event.by, event.details["payment"]) == (again.reference, "system", settled.reference)
        assert Notice.objects.filter(code="money_kept_back").count() == 2

    def test_before_it_was_settled_comes_out_of_clearing(self, account, paid):
        file = send().reference
        run(upload(report(file, payment=paid.reference)))
        paid.refresh_from_db()
        assert (paid.status, kept(account), in_the_books()) == ("returned", (100, 70), (0, 0))

    def test_of_a_part_keeps_that_part(self, account):
        made = pay(account, keep(account), "12.50")
        run(upload(report(send().reference, payment=made.reference)))
        assert kept(account) == (100, Decimal("87.50"))

    def test_comes_back_to_a_frozen_account(self, account, settled):
        settlement.freeze(account, reason="court", by="U-1", at=NOW)
        bring(line("30.00", settled.reference), opening="-30.00")
        assert kept(account) == (100, 70)

    def test_is_paid_to_nobody_and_let_go_by_another(self, account, settled):
        bring(line("30.00", settled.reference), opening="-30.00")
        again = Hold.objects.get(status="pending")
        with pytest.raises(settlement.KeptForNobody):
            pay(account, again)
        with pytest.raises(settlement.SamePerson):
            settlement.let_go(account, again, reason="wrong", at=NOW, by="U-ONE")
        settlement.let_go(account, again, reason="wrong account", at=NOW, by="U-TWO")
        assert kept(account) == (100, 100)

    def test_after_the_last_day_is_free(self, account, settled):
        with transaction.atomic():
            settlement.give_back(settled, reason="AC04", on=TODAY, at=settled.payee.hold.expires_at, by="U-1")
        assert kept(account) == (100, 100)

    def test_ends_by_time_as_before(self, account, settled):
        bring(line("30.00", settled.reference), opening="-30.00")
        expire_holds(at=settled.payee.hold.expires_at)
        assert kept(account) == (100, 100)


class TestPages:
    @pytest.fixture
    def asked(self):
        until = timezone.localdate() + timedelta(days=5)
        told = {"idempotency_key": "k", "amount": "30", "until": until.isoformat(), "reason": "order 7"}
        return told | {"to": COURT.number, "bank": COURT.bank, "name": COURT.name}

    @pytest.fixture
    def hold(self, client_of, operations, account, asked):
        assert client_of(operations).post(url("kept", account), asked).status_code == 302
        return Hold.objects.get()

    @pytest.fixture
    def returned(self, client_of, account, hold, colleague):
        pay = reverse("settlement:pay_kept", args=[account.reference, hold.reference])
        client_of(colleague).post(pay, {"amount": 20, "seen": shown(hold)})
        made, now = PaymentInstruction.objects.get(), timezone.now()
        settlement.send_payments(currency="CNY", on=TODAY, at=now, by="U-OPS")
        made.refresh_from_db()
        with transaction.atomic():
            settlement.give_back(made, reason="AC04", on=timezone.localdate(), at=now, by="U-OPS")
        return made

    @pytest.mark.parametrize(
        ("wrong", "language", "said"),
        [
            ({"bank": "some other bank"}, "en", "We do not know this bank."),
            ({"bank": "some other bank"}, "zh-hans", "无法识别该银行"),
            ({"to": "DE22500500009876543210"}, "en", "This is not a correct account number."),
            ({"name": ""}, "en", "To another bank, enter the payee&#x27;s account number and name."),
            ({"to": ""}, "zh-hans", "付往他行时，请填写收款人的账号和名称。"),
            ({"to": "", "bank": ""}, "en", "To another bank, enter the payee&#x27;s account number and name."),
            ({"bank": ""}, "en", "This bank has no account with this number. Check it, or enter its bank."),
            ({"bank": ""}, "zh-hans", "本行没有此账号。请核对，或填写其开户行。"),
        ],
    )
    def test_say_what_is_wrong(self, client_of, operations, account, asked, wrong, language, said):
        headers = {"Accept-Language": language}
        page = client_of(operations).post(url("kept", account), asked | wrong, headers=headers)
        assert (page.status_code, said in page.text, Hold.objects.exists()) == (422, True, False)

    def test_pay_in_two_steps(self, client_of, account, operations, colleague, hold):
        pay = reverse("settlement:pay_kept", args=[account.reference, hold.reference])
        assert pay not in client_of(operations).get(url("kept", account)).text
        page = client_of(colleague).get(url("kept", account)).text
        for part in (pay, "May be paid to District Court, account", "DE21 5005 0000 9876 5432 10"):
            assert part in page
        said = client_of(colleague).post(pay, {"amount": "20.00", "seen": shown(hold)}, follow=True).text
        for part in ("It leaves within 15 minutes.", "¥20.00 paid to District Court", "Will be sent"):
            assert part in said

    @pytest.mark.parametrize(
        ("language", "parts"),
        [
            ("en", ("¥20.00 paid to District Court", "Came back", "The payee&#x27;s account is closed.")),
            ("zh-hans", ("District Court", "已退回", "收款人账户已销户。")),
        ],
    )
    def test_tell_what_came_back_and_is_kept_again(self, client_of, owner, account, returned, language, parts):
        page = client_of(owner).get(url("kept", account), headers={"Accept-Language": language}).text
        for part in (*parts, reverse("settlement:payment", args=[returned.reference]), "<h2>¥20.00</h2>"):
            assert part in page

    def test_show_the_payment_and_name_staff_to_staff_alone(self, client_of, owner, operations, colleague, returned):
        address = reverse("settlement:payment", args=[returned.reference])
        staff, members = (client_of(each).get(address).text for each in (operations, owner))
        for part in ("The bank, out of money that it kept back", "kept back as before, then it is free"):
            assert part in staff
            assert part in members
        assert (str(operations) in staff, str(colleague) in staff) == (True, True)
        assert (str(operations) in members, str(colleague) in members) == (False, False)

    def test_name_another_account(self, client_of, account, operations, colleague, owner, hold):
        page, address = url("kept", account), reverse("settlement:kept_payee", args=[account.reference, hold.reference])
        assert "Name another account" in client_of(colleague).get(page).text
        assert "May be paid to District Court" in client_of(colleague).get(address).text
        wrong = client_of(colleague).post(address, {"to": COURT.number, "bank": "ICBKCNBJ", "name": "High Court"})
        assert (wrong.status_code, "is of another country than the bank." in wrong.text) == (422, True)
        assert client_of(colleague).post(address, {}).status_code == 422
        told = {"to": "6222020200112233445", "bank": "Bank of China", "name": "High Court"}
        said = client_of(colleague).post(address, told, follow=True).text
        for part in ("A colleague can pay it there.", "May be paid to High Court", str(colleague), "can pay it."):
            assert part in said
        assert "District Court" not in said
        pay = reverse("settlement:pay_kept", args=[account.reference, hold.reference])
        assert (pay in said, pay in client_of(operations).get(page).text) == (False, True)
        assert client_of(owner).get(address).status_code == 403

    def test_cancel_in_two_steps(self, client_of, account, operations, colleague, owner, hold):
        pay = reverse("settlement:pay_kept", args=[account.reference, hold.reference])
        client_of(colleague).post(pay, {"amount": 20, "seen": shown(hold)})
        paid = PaymentInstruction.objects.get()
        page, ask, confirm = (url(f"payment{each}", paid) for each in ("", "_void_ask", "_void_confirm"))
        for address in (ask, confirm):
            assert client_of(owner).post(address, {"reason": "mine"}).status_code == 403
        said = client_of(operations).post(ask, {"reason": "wrong number"}, follow=True).text
        for part in ("It is not sent until", "wrong number", "You asked for it.", str(operations)):
            assert part in said
        assert confirm not in said
        assert "wrong number" in client_of(colleague).get(reverse("settlement:payment_desk")).text
        members = client_of(owner).get(page).text
        assert ("may cancel this payment" in members, str(operations) in members) == (True, False)
        assert "may cancel this payment" in client_of(owner).get(url("kept", account)).text
        for _ in range(2):
            said = client_of(colleague).post(confirm, follow=True).text
        assert "was canceled before it was sent" in said
        assert Hold.objects.filter(status="pending", amount=20).count() == 1

    def test_let_it_be_sent_after_all(self, client_of, operations, paid):
        settlement.ask_to_void(paid, reason="wrong", at=NOW, by="U-THREE")
        said = client_of(operations).post(url("payment_void_decline", paid), follow=True).text
        assert "leaves within 15 minutes" in said
        assert send().payment_count == 1

    def test_cancel_nothing_that_an_enterprise_pays(self, client_of, operations, account, mill):
        made = make_payment(account, mill)
        assert client_of(operations).post(url("payment_void_ask", made), {"reason": "no"}).status_code == 404

    def test_offer_no_canceling_and_no_such_payee(self, client_of, owner, account, paid):
        page = client_of(owner).get(reverse("settlement:payment", args=[paid.reference])).text
        assert "Cancel the payment" not in page
        assert "District Court" not in client_of(owner).get(url("payees", account.enterprise)).text
        assert "District Court" in client_of(owner).get(url("payments", account)).text


class TestApi:
    def keep(self, user, account, **changed):
        until = (timezone.localdate() + timedelta(days=5)).isoformat()
        payee = {"name": COURT.name, "number": COURT.number, "bank_code": COURT.bank}
        told = {"amount": "30.00", "until": until, "reason": "order 7", "payee": payee} | changed
        path = f"/api/v1/settlement-accounts/{account.reference}/holds"
        return machine(user).post(path, told, format="json", headers={"Idempotency-Key": "k"})

    def test_keeps_once_and_pays_once(self, operations, colleague, owner, account):
        first, second = (self.keep(operations, account) for _ in range(2))
        assert (first.status_code, first.json()) == (201, second.json())
        told = first.json()
        payee = {"name": "District Court", "number": "DE21500500009876543210", "bank_code": "SPUEDE2UXXX"}
        assert (told["to"], told["payee"], told["payment"]) == (None, payee, None)
        pay, seen = f"/api/v1/holds/{told['reference']}/pay", {"seen": told["shown"]}
        assert machine(operations).post(pay, seen, format="json").json()["code"] == "same_person"
        paid = machine(colleague).post(pay, {"amount": "20.00"} | seen, format="json").json()
        assert machine(colleague).post(pay, seen, format="json").status_code == 409
        payment = machine(owner).get(f"/api/v1/payments/{paid['payment']}").json()
        assert (payment["status"], payment["amount"], payment["payee_name"]) == ("pending", "20.00", "District Court")
        refused = machine(owner).post(f"/api/v1/payments/{paid['payment']}/void")
        assert (refused.status_code, refused.json()["code"]) == (422, "payment_of_bank")

    def test_names_another_account_and_cancels_by_two(self, operations, colleague, owner, account):
        told = self.keep(operations, account).json()
        path, payee = f"/api/v1/holds/{told['reference']}", {"name": "High Court", "number": "62220202"}
        payee["bank_code"] = "BKCHCNBJ"
        named = machine(colleague).post(f"{path}/payee", {"payee": payee}, format="json").json()
        assert (named["payee"]["name"], named["shown"] == told["shown"]) == ("High Court", False)
        assert machine(colleague).post(f"{path}/payee", {}, format="json").status_code == 400
        stale = machine(operations).post(f"{path}/pay", {"seen": told["shown"]}, format="json")
        assert stale.json()["code"] == "changed_since"
        paid = machine(operations).post(f"{path}/pay", {"seen": named["shown"]}, format="json").json()["payment"]
        void = f"/api/v1/payments/{paid}/void"
        assert machine(owner).post(f"{void}/ask", {"reason": "no"}, format="json").status_code == 403
        asked = machine(operations).post(f"{void}/ask", {"reason": "wrong number"}, format="json").json()
        assert (asked["status"], asked["is_to_void"]) == ("pending", True)
        assert machine(operations).post(f"{void}/confirm").json()["code"] == "same_person"
        assert machine(colleague).post(f"{void}/confirm").json()["status"] == "voided"
        assert machine(colleague).post(f"{void}/confirm").status_code == 409
        assert machine(colleague).post(f"{void}/decline").status_code == 409
        assert kept(account) == (100, 70)

    def test_refuses_two_accounts_and_what_is_none(self, operations, account):
        assert self.keep(operations, account, to=account.reference).status_code == 400
        for name, value, code in (
            ("bank_code", "some other bank", "bank_code_wrong"),
            ("number", "DE22500500009876543210", "payee_number_wrong"),
        ):
            payee = {"name": "Court", "number": COURT.number, "bank_code": COURT.bank, name: value}
            answer = self.keep(operations, account, payee=payee)
            assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert not Hold.objects.exists()
