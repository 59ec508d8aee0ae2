"""Money that fits nothing: put aside, cleared by a person, above a limit by two."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.ledger import operations as ledger
from accounts.ledger.tests.builders import NOW, TODAY, close_month
from accounts.settlement import operations as settlement
from accounts.settlement.models import Receipt, SuspenseItem
from accounts.settlement.tests.builders import balance, held, make_payee, make_payment, make_settlement_account
from accounts.settlement.tests.nostro import bring, line, report, run, upload
from portal.core.models import AuditEvent
from portal.core.seen import ChangedSince
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

SENDER = ("Zhang San", "6222 0202 0011 2233 445", "icbkcnbjxxx")


def item(amount, text="who knows", **told):
    bring(line(amount, text, reference=uuid.uuid4().hex[:12], **told))
    return SuspenseItem.objects.latest("pk")


def sent_in(**told):
    """Money of the sender whose account the line names."""
    return item("5.00", counterparty_name="Zhang San", counterparty_number="6222020200112233445", **told)


def propose(found, way, by="U-ONE", note="I called the payer", at=NOW, **told):
    settlement.propose_clearing(found, way=way, note=note, on=TODAY, at=at, by=by, **told)


def send():
    return settlement.send_payments(currency="CNY", on=TODAY, at=NOW, by="U-OPS")


class TestClearing:
    def test_gives_it_to_an_account(self, account):
        found = item("5.00")
        propose(found, "account", account=account)
        assert (found.status, found.line.status, held(account), balance("suspense")) == ("cleared", "cleared", 1005, 0)
        assert Receipt.objects.get().settlement_account == account
        event = AuditEvent.objects.get(verb="settlement.suspense_propose")
        assert (event.subject, event.by, event.at) == (found.reference, "U-ONE", NOW)

    def test_takes_what_went_out_from_an_account(self, account):
        propose(item("-5.00"), "account", account=account)
        assert (held(account), balance("suspense"), balance("nostro")) == (995, 0, -5)

    def test_confirms_a_payment(self, account):
        made = make_payment(account, make_payee(account.enterprise), "30.00")
        other = make_payment(account, make_payee(account.enterprise, number="12345678"), "30.00")
        send()
        propose(item("-30.00", ""), "instruction", instruction=made)
        made.refresh_from_db()
        assert (made.status, balance("clearing"), balance("suspense")) == ("settled", 30, 0)
        assert other.nostro_lines.count() == 0

    def test_gives_a_payment_back(self, account):
        made = make_payment(account, make_payee(account.enterprise), "30.00")
        send()
        bring(line("-30.00", end_to_end=made.reference))
        propose(item("30.00", "return"), "instruction", instruction=made)
        made.refresh_from_db()
        assert (made.status, made.reason, held(account), balance("suspense")) == ("returned", "MS03 return", 1000, 0)

    def test_gives_a_payment_back_whose_own_debit_is_told_later(self, account):
        made = make_payment(account, make_payee(account.enterprise), "30.00")
        send()
        propose(item("30.00", "return"), "instruction", instruction=made)
        told = bring(line("-30.00", end_to_end=made.reference))
        made.refresh_from_db()
        assert (made.status, told.lines.get().status) == ("returned", "matched")
        assert (held(account), balance("clearing"), balance("suspense"), balance("nostro")) == (1000, 0, 0, 0)

    def test_books_a_charge(self, bank):
        propose(item("-8.00", "monthly fee"), "charge")
        assert (balance("bank_charges"), balance("suspense")) == (8, 0)

    def test_sends_it_back_to_its_sender(self, bank):
        found = sent_in()
        propose(found, "sender", sender=SENDER)
        assert (balance("suspense"), balance("clearing")) == (0, 5)
        sent = send()
        found.refresh_from_db()
        assert (sent.payment_count, sent.total_amount, found.file) == (1, 5, sent)
        with sent.file.open() as content:
            assert b"6222020200112233445" in content.read()
        assert send() is None
        told = bring(line("-5.00", end_to_end=found.reference))
        assert (told.lines.get().kind, balance("clearing"), balance("nostro")) == ("sent_back", 0, 0)
        bring(line("-5.00", end_to_end=found.reference, reference="again"))
        assert balance("suspense") == -5

    @pytest.mark.parametrize(
        ("number", "written", "told"),
        [
            ("DE21 5005 0000 9876 5432 10", "", b"<IBAN>DE21500500009876543210</IBAN>"),
            ("6222020200112233445", "1021 0009 9996", b"<MmbId>102100099996</MmbId>"),
            ("6222020200112233445", "工商银行", b"ICBKCNBJ"),
        ],
    )
    def test_sends_it_back_by_what_is_known_of_the_senders_bank(self, bank, number, written, told):
        found = item("5.00", counterparty_number=number)
        propose(found, "sender", sender=("Zhang San", number, written))
        with send().file.open() as content:
            assert told in content.read()

    def test_takes_back_what_could_not_be_sent_back(self, bank):
        found = sent_in()
        for _time in range(2):
            propose(found, "sender", sender=SENDER)
            sent = send()
            for _twice in range(2):
                run(upload(report(sent.reference, payment=found.reference)))
            found.refresh_from_db()
            assert (found.status, found.note, balance("suspense"), balance("clearing")) == (
                "waiting",
                "AC04 closed",
                5,
                0,
            )

    def test_takes_nothing_back_that_a_statement_confirmed(self, bank):
        found = sent_in()
        propose(found, "sender", sender=SENDER)
        sent = send()
        bring(line("-5.00", end_to_end=found.reference))
        run(upload(report(sent.reference, payment=found.reference)))
        found.refresh_from_db()
        assert (found.status, balance("suspense"), balance("clearing")) == ("cleared", 0, 0)

    def test_corrects_the_bank_of_what_was_not_sent_yet_by_two(self, bank):
        found = sent_in()
        propose(found, "sender", sender=SENDER)
        SuspenseItem.objects.filter(pk=found.pk).update(sender_bank_code="ICBKDEFF")  # an account that cannot be
        SuspenseItem.objects.filter(pk=found.pk).update(sender_number="DE22500500009876543210")
        assert send() is None
        settlement.take_back(found, reason="not its bank", on=TODAY, at=NOW, by="U-ONE")
        assert (found.status, found.line.status, found.note) == ("waiting", "suspense", "not its bank")
        assert (balance("suspense"), balance("clearing"), send()) == (5, 0, None)
        event = AuditEvent.objects.get(verb="settlement.suspense_take_back")
        assert (event.subject, event.by, event.at) == (found.reference, "U-ONE", NOW)
        propose(found, "sender", sender=SENDER)
        assert (found.status, balance("suspense")) == ("proposed", 5)
        settlement.confirm_clearing(found, seen=found.shown, on=TODAY, at=NOW, by="U-TWO")
        assert (send().total_amount, balance("suspense"), balance("clearing")) == (5, 0, 5)

    def test_takes_nothing_back_that_was_sent_or_went_elsewhere(self, account):
        found, given = sent_in(), item("7.00")
        propose(found, "sender", sender=SENDER)
        propose(given, "account", account=account)
        send()
        for each in (found, given, item("9.00")):
            with pytest.raises(TransitionRefused):
                settlement.take_back(each, reason="no", on=TODAY, at=NOW, by="U-ONE")
        with pytest.raises(settlement.ReasonMissing):
            settlement.take_back(found, reason=" ", on=TODAY, at=NOW, by="U-ONE")
        assert (balance("suspense"), balance("clearing"), held(account)) == (9, 5, 1007)

    @pytest.mark.django_db(transaction=True)
    def test_is_sent_or_taken_back_never_both(self, bank):
        found = sent_in()
        propose(found, "sender", sender=SENDER)

        def take_back():
            settlement.take_back(found, reason="no", on=TODAY, at=NOW, by="U-ONE")

        taken, sent = (type(each).__name__ for each in together(take_back, send))
        assert (taken, sent) in (("NoneType", "NoneType"), ("TransitionRefused", "PaymentFile"))
        assert (balance("suspense"), balance("clearing")) == ((5, 0) if taken == "NoneType" else (0, 5))

    @pytest.mark.parametrize(
        ("amount", "way", "told", "refusal"),
        [
            ("5.00", "account", {}, settlement.ClearingTarget),
            ("5.00", "instruction", {}, settlement.ClearingTarget),
            ("5.00", "somewhere", {}, settlement.ClearingTarget),
            ("5.00", "sender", {}, settlement.ClearingTarget),
            ("5.00", "sender", {"sender": ("Zhang", "1!", "ICBKCNBJXXX")}, settlement.PayeeNumberWrong),
            ("5.00", "sender", {"sender": ("Zhang", "12345678", "BANK")}, settlement.BankCodeWrong),
            ("5.00", "sender", {"sender": ("Zhang", "12345678", "")}, settlement.BankCodeWrong),
            ("5.00", "sender", {"sender": ("Zhang", "DE22500500009876543210", "")}, settlement.PayeeNumberWrong),
            (
                "5.00",
                "sender",
                {"sender": ("Z", "DE22500500009876543210", "SPUEDE2U")},
                settlement.PayeeNumberWrong,
            ),
            ("5.00", "charge", {}, settlement.ClearingWay),
            ("-5.00", "sender", {"sender": SENDER}, settlement.ClearingWay),
            ("5.00", "charge", {"note": " "}, settlement.ReasonMissing),
        ],
    )
    def test_refuses_what_makes_no_sense(self, bank, amount, way, told, refusal):
        found = item(amount)
        with pytest.raises(refusal):
            propose(found, way, **told)
        found.refresh_from_db()
        assert (found.status, balance("suspense")) == ("waiting", Decimal(amount))

    def test_refuses_a_payment_of_another_amount(self, account):
        made = make_payment(account, make_payee(account.enterprise), "30.00")
        with pytest.raises(settlement.ClearingDiffers):
            propose(item("-5.00"), "instruction", instruction=made)

    @pytest.mark.parametrize("limit", ["1.00", "100.00"])
    @pytest.mark.parametrize(
        ("amount", "told", "status"),
        [
            ("-30.00", [], "pending"),
            ("-30.00", ["-30.00"], "settled"),
            ("30.00", ["-30.00", "30.00"], "returned"),
        ],
    )
    def test_refuses_a_payment_for_which_no_money_is_expected(self, account, settings, limit, amount, told, status):
        settings.SUSPENSE_LIMIT_AMOUNT = Decimal(limit)
        made = make_payment(account, make_payee(account.enterprise), "30.00")
        if told:
            send()
            bring(*(line(each, end_to_end=made.reference) for each in told))
        made.refresh_from_db()
        assert made.status == status
        found = item(amount)
        with pytest.raises(settlement.ClearingSpent):
            propose(found, "instruction", instruction=made)
        found.refresh_from_db()
        assert (found.status, balance("suspense")) == ("waiting", Decimal(amount))

    def test_refuses_a_closed_account_before_a_colleague_looks(self, enterprise, settings):
        settings.SUSPENSE_LIMIT_AMOUNT = Decimal(1)
        closed = make_settlement_account(enterprise)
        settlement.close(closed, by="U-1", at=NOW)
        with pytest.raises(settlement.AccountNotOpen):
            propose(item("5.00"), "account", account=closed)

    def test_refuses_more_than_the_account_holds(self, account):
        with pytest.raises(settlement.InsufficientFunds):
            propose(item("-2000.00"), "account", account=account)

    def test_refuses_twice(self, account):
        found = item("5.00")
        propose(found, "account", account=account)
        with pytest.raises(TransitionRefused):
            propose(found, "account", account=account)
        assert held(account) == 1005

    def test_refuses_a_closed_month(self, account):
        found = item("5.00")
        late = TODAY.replace(day=1)
        close_month(late.replace(month=late.month - 1), on=TODAY)
        with pytest.raises(ledger.PeriodClosed):
            settlement.propose_clearing(
                found, way="account", note="?", on=late.replace(month=late.month - 1), at=NOW, by="U-1", account=account
            )


class TestFourEyes:
    @pytest.fixture
    def proposed(self, account, settings):
        settings.SUSPENSE_LIMIT_AMOUNT = Decimal(100)
        found = item("100.01")
        propose(found, "account", account=account)
        return found

    def test_nothing_moves_before_the_second_person_agrees(self, account, proposed):
        assert (proposed.status, held(account), balance("suspense")) == ("proposed", 1000, Decimal("100.01"))
        settlement.confirm_clearing(proposed, seen=proposed.shown, on=TODAY, at=NOW, by="U-TWO")
        assert (proposed.status, proposed.checked_by, held(account)) == ("cleared", "U-TWO", Decimal("1100.01"))

    def test_the_second_is_not_the_first(self, account, proposed):
        with pytest.raises(settlement.SamePerson):
            settlement.confirm_clearing(proposed, seen=proposed.shown, on=TODAY, at=NOW, by="U-ONE")
        with pytest.raises(settlement.SamePerson):
            settlement.decline_clearing(proposed, reason="no", at=NOW, by="U-ONE")
        assert held(account) == 1000

    def test_agrees_to_nothing_but_what_was_seen(self, account, proposed, enterprise):
        seen, other = proposed.shown, make_settlement_account(enterprise)
        settlement.decline_clearing(proposed, reason="not theirs", at=NOW, by="U-TWO")
        propose(proposed, "account", account=other, at=NOW + timedelta(seconds=1))
        for each in (seen, ""):
            with pytest.raises(ChangedSince):
                settlement.confirm_clearing(proposed, seen=each, on=TODAY, at=NOW, by="U-TWO")
        assert (held(account), held(other), balance("suspense")) == (1000, 0, Decimal("100.01"))

    def test_what_is_declined_waits_again(self, proposed):
        settlement.decline_clearing(proposed, reason="the payer says otherwise", at=NOW, by="U-TWO")
        assert (proposed.status, proposed.way, proposed.note) == ("waiting", "", "the payer says otherwise")
        with pytest.raises(TransitionRefused):
            settlement.confirm_clearing(proposed, seen=proposed.shown, on=TODAY, at=NOW, by="U-TWO")

    def test_up_to_the_limit_one_is_enough(self, account, settings):
        settings.SUSPENSE_LIMIT_AMOUNT = Decimal(100)
        found = item("100.00")
        propose(found, "account", account=account)
        assert found.status == "cleared"

    @pytest.mark.parametrize("named", ["", "6222020200112233446"])
    def test_to_another_account_than_the_statement_names_one_is_too_few(self, bank, named):
        found = item("5.00", counterparty_number=named)
        propose(found, "sender", sender=SENDER)
        assert (found.status, balance("suspense")) == ("proposed", 5)
        event = AuditEvent.objects.get(verb="settlement.suspense_propose")
        assert event.details["to"] == "6222020200112233445"
        settlement.confirm_clearing(found, seen=found.shown, on=TODAY, at=NOW, by="U-TWO")
        assert (found.status, balance("suspense")) == ("cleared", 0)


class TestCloseAccount:
    def test_waits_for_payments_that_are_underway(self, enterprise):
        account = make_settlement_account(enterprise, holding="30.00")
        make_payment(account, make_payee(enterprise), "30.00")
        send()
        with pytest.raises(settlement.PaymentsUnderway):
            settlement.close(account, by="U-1", at=NOW)
