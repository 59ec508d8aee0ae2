"""Proofs of which loans were bad."""

from datetime import UTC, date, datetime, timedelta

import pytest

from lending.applications.tests.builders import TODAY as JUDGED
from lending.loans.tests.lines import draw, make_line, make_line_product
from lending.portfolio.queries import Scope, labeled_rows
from lending.portfolio.tests.builders import (
    install_rules,
    make_customer,
    make_decision,
    make_loan,
    make_product,
    reschedule,
    write_off,
)
from portal.core.dates import add_months

PAID_OUT = date(2025, 1, 15)
ENDED = add_months(PAID_OUT, 12)
TODAY = date(2026, 3, 2)
EVER = Scope(date(2020, 1, 1), date(2030, 1, 1))

pytestmark = pytest.mark.django_db


@pytest.fixture
def decision(bank):
    install_rules()
    return make_decision(make_customer(bank.branch), make_product(), at=datetime(2025, 1, 14, 9, tzinfo=UTC))


def label_of(*, on=TODAY, scope=EVER, **watched):
    found = list(labeled_rows(scope, on=on, **watched))
    return (found[0].worst_days, found[0].is_bad) if found else None


class TestLabeledRows:
    def test_call_a_loan_good_that_was_paid_as_it_fell_due(self, decision):
        make_loan(decision, disbursed_on=PAID_OUT, paid_late=[0] * 12)
        assert label_of() == (0, False)

    @pytest.mark.parametrize(("days", "is_bad"), [(89, False), (90, True), (200, True)])
    def test_call_a_loan_bad_from_ninety_days_on(self, decision, days, is_bad):
        make_loan(decision, disbursed_on=PAID_OUT, paid_late=[0, 0, days, *[0] * 9])
        assert label_of() == (days, is_bad)

    def test_count_what_was_never_paid_up_to_the_end_of_the_year(self, decision):
        make_loan(decision, disbursed_on=PAID_OUT, paid_late=[0] * 6)
        assert label_of() == ((ENDED - add_months(PAID_OUT, 7)).days, True)

    def test_count_days_late_until_a_rescheduling(self, decision):
        loan = make_loan(decision, disbursed_on=PAID_OUT, paid_late=[0] * 6)
        reschedule(loan, on=add_months(PAID_OUT, 8))
        assert label_of() == ((add_months(PAID_OUT, 8) - add_months(PAID_OUT, 7)).days, False)

    @pytest.mark.parametrize(("on", "is_bad"), [(ENDED, True), (ENDED + timedelta(days=1), False)])
    def test_call_a_loan_bad_that_was_written_off_by_the_end(self, decision, on, is_bad):
        write_off(make_loan(decision, disbursed_on=PAID_OUT, paid_late=[0] * 11), on=on)
        assert label_of() == (0, is_bad)

    def test_leave_out_what_came_late_after_the_year(self, decision):
        make_loan(decision, disbursed_on=PAID_OUT, paid_late=[*[0] * 11, 300])
        assert label_of() == (0, False)

    def test_wait_until_the_year_is_over_for_bad_ones_too(self, decision):
        make_loan(decision, disbursed_on=PAID_OUT, paid_late=[None] * 12)
        assert label_of(on=ENDED) is None
        assert label_of(on=ENDED + timedelta(days=1)) is not None

    def test_belong_to_the_period_in_which_their_year_ended(self, decision):
        make_loan(decision, disbursed_on=PAID_OUT, paid_late=[0] * 12)
        assert label_of(scope=Scope(ENDED, ENDED)) is not None
        assert label_of(scope=Scope(ENDED + timedelta(days=1), TODAY)) is None

    def test_watch_as_long_and_as_closely_as_asked(self, decision):
        make_loan(decision, disbursed_on=PAID_OUT, paid_late=[31, *[0] * 11])
        assert label_of(days=30, months=6) == (31, True)
        assert label_of(days=32, months=6) == (31, False)

    def test_carry_the_figures_of_the_decision(self, decision):
        make_loan(decision, disbursed_on=PAID_OUT, paid_late=[0] * 12)
        [row] = labeled_rows(EVER, on=TODAY)
        assert row.features == decision.features
        assert (row.application, row.section, row.setting) == (decision.application.reference, "G", "village")
        assert (row.grade, row.months_in_business) == (decision.grade, 48)
        assert (row.case, row.segments) == (row.application, {"section": "G", "setting": "village", "age": "3_to_10"})

    def test_take_the_draws_of_a_line_as_one_case(self, bank, enterprise, owner):
        make_line_product()
        line = make_line(enterprise, by=owner)
        for key, on in (("a", JUDGED), ("b", JUDGED + timedelta(days=10))):
            draw(line, "2000", by=owner, key=key, months=3, on=on)
        [row] = labeled_rows(EVER, on=EVER.last)
        assert (row.application, row.is_bad) == (line.offer.application.reference, True)
        assert row.worst_days == (add_months(JUDGED, 12) - add_months(JUDGED, 1)).days

    def test_are_cut_to_branch_and_product(self, decision, bank):
        make_loan(decision, disbursed_on=PAID_OUT, paid_late=[0] * 12)
        assert label_of(scope=Scope(EVER.first, EVER.last, branches=(bank.branch.pk,), product="quick"))
        assert label_of(scope=Scope(EVER.first, EVER.last, branches=(bank.other_branch.pk,))) is None
        assert label_of(scope=Scope(EVER.first, EVER.last, product="equipment")) is None
