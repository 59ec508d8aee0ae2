"""A loan that was repaid by cash that was booked wrongly: corrected, the repayment is undone and made anew."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from accounts.identity.tests.builders import machine
from accounts.ledger import queries as books
from accounts.ledger.tests.builders import close_month
from accounts.settlement import interest
from accounts.settlement import operations as settlement
from accounts.settlement import queries as accounts
from accounts.settlement.models import CashCorrection, CashMovement, Receipt
from accounts.settlement.tests.builders import fetch_cash
from lending.applications.tests.builders import NOW, TODAY
from lending.credit.models import Exposure
from lending.credit.queries import exposure_of
from lending.loans import operations as loans
from lending.loans import queries
from lending.loans.lines.binding import drawn_amount
from lending.loans.lines.operations import LineRefused, lower
from lending.loans.lines.queries import hindrance_of
from lending.loans.models import UndoneRepayment
from lending.loans.tests.lines import draw, make_line, make_line_product
from portal.core.models import AuditEvent, Job
from portal.core.tests.together import together


@pytest.fixture
def due(loan):
    return loan.installments.get(number=1).due_date


def receive(loan, amount, *, on):
    """Take in cash under the loan's reference, and repay it as the job does."""
    told = {"text": loan.reference, "key": amount, "on": on, "at": NOW, "by": "U-TELLER"}
    cash = settlement.pay_in(loan.settlement_account, Decimal(amount), **told)
    claim(cash, on=on)
    return cash


def claim(cash, *, on):
    receipt = Receipt.objects.get(entry=cash.entry)
    return loans.claim_receipt(receipt.reference, at=NOW, on=on)


def ask(cash, amount, *, on):
    account, at = cash.settlement_account, NOW + timedelta(hours=1)
    right = settlement.RightCash(account, "in", Decimal(amount), cash.text) if amount else None
    return settlement.ask_correction(cash, right, reason="a zero", key=f"x{cash}", on=on, at=at, by="U-1")


def correct(cash, amount="", *, on):
    asked = ask(cash, amount, on=on)
    settlement.confirm_correction(asked, on=on, at=NOW + timedelta(hours=1), by="U-2")
    return asked


def paid(loan):
    return sum(row.paid_amount for row in loan.installments.all())


class TestCorrectedCash:
    def test_undoes_the_repayment_and_books_it_back_on_its_day(self, loan, due):
        before = books.balance(loan.settlement_account.ledger_account)
        cash = receive(loan, "300.00", on=due)
        assert paid(loan) == 300
        correction = correct(cash, on=due + timedelta(days=3))
        entry = UndoneRepayment.objects.get().entry
        assert (paid(loan), entry, entry.effective_date) == (0, correction.given_up, due)
        assert books.balance(loan.settlement_account.ledger_account) == before
        event = AuditEvent.objects.get(verb="loans.undo")
        assert (event.subject, event.by) == (loan.reference, "U-2")
        assert (queries.discrepancies(), books.discrepancies()) == ([], [])

    @pytest.mark.parametrize("amount", ["30.00", "500.00"])
    def test_repays_by_the_right_cash(self, loan, due, amount):
        before = books.balance(loan.settlement_account.ledger_account)
        correction = correct(receive(loan, "300.00", on=due), amount, on=due)
        receipt = Receipt.objects.get(entry=correction.replacement.entry)
        assert Job.objects.filter(name="lending.claim_receipt", reference=receipt.reference).exists()
        claim(correction.replacement, on=due)
        assert paid(loan) == Decimal(amount)
        assert books.balance(loan.settlement_account.ledger_account) == before
        assert (queries.discrepancies(), books.discrepancies()) == ([], [])

    def test_opens_a_loan_again_that_it_had_ended(self, loan, due):
        cash = receive(loan, str(queries.standing_of(loan, on=due).open_amount + 50), on=due)
        loan.refresh_from_db()
        assert (loan.status, accounts.has_mandate("loan", loan.reference)) == ("repaid", False)
        correct(cash, on=due)
        loan.refresh_from_db()
        assert (loan.status, accounts.has_mandate("loan", loan.reference)) == ("active", True)
        assert Exposure.objects.get(subject=loan.reference).drawn_amount == loan.principal_amount
        assert queries.discrepancies() == []

    def test_leaves_later_repayments_as_they_were(self, loan, due, owner):
        cash = receive(loan, "300.00", on=due)
        loans.repay(loan, Decimal(40), key="later", by=owner, at=NOW, on=due)
        correct(cash, on=due)
        assert paid(loan) == 40
        assert queries.discrepancies() == []

    def test_makes_nobody_late_while_the_right_cash_waits_to_be_claimed(self, loan, due):
        cash = receive(loan, "300.00", on=due)
        correct(cash, "290.00", on=due + timedelta(days=40))
        assert exposure_of(loan.enterprise).worst_days_past_due == 0

    def test_repays_by_the_right_cash_from_the_day_on_which_it_came(self, loan, due):
        owed = loan.installments.get(number=1).open_amount
        correction = correct(receive(loan, str(owed + 300), on=due), str(owed), on=due + timedelta(days=40))
        repayment = claim(correction.replacement, on=due + timedelta(days=40))
        assert (repayment.paid_on, repayment.entry.effective_date) == (due, due + timedelta(days=40))
        assert loan.installments.get(number=1).is_paid
        undone = UndoneRepayment.objects.get()
        assert undone.entry.effective_date == undone.repayment.entry.effective_date
        again = correct(correction.replacement, on=due + timedelta(days=41))
        assert again.given_up.effective_date == due + timedelta(days=40)
        assert (paid(loan), queries.discrepancies(), books.discrepancies()) == (0, [], [])

    def test_repays_from_the_day_it_was_taken_what_was_spent_in_between(self, loan, due):
        account = loan.settlement_account
        told = {"text": "", "key": "k", "at": NOW, "by": "U-TELLER"}
        spent = books.balance(account.ledger_account)
        cash = settlement.pay_in(account, Decimal(30), **(told | {"text": loan.reference, "key": "in", "on": due}))
        fetch_cash(account, spent + 1, **(told | {"on": due}))
        assert claim(cash, on=due) is None
        settlement.pay_in(account, Decimal(1), **(told | {"key": "more", "on": due + timedelta(days=2)}))
        assert claim(cash, on=due + timedelta(days=2)).paid_on == due + timedelta(days=2)

    def test_in_a_closed_month_counts_both_ways_from_its_day(self, loan, due):
        cash, later = receive(loan, "300.00", on=due), due + timedelta(days=40)
        close_month(due, on=later)
        correction = correct(cash, on=later)
        assert {correction.reversal.effective_date, correction.given_up.effective_date} == {later}
        late = interest.late_cash([loan.settlement_account])[loan.settlement_account.pk]
        assert sorted((each.moved_on, each.booked_on, each.amount) for each in late) == [
            (due, later, -300),
            (due, later, 300),
        ]

    def test_that_no_repayment_took_yet_is_not_claimed_any_more(self, loan, due):
        told = {"text": loan.reference, "key": "k", "on": due, "at": NOW, "by": "U-TELLER"}
        cash = settlement.pay_in(loan.settlement_account, Decimal(300), **told)
        correct(cash, on=due)
        assert (claim(cash, on=due), paid(loan)) == (None, 0)

    def test_is_refused_where_no_repayment_is_known_by_the_receipt(self, loan, due):
        told = {"text": loan.reference, "key": "k", "on": due, "at": NOW, "by": "U-TELLER"}
        cash = settlement.pay_in(loan.settlement_account, Decimal(300), **told)
        with transaction.atomic():
            receipt = Receipt.objects.get(entry=cash.entry)
            settlement.claim_receipt(receipt, purpose="loan", subject=loan.reference, at=NOW, by="system")
        with pytest.raises(settlement.ReceiptClaimed):
            correct(cash, on=due)
        assert CashMovement.objects.get().status == "booked"


class TestOfADraw:
    def test_opens_what_was_drawn_again_beyond_the_limit(self, bank, enterprise, owner, officer):
        make_line_product()
        line = make_line(enterprise, by=owner)
        first = draw(line, "20000", by=owner, key="a")
        cash = receive(first, "20000.00", on=TODAY)
        second = draw(line, "20000", by=owner, key="b")
        correct(cash, on=TODAY)
        assert (drawn_amount(line), exposure_of(enterprise).amount) == (40000, 40000)
        assert hindrance_of(line, on=TODAY) == "line_used_up"
        with pytest.raises(LineRefused):
            lower(line, Decimal(15000), reason="Less.", by=officer, at=NOW)
        for loan in (first, second):
            loan.refresh_from_db()
            loans.repay(loan, Decimal(15000), key=loan.reference, by=owner, at=NOW, on=TODAY)
        draw(line, "9000", by=owner, key="c")  # some of what came was interest
        assert drawn_amount(line) < exposure_of(enterprise).amount == 20000
        assert (queries.discrepancies(), books.discrepancies()) == ([], [])


class TestApi:
    def test_marks_what_was_undone(self, owner, loan, due):
        client = machine(owner)
        correct(receive(loan, "300.00", on=due), on=due)
        loans.repay(loan, Decimal(40), key="later", by=owner, at=NOW, on=due)
        standing, undone = client.get(f"/api/v1/loans/{loan.reference}/repayments").json()["results"]
        assert (standing["amount"], standing["undone_at"], standing["undone_entry"]) == ("40.00", None, None)
        kept = UndoneRepayment.objects.get()
        assert (undone["undone_at"] is not None, undone["undone_entry"]) == (True, kept.entry.reference)


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_two_who_agree_undo_it_once(self, loan, due):
        cash = receive(loan, "300.00", on=due)
        asked = ask(cash, "", on=due)

        def confirm(by):
            found = CashCorrection.objects.get(pk=asked.pk)
            return lambda: settlement.confirm_correction(found, on=due, at=NOW, by=by)

        came = together(confirm("U-2"), confirm("U-3"))
        assert sorted(type(each).__name__ for each in came) == ["NoneType", "TransitionRefused"]
        assert (paid(loan), queries.discrepancies()) == (0, [])
