"""Money that the bank keeps back, paid to another bank: by two, once, and kept back again if it returns."""

import contextlib
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import InternalError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.identity.tests.builders import machine
from accounts.ledger import queries as books
from accounts.ledger.models import Hold
from accounts.ledger.operations import expire_holds
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement import queries
from accounts.settlement.models import Payee, PaymentInstruction
from accounts.settlement.tests.builders import balance, held, make_settlement_account
from accounts.settlement.tests.nostro import bring, line, report, run, upload
from accounts.settlement.tests.pages import url
from portal.core.idempotency import KeyReused
from portal.core.models import AuditEvent, Notice
from portal.core.notices.operations import text_of
from portal.core.tests.faults import break_writes
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

COURT = settlement.Elsewhere("District Court", "DE21 5005 0000 9876 5432 10", "SPUEDE2UXXX")


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="100.00")


def keep(account, amount="30.00", **changed):
    told = {"reason": "court order 7", "until": TODAY + timedelta(days=9), "key": "k", "at": NOW, "by": "U-ONE"}
    return settlement.keep_back(account, Decimal(amount), **{"to": COURT} | told | changed)


def pay(account, hold, amount=None, *, by="U-TWO"):
    return settlement.pay_kept(account, hold, amount and Decimal(amount), on=TODAY, at=NOW, by=by)


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
        client_of(colleague).post(
            reverse("settlement:pay_kept", args=[account.reference, hold.reference]), {"amount": 20}
        )
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
        said = client_of(colleague).post(pay, {"amount": "20.00"}, follow=True).text
        for part in ("It leaves when the bank next sends payments.", "¥20.00 paid to District Court", "Will be sent"):
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
        pay = f"/api/v1/holds/{told['reference']}/pay"
        assert machine(operations).post(pay).json()["code"] == "same_person"
        paid = machine(colleague).post(pay, {"amount": "20.00"}).json()
        assert machine(colleague).post(pay).status_code == 409
        payment = machine(owner).get(f"/api/v1/payments/{paid['payment']}").json()
        assert (payment["status"], payment["amount"]) == ("pending", "20.00")
        refused = machine(owner).post(f"/api/v1/payments/{paid['payment']}/void")
        assert (refused.status_code, refused.json()["code"]) == (422, "payment_of_bank")

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
