"""The nostro account's statements: read once, matched to what we sent, booked exactly once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.ledger import operations as ledger
from accounts.ledger.models import LedgerAccount, Posting
from accounts.ledger.tests.builders import NOW, TODAY, close_month
from accounts.settlement import operations as settlement
from accounts.settlement.models import NostroLine, NostroStatement, Receipt, SettlementAccount, SuspenseItem
from accounts.settlement.queries import nostro as nostro_queries
from accounts.settlement.tests.asking import make_request
from accounts.settlement.tests.builders import balance, held, make_payee, make_payment, make_settlement_account
from accounts.settlement.tests.nostro import (
    agree,
    apply,
    bring,
    line,
    notification,
    read,
    report,
    run,
    send,
    statement,
    upload,
)
from accounts.statements import writing
from accounts.statements.parsing.printed.tests import papers
from portal.core.models import AuditEvent, Job
from portal.core.tests.together import together

DAY = timedelta(days=1)


@pytest.fixture
def sent(account, owner):
    """Two payments, of 30.00 and 12.50, in one file."""
    return send(account, "30.00", "12.50", by=owner.reference)


def own_money(amount, *, on):
    """Book money of the bank's own that it keeps at the other bank."""
    lines = [ledger.debit(LedgerAccount.objects.named("nostro"), amount)]
    lines += [ledger.credit(LedgerAccount.objects.named("equity"), amount)]
    with transaction.atomic():
        return ledger.post(
            key=f"capital {on}", event="capital", subject="capital", lines=lines, effective_date=on, at=NOW, by="U-OPS"
        )


def states(statement):
    return [(each.status, each.kind, each.rule) for each in statement.lines.order_by("line_number")]


class TestReceive:
    def test_keeps_the_file_and_asks_for_it_to_be_read(self, bank):
        received = upload(writing.as_camt053(statement(line("1.00"))))
        assert (received.status, received.uploaded_by) == ("reading", "U-OPS")
        assert Job.objects.filter(name="settlement.read_nostro", reference=received.reference).exists()
        event = AuditEvent.objects.get(verb="settlement.nostro_received")
        assert (event.subject, event.by, event.at) == (received.reference, "U-OPS", NOW)


class TestRead:
    def refusal(self, content, name="statement.xml"):
        received = run(upload(content, name))
        assert (received.status, received.lines.count(), Posting.objects.count()) == ("refused", 0, 0)
        assert received.refusal
        return received.refusal_code

    def test_refuses_another_account(self, bank):
        assert self.refusal(writing.as_camt053(statement(line("1.00"), number="42"))) == "nostro_other_account"

    def test_refuses_two_accounts_in_a_file(self, bank):
        two = [statement(line("1.00"), number=number) for number in ("42", "43")]
        assert self.refusal(writing.as_camt053(*two)) == "nostro_several"

    def test_refuses_balances_that_do_not_roll(self, bank):
        told = writing.as_camt053(statement(line("1.00"), line("2.00"))).replace(b">2.00<", b">2.50<")
        assert self.refusal(told) == "nostro_does_not_roll"

    def test_refuses_a_currency_without_books(self, bank):
        told = writing.as_camt053(statement(line("1.00"))).replace(b"CNY", b"EUR")
        assert self.refusal(told) == "nostro_currency"

    def test_refuses_three_decimals(self, bank):
        told = writing.as_camt053(statement(line("1.001")))
        assert self.refusal(told) == "nostro_amount"

    def test_refuses_tomorrow(self, bank):
        assert self.refusal(writing.as_camt053(statement(line("1.00", on=TODAY + DAY)))) == "nostro_future"

    def test_refuses_what_is_no_statement(self, bank):
        assert self.refusal(b"GIF89a") == "statement_picture"

    def test_refuses_a_pdf_whatever_it_tells(self, bank):
        told = papers.CMB.but(above="户名：Green Tea Shop #h(3em) 账号：6222 0212 3456 7890")
        assert self.refusal(papers.pdf(told), "statement.pdf") == "nostro_pdf"

    def test_told_twice_changes_nothing(self, account, sent):
        told = line("-30.00", end_to_end=sent[0].reference, reference="B1"), line("5.00", "who?", reference="B2")
        bring(*told)
        before = Posting.objects.count(), held(account), SuspenseItem.objects.count()
        again = bring(*told)
        assert (again.status, again.line_count, again.known_count) == ("agreed", 2, 2)
        assert states(again) == [("left_out", "", ""), ("left_out", "", "")]
        assert (Posting.objects.count(), held(account), SuspenseItem.objects.count()) == before

    def test_told_in_another_format_changes_nothing(self, account, sent):
        bring(line("-30.00", end_to_end=sent[0].reference, reference="B1"))
        for kind in ("mt940", "csv"):
            again = bring(line("-30.00", sent[0].reference, reference="other"), kind=kind)
            assert (again.known_count, states(again)) == (1, [("left_out", "", "")])

    def test_told_by_a_notification_first_is_booked_then(self, account, sent):
        told = line("-30.00", end_to_end=sent[0].reference, reference="B1")
        first = run(upload(notification(told)))
        assert (first.format, states(first)) == ("camt054", [("matched", "paid", "reference")])
        assert bring(told, line("-12.50", end_to_end=sent[1].reference, reference="B2")).known_count == 1
        assert (balance("clearing"), balance("nostro")) == (0, Decimal("-42.50"))

    def test_two_equal_bookings_of_a_day_are_two(self, account):
        bring(line("5.00", account.number, reference="B1"), line("5.00", account.number, reference="B2"))
        bring(line("5.00", account.number, reference="B3"), opening="10.00")
        assert held(account) == 1015

    def test_leaves_the_books_as_they_are_when_asked_again(self, bank):
        received = bring(line("5.00", "who?"))
        assert (read(received).status, received.lines.count()) == ("agreed", 1)


class TestPaymentsThatLeft:
    @pytest.mark.parametrize("kind", ["camt053", "mt940", "csv"])
    def test_are_known_by_their_reference(self, sent, kind):
        told = bring(line("-30.00", f"payment {sent[0].reference}"), kind=kind)
        assert states(told) == [("matched", "paid", "reference")]
        sent[0].refresh_from_db()
        assert (sent[0].status, sent[0].settled_on, balance("clearing")) == ("settled", TODAY, Decimal("12.50"))

    def test_are_known_by_a_reference_that_a_format_split(self, sent):
        text = f"{sent[0].reference[:8]} {sent[0].reference[8:]}"
        assert states(bring(line("-30.00", text))) == [("matched", "paid", "reference")]

    def test_are_known_by_payee_amount_and_date(self, sent):
        told = bring(line("-30.00", counterparty_name="MILL LTD"), line("-12.50", counterparty_name="Miller"))
        assert states(told) == [("matched", "paid", "amount_and_date"), ("suspense", "", "")]

    def test_are_not_guessed_where_two_fit(self, account, sent):
        make_payment(account, make_payee(account.enterprise, number="12345678"), "30.00")
        settlement.send_payments(currency="CNY", on=TODAY, at=NOW, by="U-OPS")
        bring(line("-30.00"))
        assert SuspenseItem.objects.get().doubt == "several_fit"

    def test_wait_where_the_amount_differs(self, sent):
        bring(line("-31.00", end_to_end=sent[0].reference))
        assert SuspenseItem.objects.get().doubt == "amount_differs"
        assert (balance("suspense"), balance("nostro")) == (-31, -31)

    def test_wait_where_nothing_is_expected(self, sent):
        told = [line("-30.00", end_to_end=sent[0].reference, reference=each) for each in ("B1", "B2")]
        assert [state[0] for state in states(bring(*told))] == ["matched", "suspense"]
        assert SuspenseItem.objects.get().doubt == "not_expected"

    def test_are_confirmed_as_a_whole_file(self, sent):
        told = bring(line("-42.50", end_to_end=f"{sent[0].file.reference}-1"))
        assert states(told) == [("matched", "file", "reference")]
        assert [each.status for each in sent[0].file.instructions.order_by("pk")] == ["settled", "settled"]
        assert (balance("clearing"), balance("nostro")) == (0, Decimal("-42.50"))


class TestPaymentsThatCameBack:
    def test_are_in_the_account_again(self, account, sent):
        out = line("-30.00", end_to_end=sent[0].reference)
        back = line("30.00", "account closed", end_to_end=sent[0].reference, return_reason="AC04")
        told = bring(out, back)
        assert states(told)[1] == ("matched", "returned", "reference")
        sent[0].refresh_from_db()
        assert (sent[0].status, sent[0].reason) == ("returned", "AC04 account closed")
        assert (held(account), balance("nostro")) == (Decimal("987.50"), 0)

    def test_before_they_left_still_add_up(self, account, sent):
        bring(line("30.00", end_to_end=sent[0].reference, return_reason="AC04", reference="B1"))
        assert (held(account), balance("nostro"), balance("clearing")) == (Decimal("987.50"), 30, Decimal("42.50"))
        bring(line("-30.00", end_to_end=sent[0].reference, reference="B2"), opening="30.00")
        assert (held(account), balance("nostro"), balance("clearing")) == (Decimal("987.50"), 0, Decimal("12.50"))
        sent[0].refresh_from_db()
        assert (sent[0].status, sent[0].settled_on) == ("returned", TODAY)

    def test_wait_when_charges_were_kept(self, account, sent):
        bring(line("-30.00", end_to_end=sent[0].reference), line("29.00", end_to_end=sent[0].reference))
        assert SuspenseItem.objects.get().doubt == "amount_differs"


class TestMoneyThatCameIn:
    def test_goes_to_the_account_that_is_named(self, account):
        told = bring(line("5.00", f"invoice 7 for {account.grouped_number}", counterparty_name="Zhang"))
        assert states(told) == [("matched", "receipt", "number")]
        receipt = Receipt.objects.get()
        assert (receipt.settlement_account, receipt.amount, receipt.payer_name) == (account, 5, "Zhang")
        assert (held(account), balance("nostro")) == (1005, 5)

    @pytest.mark.parametrize("kind", ["camt053", "mt940", "csv"])
    @pytest.mark.parametrize("text", ["for {iban}", "iban:{grouped} bill 12", "{lower}", "{grouped} / {number}"])
    def test_goes_to_the_account_whose_iban_is_named(self, account, settings, kind, text):
        settings.BANK_COUNTRY, settings.BANK_CODE = "DE", "50010517"
        theirs = make_settlement_account(account.enterprise)
        told = text.format(
            iban=theirs.iban, grouped=theirs.grouped_iban, lower=theirs.iban.lower(), number=theirs.number
        )
        brought = bring(line("5.00", told, counterparty_name="Zhang"), kind=kind)
        assert states(brought) == [("matched", "receipt", "number")]
        assert (held(theirs), balance("nostro")) == (5, 5)

    @pytest.mark.parametrize("text", ["DE57500105170000000043", "DE575001051700000000429", "DE89370400440532013000"])
    def test_waits_where_the_iban_is_wrong_or_nobodys(self, account, settings, text):
        SettlementAccount.objects.filter(pk=account.pk).update(iban="DE57500105170000000042")
        bring(line("5.00", text))
        assert SuspenseItem.objects.get().doubt == "no_match"

    def test_waits_where_an_iban_and_a_number_name_two(self, account):
        SettlementAccount.objects.filter(pk=account.pk).update(iban="DE57500105170000000042")
        other = make_settlement_account(account.enterprise)
        bring(line("5.00", f"DE57500105170000000042 {other.number}"))
        assert SuspenseItem.objects.get().doubt == "several_fit"

    def test_goes_to_the_account_of_an_agreement_that_is_named(self, account):
        with transaction.atomic():
            settlement.register_mandate(
                account, purpose="loan", subject="L-7K3QX9TM", by="U-1", at=NOW, claim_job="lending.claim_receipt"
            )
        assert states(bring(line("5.00", "loan l-7k3qx9tm"))) == [("matched", "receipt", "agreement")]
        receipt = Receipt.objects.get()
        assert (receipt.purpose, receipt.subject) == ("loan", "L-7K3QX9TM")
        assert Job.objects.filter(name="lending.claim_receipt", reference=receipt.reference).exists()

    @pytest.mark.parametrize(("amount", "status", "held_then"), [("80.00", "paid", 1080), ("79.00", "open", 1079)])
    def test_pays_the_request_that_its_reference_names_where_the_sum_fits(self, account, amount, status, held_then):
        request = make_request(account, "80.00")
        told = bring(line(amount, f"school lunch {request.grouped_reference}"))
        assert states(told) == [("matched", "receipt", "request")]
        request.refresh_from_db()
        assert (request.status, held(account)) == (status, held_then)

    @pytest.mark.parametrize("text", ["", "thank you", "1234 5678 9012 3456", "L-7K3QX9TM"])
    def test_waits_where_nobody_is_named(self, account, text):
        bring(line("5.00", text))
        assert (SuspenseItem.objects.get().doubt, balance("suspense"), held(account)) == ("no_match", 5, 1000)

    def test_waits_where_two_are_named(self, account):
        other = make_settlement_account(account.enterprise)
        bring(line("5.00", f"{account.number} {other.number}"))
        assert SuspenseItem.objects.get().doubt == "several_fit"

    def test_reaches_a_frozen_account(self, account):
        settlement.freeze(account, reason="court order", by="U-1", at=NOW)
        bring(line("5.00", account.number))
        assert held(account) == 1005

    def test_waits_where_the_account_is_closed(self, account):
        empty = make_settlement_account(account.enterprise)
        settlement.close(empty, by="U-1", at=NOW)
        bring(line("5.00", empty.number))
        item = SuspenseItem.objects.get()
        assert (item.doubt, item.refusal_code, balance("suspense")) == ("not_possible", "account_not_open", 5)

    def test_of_a_closed_month_is_dated_on_the_first_open_day(self, account):
        late = TODAY.replace(day=1) - DAY
        close_month(late, on=TODAY)
        bring(line("5.00", account.number, on=late))
        assert NostroLine.objects.get().effective_date == late + DAY


class TestReports:
    def run(self, content):
        return run(upload(content))

    @pytest.mark.parametrize("version", [3, 10, 12])
    def test_take_back_a_payment_that_was_refused(self, account, sent, version):
        told = self.run(report(sent[0].file.reference, payment=sent[0].reference, version=version))
        sent[0].refresh_from_db()
        assert (told.status, told.format) == ("agreed", "pain002")
        assert (sent[0].status, sent[0].reason, held(account)) == ("returned", "AC04 closed", Decimal("987.50"))

    def test_take_back_a_whole_file(self, account, sent):
        self.run(report(sent[0].file.reference))
        assert (held(account), balance("clearing")) == (1000, 0)

    def test_change_nothing_when_told_twice(self, account, sent):
        for _ in range(2):
            self.run(report(sent[0].file.reference))
        assert held(account) == 1000

    def test_change_nothing_where_all_is_well(self, account, sent):
        self.run(report(sent[0].file.reference, payment=sent[0].reference, status="ACSC"))
        assert held(account) == Decimal("957.50")

    def test_change_nothing_of_another_file(self, account, sent):
        self.run(report("PF-00000000", payment=sent[0].reference))
        assert held(account) == Decimal("957.50")

    def test_leave_what_was_confirmed_until_the_money_comes_back(self, account, sent):
        bring(line("-30.00", end_to_end=sent[0].reference))
        self.run(report(sent[0].file.reference, payment=sent[0].reference))
        assert held(account) == Decimal("957.50")


class TestGuards:
    @pytest.mark.parametrize("change", [{"amount": 6}, {"text": "x"}, {"subject": "L-1"}])
    def test_keep_what_was_told_of_a_receipt(self, account, change):
        bring(line("5.00", account.number))
        with pytest.raises(IntegrityError, match="keeps what was told"), transaction.atomic():
            Receipt.objects.update(**change)

    def test_let_one_entry_clear_one_item_besides_those_cleared_with_it(self, account):
        bring(line("5.00"), line("6.00"))
        entry = Posting.objects.earliest("pk").entry
        SuspenseItem.objects.filter(line__amount=5).update(status="cleared", entry=entry)
        other = SuspenseItem.objects.filter(line__amount=6)
        with pytest.raises(IntegrityError, match="suspense_entry_clears_one_and_its_parts"), transaction.atomic():
            other.update(status="cleared", entry=entry)
        other.update(status="cleared", entry=entry, cleared_with=SuspenseItem.objects.get(line__amount=5))

    def test_keep_what_was_told_of_a_line(self, account):
        bring(line("5.00", account.number))
        with pytest.raises(IntegrityError, match="keeps what was told"), transaction.atomic():
            NostroLine.objects.update(booked_on=TODAY - DAY)
        with pytest.raises(IntegrityError, match="keeps what was told"), transaction.atomic():
            NostroLine.objects.all()._raw_delete("default")


class TestPosition:
    def test_explains_every_cent(self, account, sent):
        bring(
            line("-30.00", end_to_end=sent[0].reference), line("5.00", account.number), line("7.00"), opening="100.00"
        )
        (found,) = nostro_queries.positions()
        assert (found.stated, found.booked, found.difference) == (82, -18, 100)
        assert (found.before_first, found.not_booked, found.without_line, found.not_told) == (100, 0, 0, 0)
        assert found.is_explained

    def test_leaves_out_what_both_sides_held_before_the_first_statement(self, account):
        own_money(Decimal(100), on=TODAY - DAY)
        bring(line("5.00", account.number), opening="100.00")
        (found,) = nostro_queries.positions()
        assert (found.stated, found.booked, found.difference) == (105, 105, 0)
        assert (found.before_first, found.not_booked, found.without_line, found.not_told) == (0, 0, 0, 0)

    def test_names_what_stands_behind_it(self, account, sent):
        bring(line("-30.00", end_to_end=sent[0].reference), line("5.00", account.number))
        entry = own_money(Decimal(40), on=TODAY)
        whole = NostroStatement.objects.get()
        whole.lines.create(line_number=9, booked_on=TODAY, amount=Decimal(8), currency="CNY")
        (found,) = nostro_queries.positions()
        behind = nostro_queries.behind(found)
        assert (found.without_line, found.not_booked) == (40, 8)
        assert [(each.reference, each.amount) for each in behind.entries] == [(entry.reference, 40)]
        assert [each.amount for each in behind.lines] == [8]
        assert [each.reference for each in behind.payments] == [sent[1].reference]

    def test_shows_that_a_statement_is_missing(self, account):
        bring(line("5.00", on=TODAY - DAY))
        bring(line("1.00"), opening="9.00")
        (found,) = nostro_queries.positions()
        assert (found.stated, found.booked, found.not_told) == (10, 6, 4)

    def test_is_unknown_without_a_statement(self, bank):
        assert nostro_queries.positions() == []


class TestTwoWorkers:
    @pytest.mark.django_db(transaction=True)
    def test_book_one_statement_at_once_and_each_line_once(self, account):
        received = read(upload(writing.as_camt053(statement(*(line("1.00", account.number) for _ in range(12))))))
        agree(received)
        together(*[lambda: apply(NostroStatement.objects.get())] * 3)
        assert (held(account), Receipt.objects.count()) == (1012, 12)
