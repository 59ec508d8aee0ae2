"""A credit line through its life: its limit, kept by the bank, repaid, drawn again, ended."""

from decimal import Decimal
from random import Random

import pytest
from django.db import IntegrityError, connection

from accounts.identity.tests.builders import confirm_mail, make_corrected
from accounts.settlement.tests.builders import make_deposit
from lending.applications.tests.builders import DAY, NOW, TODAY, make_approver
from lending.credit.models import Exposure
from lending.credit.queries import exposure_of
from lending.loans.lines import operations as lines
from lending.loans.lines.binding import drawn_amount, monthly_of
from lending.loans.lines.models import CreditLine
from lending.loans.lines.operations import DrawRefused
from lending.loans.lines.queries import draw_of, ending
from lending.loans.lines.tasks import end_lines
from lending.loans.models import Loan
from lending.loans.queries import discrepancies, owing_of
from lending.loans.states import LoanStatus
from lending.loans.tests.builders import make_offer, repay
from lending.loans.tests.lines import draw, draw_code, held, make_line, make_line_product, open_line
from lending.loans.tests.test_undone import correct, receive
from portal.core.models import AuditEvent, Notice
from portal.core.notices.operations import text_of
from portal.core.refusals import Refusal
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused


@pytest.fixture(autouse=True)
def product(bank):
    return make_line_product()


@pytest.fixture
def line(enterprise, owner):
    return make_line(enterprise, by=owner)


class TestTheLimit:
    @pytest.mark.django_db(transaction=True)
    def test_lets_three_of_eight_draws_of_30_percent_through(self, line, owner):
        codes = {key: draw_code(line, Decimal(6000), by=owner, key=key) for key in "abcdefgh"}
        seen = draw_of(line, Decimal(6000), 12, on=TODAY).shown

        def act(key, code):
            return draw(CreditLine.objects.get(pk=line.pk), "6000", by=owner, key=key, code=code, seen=seen)

        came = together(*(lambda key=key, code=code: act(key, code) for key, code in codes.items()))
        refused = [each for each in came if isinstance(each, DrawRefused)]
        assert (sum(isinstance(each, Loan) for each in came), len(refused)) == (3, 5)
        assert {each.code for each in refused} == {"draw_above_available"}
        assert (drawn_amount(line), held(line)) == (Decimal(18000), Decimal(18000))
        assert Exposure.objects.get(subject=line.reference).reserved_amount == Decimal(2000)
        assert discrepancies() == []

    @pytest.mark.django_db(transaction=True)
    def test_counts_draws_and_repayments_at_once(self, line, owner, enterprise):
        loans = [draw(line, "5000", by=owner, key=key) for key in "ab"]
        codes = {key: draw_code(line, Decimal(4000), by=owner, key=key) for key in "cd"}
        seen = draw_of(line, Decimal(4000), 12, on=TODAY).shown
        together(
            *(lambda loan=loan: repay(Loan.objects.get(pk=loan.pk), "3000", by=owner) for loan in loans),
            *(
                lambda key=key, code=code: draw(
                    CreditLine.objects.get(pk=line.pk), "4000", by=owner, key=key, code=code, seen=seen
                )
                for key, code in codes.items()
            ),
        )
        reserved = Exposure.objects.get(subject=line.reference).reserved_amount
        assert (Loan.objects.count(), reserved) == (4, Decimal(20000) - drawn_amount(line))
        assert exposure_of(enterprise).amount == Decimal(20000)

    @pytest.mark.parametrize("seed", range(4))
    def test_is_never_exceeded(self, line, owner, enterprise, seed):
        rng = Random(seed)
        for number in range(8):
            amount, running = rng.randrange(1000, 12000), Loan.objects.filter(status=LoanStatus.ACTIVE).first()
            if running and rng.random() < 0.4:
                most = owing_of(running, on=TODAY).payoff_amount
                repay(running, min(Decimal(amount), most), by=owner, key=f"r{number}")
            elif amount <= (left := line.limit_amount - drawn_amount(line)):
                draw(line, str(amount), by=owner, key=f"k{number}")
                assert line.limit_amount - drawn_amount(line) == left - amount
            else:
                with pytest.raises(DrawRefused):
                    draw(line, str(amount), by=owner, key=f"k{number}")
            assert 0 <= drawn_amount(line) <= line.limit_amount
            assert exposure_of(enterprise).amount == line.limit_amount
        assert discrepancies() == []

    def test_is_kept_by_the_database(self, line, owner):
        draw(line, "15000", by=owner)
        CreditLine.objects.update(limit_amount=10000)
        with connection.cursor() as cursor, pytest.raises(IntegrityError, match="more is drawn"):
            cursor.execute("SET CONSTRAINTS lending_draw_within_limit IMMEDIATE")


class TestKeeping:
    def test_suspends_and_resumes_with_two_people(self, line, officer, bank):
        confirm_mail(officer, "olga@bank.example")
        lines.suspend(line, reason="Sales fell.", by=officer, at=NOW)
        assert (line.status, line.suspended_by, line.reason) == ("suspended", officer, "Sales fell.")
        assert exposure_of(line.enterprise).amount == Decimal(20000)
        approver = make_approver(bank.branch)
        lines.resume(line, reason="Sales rose.", by=approver, at=NOW)
        assert (line.status, line.suspended_by, line.reason) == ("active", None, "")
        trail = AuditEvent.objects.filter(subject=line.reference, verb="loans.line_suspend").order_by("pk")
        assert list(trail.values_list("verb", "by")) == [("loans.line_suspend", officer.reference)]
        assert set(Notice.objects.values_list("code", flat=True)) >= {"line_suspended", "line_resumed"}
        told = [text_of(each) for each in Notice.objects.filter(code="line_resumed_by")]
        assert len(told) == 1
        assert line.reference in told[0]
        assert str(approver) in told[0]

    def test_is_resumed_at_the_branch_that_keeps_the_enterprise_now(self, line, officer, bank):
        lines.suspend(line, reason="Sales fell.", by=officer, at=NOW)
        make_corrected(line.enterprise, branch=bank.other_branch.code)
        approver = make_approver(bank.other_branch)
        assert CreditLine.objects.visible_to(approver).get() == line
        lines.resume(line, reason="Sales rose.", by=approver, at=NOW)
        assert line.status == "active"

    def test_is_not_resumed_by_who_suspended_it_nor_above_the_limit(self, line, bank):
        approver, small = make_approver(bank.branch), make_approver(bank.branch, limit="1000", name="Small Gao")
        lines.suspend(line, reason="Sales fell.", by=approver, at=NOW)
        for by, code in ((approver, "same_person_twice"), (small, "above_approval_limit")):
            with pytest.raises(Exception) as refused:  # noqa: PT011 - its code tells
                lines.resume(line, reason="Sales rose.", by=by, at=NOW)
            assert refused.value.code == code

    @pytest.mark.parametrize("verb", ["suspend", "resume", "lower"])
    def test_nobody_acts_on_their_own_nor_without_a_reason(self, line, owner, officer, verb):
        told = {"limit_amount": Decimal(5000)} if verb == "lower" else {}
        for by, reason, code in ((owner, "Mine.", "own_enterprise"), (officer, " ", "line_reason_missing")):
            with pytest.raises(Exception) as refused:  # noqa: PT011 - its code tells
                getattr(lines, verb)(line, reason=reason, by=by, at=NOW, **told)
            assert refused.value.code == code

    def test_lowers_to_what_is_drawn_at_the_least(self, line, owner, officer, enterprise):
        draw(line, "8000", by=owner)
        for limit, code in (("20000", "limit_not_lower"), ("7999.99", "limit_below_drawn"), ("0", "limit_not_lower")):
            with pytest.raises(lines.LineRefused) as refused:
                lines.lower(line, Decimal(limit), reason="Less.", by=officer, at=NOW)
            assert refused.value.code == code
        lines.lower(line, Decimal(8000), reason="Less.", by=officer, at=NOW)
        assert exposure_of(enterprise).amount == Decimal(8000)
        assert Notice.objects.filter(code="line_lowered").count() == 1
        with pytest.raises(DrawRefused):
            draw(line, "1000", by=owner, key="more")

    @pytest.mark.django_db(transaction=True)
    def test_is_lowered_or_drawn_but_never_both(self, line, owner, officer):
        code = draw_code(line, Decimal(15000), by=owner, key="a")
        together(
            lambda: draw(CreditLine.objects.get(), "15000", by=owner, key="a", code=code),
            lambda: lines.lower(CreditLine.objects.get(), Decimal(10000), reason="Less.", by=officer, at=NOW),
        )
        line.refresh_from_db()
        assert drawn_amount(line) <= line.limit_amount


class TestAnotherOffer:
    """A new line would undo that the bank suspended the one before."""

    @pytest.fixture
    def offer(self, line, enterprise, owner, officer):
        offer = make_offer(enterprise, by=owner, key="second", amount="5000.00")
        lines.suspend(line, reason="Sales fell.", by=officer, at=NOW)
        return offer

    def test_is_not_signed_while_the_line_is_suspended(self, offer, line, owner, bank):
        with pytest.raises(Refusal) as refused:
            open_line(offer, by=owner, account=line.settlement_account)
        assert refused.value.code == "offer_while_suspended"
        lines.resume(line, reason="Sales rose.", by=make_approver(bank.branch), at=NOW)
        assert open_line(offer, by=owner, account=line.settlement_account).status == "active"

    def test_goes_with_a_suspended_line_that_is_given_back(self, offer, line, owner, enterprise):
        lines.give_back(line, by=owner, at=NOW)
        offer.application.refresh_from_db()
        assert offer.application.status == "expired"
        assert exposure_of(enterprise).amount == 0

    def test_goes_with_a_suspended_line_whose_day_comes(self, offer, line):
        lines.end_over(line.reference, at=NOW, on=line.ends_on + DAY)
        offer.application.refresh_from_db()
        assert offer.application.status == "expired"

    def test_stays_where_the_line_was_not_suspended(self, line, enterprise, owner):
        offer = make_offer(enterprise, by=owner, key="second", amount="5000.00")
        lines.give_back(line, by=owner, at=NOW)
        offer.application.refresh_from_db()
        assert offer.application.status == "approved"


class TestWhatItAsksEachMonth:
    """12,000 for twelve months at one percent a month: what of it is asked for in the average month."""

    @pytest.mark.parametrize(
        ("changed", "monthly"),
        [
            ({"interest_method": "equal_installments"}, "1066.19"),
            ({"interest_method": "equal_principal"}, "1065.00"),  # interest of 120, 110 ... 10: 780 in all
            ({"interest_method": "interest_only"}, "1120.00"),  # 120 each month, 1,440 in all
            ({"interest_method": "bullet"}, "1120.00"),
            ({"interest_method": "equal_principal", "balloon_rate": Decimal("0.5")}, "1092.50"),  # 780 + 660 / 2: 1,110
        ],
    )
    def test_is_what_its_schedule_asks_for(self, line, changed, monthly):
        terms = {"interest_method": "equal_installments", "day_count": "30_360_months", "annual_rate": "0.12"}
        told = {name: str(value) for name, value in (terms | changed).items()}
        line.offer.kept_terms |= told
        assert monthly_of(Decimal(12000), line.offer, start=TODAY) == Decimal(monthly)


class TestRepayingEarly:
    """Interest is for the days that money was owed."""

    def test_within_the_month_costs_the_days_and_no_more(self, line, owner):
        loan = draw(line, "6000", by=owner)
        after = TODAY + 10 * DAY
        by_day = (Decimal(6000) * line.annual_rate * 10 / 365).quantize(Decimal("0.01"))
        make_deposit(line.settlement_account, "1000.00")
        made = repay(loan, "3000", by=owner, on=after)
        assert made.prepaid_amount == 3000 - by_day
        assert sum(row.interest_paid_amount for row in loan.installments.all()) == by_day
        assert discrepancies() == []
        repay(loan, owing_of(loan, on=after).payoff_amount, by=owner, key="rest", on=after)
        loan.refresh_from_db()
        assert (loan.status, drawn_amount(line)) == (LoanStatus.REPAID, 0)
        assert sum(row.interest_paid_amount for row in loan.installments.all()) == by_day
        assert discrepancies() == []

    def test_is_worked_out_anew_when_a_repayment_is_undone(self, line, owner):
        loan = draw(line, "6000", by=owner)
        make_deposit(line.settlement_account, "1000.00")
        before = list(loan.installments.values_list("interest_saved_amount", flat=True))
        cash = receive(loan, "3000.00", on=TODAY + 10 * DAY)
        assert sum(loan.installments.values_list("interest_saved_amount", flat=True)) > 0
        correct(cash, on=TODAY + 11 * DAY)
        assert list(loan.installments.values_list("interest_saved_amount", flat=True)) == before
        assert discrepancies() == []


class TestTheEnd:
    def test_comes_by_its_day_and_leaves_the_draws(self, line, owner, enterprise):
        loan = draw(line, "5000", by=owner)
        lines.end_over(line.reference, at=NOW, on=line.ends_on)
        assert CreditLine.objects.get().status == "active"
        lines.end_over(line.reference, at=NOW, on=line.ends_on + DAY)
        lines.end_over(line.reference, at=NOW, on=line.ends_on + DAY)
        loan.refresh_from_db()
        assert (CreditLine.objects.get().status, loan.status) == ("ended", "active")
        assert exposure_of(enterprise).amount == Decimal(5000)
        assert Notice.objects.filter(code="line_ended").count() == 1

    def test_is_told_of_once_thirty_days_before(self, line):
        first = line.ends_on - 30 * DAY
        for on, told in ((first - DAY, 0), (first, 1), (first + DAY, 1)):
            lines.remind(line.reference, at=NOW, on=on)
            assert Notice.objects.filter(code="line_ends_soon").count() == told

    @pytest.mark.parametrize(("months", "days"), [(1, 10), (2, 20), (3, 30), (12, 30)])
    def test_of_a_short_line_is_told_of_in_its_last_third(self, enterprise, owner, months, days):
        short = make_line_product(code="short", line_months=months, max_term_months=3)
        line = make_line(enterprise, by=owner, product=short, term_months=3, amount="3000.00")
        told = line.ends_on - days * DAY
        assert [ending(on=on)[1] for on in (TODAY, told - DAY, told)] == [[], [], [line.reference]]

    def test_is_not_told_of_while_nothing_can_be_drawn(self, line, officer, bank):
        lines.suspend(line, reason="Sales fell.", by=officer, at=NOW)
        assert ending(on=line.ends_on) == ([], [])
        lines.remind(line.reference, at=NOW, on=line.ends_on)
        assert not Notice.objects.filter(code="line_ends_soon").exists()
        lines.resume(line, reason="Sales rose.", by=make_approver(bank.branch), at=NOW)
        assert ending(on=line.ends_on) == ([], [line.reference])

    def test_is_brought_by_the_nightly_task(self, enterprise, owner):
        line = open_line(make_offer(enterprise, by=owner), by=owner, on=TODAY - 500 * DAY)
        end_lines()
        line.refresh_from_db()
        assert line.status == "ended"

    def test_comes_when_an_owner_gives_it_back(self, line, owner, officer):
        lines.suspend(line, reason="Sales fell.", by=officer, at=NOW)
        lines.give_back(line, by=owner, at=NOW)
        assert (line.status, line.suspended_by) == ("ended", None)
        for verb in (lines.suspend, lines.resume):
            with pytest.raises(TransitionRefused):
                verb(line, reason="Late.", by=officer, at=NOW)
        with pytest.raises(TransitionRefused):
            lines.give_back(line, by=owner, at=NOW)
