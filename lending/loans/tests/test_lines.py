"""Credit lines: opened by signing, drawn within the limit, unless something stands in the way."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.identity.models import Consent
from accounts.identity.operations.signing import SigningCodeMissing, SigningCodeWrong
from accounts.identity.tests.builders import make_check, make_checked, make_corrected, make_hit
from accounts.settlement import operations as settlement
from accounts.settlement.models import Mandate, Receipt
from accounts.settlement.tests.builders import make_deposit, make_settlement_account
from lending.applications.operations import ApplicationRefused
from lending.applications.tests.builders import DAY, NOW, TODAY, make_approver, make_draft
from lending.credit.models import Exposure
from lending.credit.queries import exposure_of
from lending.loans.lines import operations as lines
from lending.loans.lines.binding import drawn_amount
from lending.loans.lines.models import CreditLine
from lending.loans.lines.operations import DrawRefused
from lending.loans.lines.queries import draw_of, hindrance_of
from lending.loans.models import Loan
from lending.loans.operations import sign
from lending.loans.queries import discrepancies, owing_of
from lending.loans.states import LoanStatus
from lending.loans.tests.builders import make_offer, repay, sent_code
from lending.loans.tests.lines import draw, draw_code, held, make_line, make_line_product, open_line
from lending.loans.tests.losing import LOST, write_off
from lending.loans.tests.rescheduling import LATE, reschedule
from lending.products.models import LoanProduct
from portal.core.dates import add_months
from portal.core.editions import EditionRefused
from portal.core.idempotency import KeyReused
from portal.core.models import AuditEvent, Job, Notice
from portal.core.seen import ChangedSince
from portal.core.tests.together import together


@pytest.fixture(autouse=True)
def product(bank):
    return make_line_product()


@pytest.fixture
def line(enterprise, owner):
    return make_line(enterprise, by=owner)


class TestTheProduct:
    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"min_draw_amount": None}, "line_needs_both"),
            ({"line_months": None}, "line_needs_both"),
            ({"min_draw_amount": Decimal(0)}, "draw_above_line"),
            ({"min_draw_amount": Decimal(4000)}, "draw_above_line"),
            ({"early_by_day": False}, "line_counts_by_day"),
        ],
    )
    def test_contradicts_itself(self, changed, code):
        with pytest.raises(EditionRefused) as refused:
            make_line_product(code="other", **changed)
        assert refused.value.code == code

    def test_in_use_stands_still(self, product):
        with pytest.raises(IntegrityError, match="stands still"), transaction.atomic():
            LoanProduct.objects.filter(pk=product.pk).update(line_months=24)

    def test_is_asked_for_with_the_longest_term_alone(self, enterprise, owner):
        with pytest.raises(ApplicationRefused) as refused:
            make_draft(enterprise, by=owner, term_months=6)
        assert refused.value.code == "term_of_a_line"


class TestOpen:
    def test_pays_nothing_out_and_binds_the_whole_limit(self, line, enterprise):
        assert (line.limit_amount, line.opened_on, line.ends_on) == (Decimal(20000), TODAY, add_months(TODAY, 12))
        assert (held(line), Loan.objects.count()) == (0, 0)
        assert exposure_of(enterprise).amount == Decimal(20000)
        assert exposure_of(enterprise).monthly_payment_amount > Decimal("1666.67")
        assert AuditEvent.objects.filter(verb="loans.line_open", subject=line.reference).count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_signed_four_times_at_once_opens_one(self, enterprise, owner):
        offer = make_offer(enterprise, by=owner)
        account, code = make_settlement_account(enterprise), sent_code(offer, to=owner)
        told = {"account": account, "code": code, "by": owner, "at": NOW, "on": TODAY}
        came = together(*[lambda: lines.open_line(offer, **told)] * 4)
        assert came == [CreditLine.objects.get()] * 4

    def test_is_not_paid_out_as_a_loan(self, enterprise, owner):
        offer = make_offer(enterprise, by=owner)
        told = {"code": sent_code(offer, to=owner), "by": owner, "at": NOW, "on": TODAY}
        with pytest.raises(AssertionError):
            sign(offer, account=make_settlement_account(enterprise), **told)

    def test_refuses_a_wrong_code(self, enterprise, owner):
        offer = make_offer(enterprise, by=owner)
        sent_code(offer, to=owner)
        told = {"code": "nothing", "by": owner, "at": NOW, "on": TODAY}
        with pytest.raises(SigningCodeWrong):
            lines.open_line(offer, account=make_settlement_account(enterprise), **told)

    def test_keeps_the_account_open_until_the_line_ends(self, line, owner):
        with pytest.raises(settlement.MandateStands):
            settlement.close(line.settlement_account, by=owner.reference, at=NOW)
        lines.give_back(line, by=owner, at=NOW)
        settlement.close(line.settlement_account, by=owner.reference, at=NOW)

    def test_takes_the_place_of_the_line_before(self, line, enterprise, owner):
        draw(line, "5000", by=owner)
        newer = open_line(
            make_offer(enterprise, by=owner, key="anew"), by=owner, account=line.settlement_account, at=NOW
        )
        line.refresh_from_db()
        assert (line.status, newer.status) == ("ended", "active")
        assert exposure_of(enterprise).amount == newer.limit_amount + Decimal(5000)


class TestDraw:
    def test_pays_a_loan_of_its_own_out(self, line, owner, enterprise):
        loan = draw(line, "6000", by=owner, months=3)
        assert (loan.line, loan.offer, loan.principal_amount) == (line, line.offer, Decimal(6000))
        assert (loan.annual_rate, loan.installments.count()) == (line.annual_rate, 3)
        assert (held(line), drawn_amount(line)) == (Decimal(6000), Decimal(6000))
        assert exposure_of(enterprise).amount == Decimal(20000)
        assert Exposure.objects.get(subject=line.reference).reserved_amount == Decimal(14000)
        assert Mandate.objects.filter(purpose="loan", subject=loan.reference, ended_at=None).exists()
        assert Notice.objects.filter(code="line_drawn").count() == 1
        assert discrepancies() == []

    def test_costs_what_was_shown(self, line, owner):
        found = draw_of(line, Decimal(6000), 3, on=TODAY)
        loan = draw(line, "6000", by=owner, months=3)
        told = [(row.due_date, row.principal_amount, row.interest_amount) for row in loan.installments.current()]
        shown = found.cost.schedule.installments
        assert told == [(row.due_date, row.principal_amount, row.interest_amount) for row in shown]
        assert loan.apr == round(found.cost.apr, 6)

    def test_may_be_had_several_times_and_again_once_repaid(self, line, owner):
        first = draw(line, "12000", by=owner, key="a")
        draw(line, "8000", by=owner, key="b")
        with pytest.raises(DrawRefused) as refused:
            draw(line, "1000", by=owner, key="c")
        assert refused.value.code == "line_used_up"
        repay(first, owing_of(first, on=TODAY).payoff_amount, by=owner)
        first.refresh_from_db()
        assert first.status == LoanStatus.REPAID
        draw(line, "12000", by=owner, key="d")
        assert drawn_amount(line) == Decimal(20000)

    def test_is_repaid_by_money_that_names_it_beside_its_line(self, line, owner):
        loan = draw(line, "6000", by=owner)
        told = {"key": "k", "on": TODAY, "at": NOW, "by": "U-TELLER"}
        settlement.pay_in(line.settlement_account, Decimal(300), text=f"{line.reference} {loan.reference}", **told)
        receipt = Receipt.objects.get()
        assert (receipt.purpose, receipt.subject) == ("loan", loan.reference)
        assert Job.objects.filter(name="lending.claim_receipt", reference=receipt.reference).exists()

    def test_interest_runs_for_the_days_used(self, line, owner):
        loan = draw(line, "10000", by=owner)
        on = TODAY + 10 * DAY
        interest = (Decimal(10000) * line.annual_rate * 10 / 365).quantize(Decimal("0.01"))
        assert owing_of(loan, on=on).payoff_amount == Decimal(10000) + interest

    @pytest.mark.parametrize(
        ("amount", "months", "code"),
        [
            ("999.99", 12, "draw_too_small"),
            ("20000.01", 12, "draw_above_available"),
            ("5000.001", 12, "draw_not_exact"),
            ("5000", 13, "draw_term_wrong"),
            ("5000", 0, "draw_term_wrong"),
            ("-5000", 12, "draw_too_small"),
        ],
    )
    def test_refuses_what_does_not_fit(self, line, owner, amount, months, code):
        with pytest.raises(DrawRefused) as refused:
            lines.draw(line, Decimal(amount), months, seen="s", code="1", key="k", by=owner, at=NOW, on=TODAY)
        assert (refused.value.code, Loan.objects.count()) == (code, 0)

    def test_is_made_once_by_one_key(self, line, owner):
        first = draw(line, "12000", by=owner)
        again = lines.draw(line, Decimal(12000), 12, seen="", code="", key="draw", by=owner, at=NOW, on=TODAY)
        assert (again, held(line)) == (first, Decimal(12000))
        with pytest.raises(KeyReused):
            lines.draw(line, Decimal(1000), 12, seen="", code="", key="draw", by=owner, at=NOW, on=TODAY)

    def test_needs_the_code_of_exactly_this_draw(self, line, owner):
        code = draw_code(line, Decimal(5000), by=owner, key="a")
        with pytest.raises(SigningCodeMissing):
            draw(line, "6000", by=owner, key="a", code=code)
        with pytest.raises(SigningCodeMissing):
            draw(line, "5000", by=owner, key="b", code=code)
        with pytest.raises(SigningCodeWrong):
            draw(line, "5000", by=owner, key="a", code="nothing")
        draw(line, "5000", by=owner, key="a", code=code)

    def test_refuses_another_schedule_than_was_seen(self, line, owner):
        code = draw_code(line, Decimal(5000), by=owner, key="a")
        seen = draw_of(line, Decimal(5000), 12, on=TODAY).shown
        with pytest.raises(ChangedSince):
            draw(line, "5000", by=owner, key="a", code=code, seen=seen, on=TODAY + DAY)


class TestWhatStandsInTheWay:
    def refused(self, line, owner, *, on=TODAY):
        line = CreditLine.objects.get(pk=line.pk)
        before = Loan.objects.count()
        with pytest.raises(DrawRefused) as refusal:
            lines.draw(line, Decimal(1000), 3, seen="s", code="1", key="k", by=owner, at=NOW, on=on)
        assert Loan.objects.count() == before
        return refusal.value.code

    def test_something_late(self, line, owner):
        loan = draw(line, "5000", by=owner)
        due = loan.installments.get(number=1).due_date
        assert lines.preview(line, Decimal(1000), 3, on=due)
        assert self.refused(line, owner, on=due + DAY) == "line_late"

    def test_a_loan_that_runs_by_a_new_schedule(self, line, owner, officer, bank):
        loan = draw(line, "5000", by=owner)
        reschedule(loan, proposer=officer, approver=make_approver(bank.branch), owner=owner)
        assert self.refused(line, owner, on=LATE) == "line_unpaid_as_signed"
        loan.refresh_from_db()
        make_deposit(line.settlement_account, "1000.00", on=LATE)
        repay(loan, owing_of(loan, on=LATE).payoff_amount, by=owner, on=LATE)
        assert lines.preview(CreditLine.objects.get(), Decimal(1000), 3, on=LATE)

    def test_a_loan_that_was_written_off_though_all_came_since(self, line, owner, officer, bank):
        loan = draw(line, "5000", by=owner)
        write_off(loan, proposer=officer, approver=make_approver(bank.branch))
        line.ends_on = LOST + DAY  # a longer line
        make_deposit(line.settlement_account, "5000.00", on=LOST)
        repay(loan, owing_of(loan, on=LOST).payoff_amount, by=owner, on=LOST)
        assert hindrance_of(line, on=LOST) == "line_unpaid_as_signed"

    def test_suspended(self, line, owner, officer):
        lines.suspend(line, reason="Sales fell.", by=officer, at=NOW)
        assert self.refused(line, owner) == "line_suspended"

    def test_over(self, line, owner):
        assert lines.preview(line, Decimal(1000), 3, on=line.ends_on).amount == 1000
        assert self.refused(line, owner, on=line.ends_on + DAY) == "line_ended"

    def test_an_account_that_is_frozen(self, line, owner):
        settlement.freeze(line.settlement_account, reason="court", by="U-OPS", at=NOW)
        assert self.refused(line, owner) == "account_not_open"

    def test_a_mandate_that_ended(self, line, owner):
        with transaction.atomic():
            settlement.end_mandate(purpose="line", subject=line.reference, by="U-OPS", at=NOW)
        assert self.refused(line, owner) == "line_mandate_missing"

    def test_an_identity_that_is_not_good_any_more(self, enterprise, owner):
        make_checked(enterprise, expires_on=TODAY + 30 * DAY)
        line = make_line(enterprise, by=owner)
        assert lines.preview(line, Decimal(1000), 3, on=TODAY + 30 * DAY)
        assert self.refused(line, owner, on=TODAY + 31 * DAY) == "line_identity_unchecked"

    def test_a_name_that_was_corrected_until_it_is_checked_anew(self, line, owner):
        make_checked(line.enterprise)
        make_corrected(line.enterprise, at=NOW + DAY, legal_name="Green Tea House")
        assert self.refused(line, owner) == "line_identity_unchecked"
        make_check(line.enterprise, at=NOW + DAY)
        assert lines.preview(CreditLine.objects.get(), Decimal(1000), 3, on=TODAY)

    def test_a_consent_that_no_present_owner_gave(self, line, owner):
        Consent.objects.filter(enterprise=line.enterprise).delete()
        assert self.refused(line, owner) == "line_consent_missing"

    def test_a_watchlist_hit_and_says_nothing_of_it(self, line, owner):
        make_hit(line.enterprise)
        assert self.refused(line, owner) == "line_on_hold"
