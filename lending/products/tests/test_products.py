"""What the bank offers, and on what terms."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from lending.products import operations as products
from lending.products import queries
from lending.products.models import LoanProduct
from lending.products.tests.builders import NOW, QUICK, make_product, prepare_product
from portal.core.editions import EditionRefused, SamePreparer, Status
from portal.core.interest import Terms
from portal.core.models import AuditEvent
from portal.core.seen import ChangedSince
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)
INTEREST_ONLY = {"interest_method": "interest_only"}


def approve(product: LoanProduct, *, by: str = "U-RISK", offered_from: date = TODAY) -> None:
    """Approve a version as someone who has read it."""
    products.approve(product, seen=product.fingerprint, offered_from=offered_from, by=by, at=NOW)


class TestPrepare:
    def test_offers_nothing_yet(self, db):
        product = prepare_product()
        assert (product.status, list(queries.offered(TODAY))) == (Status.DRAFT, [])

    def test_records_who_and_when(self, db):
        prepare_product()
        event = AuditEvent.objects.get(verb="products.prepared")
        assert (event.subject, event.by, event.at) == ("quick/1", "U-ADMIN", NOW)

    def test_leaves_the_version_in_use_alone(self, db):
        first = make_product()
        second = prepare_product(max_amount=Decimal(100000))
        assert (second.version, list(queries.offered(TODAY))) == (2, [first])

    def test_refuses_a_second_draft_of_a_product(self, db):
        prepare_product()
        with pytest.raises(EditionRefused, match="product_draft_open"):
            prepare_product()

    def test_refuses_a_new_product_with_a_code_that_is_taken(self, db):
        make_product()
        with pytest.raises(EditionRefused, match="product_code_taken"):
            prepare_product(is_new=True)

    @pytest.mark.parametrize(
        ("changed", "code", "field"),
        [
            ({"currency": "EUR"}, "product_in_another_currency", "currency"),
            ({"min_amount": Decimal(0)}, "amount_not_above_zero", "min_amount"),
            ({"max_amount": Decimal(2999)}, "amounts_crossed", "max_amount"),
            ({"max_annual_rate": Decimal("0.05")}, "rates_crossed", "max_annual_rate"),
            ({"max_term_months": 2}, "terms_crossed", "max_term_months"),
            ({"every": 30}, "no_term_fits", "every"),
            ({"every": 0}, "no_term_fits", "every"),
            ({"sections": ["Z"]}, "section_unknown", "sections"),
            ({"documents": ["poem"]}, "document_unknown", "documents"),
            (INTEREST_ONLY | {"principal_months": [10]}, "principal_waits_anyway", "principal_months"),
            ({"interest_method": "bullet", "principal_grace": 1}, "principal_waits_anyway", "principal_grace"),
            ({"principal_months": [13]}, "months_out_of_range", "principal_months"),
            ({"every": 3, "min_term_months": 6, "principal_months": [10]}, "months_never_due", "principal_months"),
            (INTEREST_ONLY | {"installment_multiple": 10}, "multiple_needs_level", "installment_multiple"),
            ({"installment_multiple": Decimal(-1)}, "installment_multiple_not_positive", "installment_multiple"),
            ({"principal_grace": 3}, "grace_out_of_range", "principal_grace"),
            ({"frequency": "week", "due_day": 5}, "due_day_needs_months", "due_day"),
            (INTEREST_ONLY | {"balloon_rate": Decimal("0.2")}, "balloon_needs_declining_balance", "balloon_rate"),
            ({"upfront_fee_rate": Decimal(1)}, "fee_out_of_range", "upfront_fee_rate"),
        ],
    )  # fmt: skip
    def test_refuses_what_contradicts_itself_and_names_the_field(self, db, changed, code, field):
        with pytest.raises(EditionRefused) as refused:
            prepare_product(**changed)
        assert (refused.value.code, refused.value.field) == (code, field)
        assert not LoanProduct.objects.exists()

    @pytest.mark.parametrize("changed", [{"interest_method": "magic"}, {"name_zh_hans": ""}, {"min_amount": "much"}])
    def test_refuses_what_cannot_be_read(self, db, changed):
        with pytest.raises(ValidationError):
            prepare_product(**changed)

    def test_is_in_the_banks_currency_and_country_unless_told(self, db, settings):
        settings.BANK_CURRENCY, settings.BANK_COUNTRY = "EUR", "DE"
        (filed,) = products.prepare_all([QUICK | {"code": "filed"}], by="U-ADMIN", at=NOW)
        assert [(each.currency, each.country) for each in (prepare_product(), filed)] == [("EUR", "DE")] * 2

    def test_allows_due_months_that_every_start_reaches(self, db):
        assert prepare_product(every=3, min_term_months=6, principal_months=[10, 11, 12])

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_are_one_draft(self):
        def attempt() -> str:
            try:
                return prepare_product("race").reference
            except EditionRefused as refusal:
                return refusal.code

        assert sorted(together(*[attempt] * 4)) == [
            "product_draft_open",
            "product_draft_open",
            "product_draft_open",
            "race/1",
        ]


class TestChange:
    def test_changes_a_draft_and_makes_the_changer_its_preparer(self, db):
        product = prepare_product()
        products.change(product, by="U-RISK", at=NOW, **(QUICK | {"max_amount": Decimal(90000)}))
        product.refresh_from_db()
        assert (product.max_amount, product.prepared_by) == (90000, "U-RISK")
        with pytest.raises(SamePreparer):
            approve(product, by="U-RISK")

    def test_refuses_an_approved_version(self, db):
        with pytest.raises(TransitionRefused):
            products.change(make_product(), by="U-RISK", at=NOW, **QUICK)


class TestApprove:
    def test_offers_the_product_from_its_day_on(self, db):
        product = prepare_product()
        approve(product, offered_from=TOMORROW)
        assert (list(queries.offered(TODAY)), list(queries.offered(TOMORROW))) == ([], [product])

    def test_replaces_the_version_before_on_that_day(self, db):
        first = make_product()
        second = prepare_product(max_amount=Decimal(100000))
        approve(second, offered_from=TOMORROW)
        assert (list(queries.offered(TODAY)), list(queries.offered(TOMORROW))) == ([first], [second])

    def test_leaves_other_products_alone(self, db):
        make_product()
        make_product("harvest")
        assert queries.offered(TODAY).count() == 2

    def test_records_who_and_when(self, db):
        make_product()
        event = AuditEvent.objects.get(verb="products.approved")
        assert (event.subject, event.by, event.at) == ("quick/1", "U-RISK", NOW)

    def test_refuses_what_was_prepared_in_another_currency(self, db, settings):
        product = prepare_product()
        settings.BANK_CURRENCY = "EUR"
        with pytest.raises(EditionRefused, match="product_in_another_currency"):
            approve(product)

    def test_is_offered_to_nobody_once_the_bank_has_another_currency(self, db, settings):
        product = make_product()
        settings.BANK_CURRENCY = "JPY"
        assert (list(queries.offered(TODAY)), queries.in_another_currency(TODAY)) == ([], [product])
        products.withdraw(product, on=TODAY, by="U-RISK", at=NOW)
        assert queries.in_another_currency(TODAY) == []

    def test_refuses_the_person_who_prepared_it(self, db):
        with pytest.raises(SamePreparer):
            approve(prepare_product(), by="U-ADMIN")

    def test_refuses_what_changed_after_it_was_read(self, db):
        product = prepare_product()
        seen = product.fingerprint
        products.change(product, by="U-ADMIN", at=NOW, **(QUICK | {"max_amount": Decimal(90000)}))
        with pytest.raises(ChangedSince):
            products.approve(product, seen=seen, offered_from=TODAY, by="U-RISK", at=NOW)

    def test_refuses_a_day_that_has_passed(self, db):
        with pytest.raises(EditionRefused, match="product_day_passed"):
            approve(prepare_product(), offered_from=TODAY - timedelta(days=1))

    def test_refuses_a_day_before_the_version_before_begins(self, db):
        approve(prepare_product(), offered_from=TODAY + timedelta(days=5))
        with pytest.raises(EditionRefused, match="product_before_the_one_before"):
            approve(prepare_product(), offered_from=TOMORROW)

    def test_twice_is_refused(self, db):
        product = make_product()
        with pytest.raises(TransitionRefused):
            approve(product)

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_one_wins(self):
        product = prepare_product("race")

        def attempt() -> str:
            try:
                approve(LoanProduct.objects.get(pk=product.pk))
            except TransitionRefused as refusal:
                return refusal.code
            return "approved"

        assert sorted(together(attempt, attempt)) == ["approved", "transition_refused"]


class TestDiscard:
    def test_drops_a_draft_and_makes_room_for_another(self, db):
        product = prepare_product()
        products.discard(product, by="U-RISK", at=NOW)
        assert product.status == Status.DISCARDED
        assert prepare_product().version == 2

    def test_refuses_an_approved_version(self, db):
        with pytest.raises(TransitionRefused):
            products.discard(make_product(), by="U-RISK", at=NOW)


class TestWithdraw:
    def test_offers_it_no_longer(self, db):
        product = make_product()
        products.withdraw(product, on=TODAY, by="U-ADMIN", at=NOW)
        assert not queries.offered(TODAY).exists()

    def test_twice_is_recorded_once(self, db):
        product = make_product()
        for _ in range(2):
            products.withdraw(product, on=TODAY, by="U-ADMIN", at=NOW)
        event = AuditEvent.objects.get(verb="products.withdrawn")
        assert (event.subject, event.by, event.at) == ("quick/1", "U-ADMIN", NOW)

    def test_is_at_once_though_the_next_version_waits_for_its_day(self, db):
        first, second = make_product(), prepare_product()
        approve(second, offered_from=TOMORROW)
        products.withdraw(first, on=TODAY, by="U-ADMIN", at=NOW)
        assert (list(queries.offered(TODAY)), list(queries.offered(TOMORROW))) == ([], [second])

    def test_before_its_day_leaves_the_version_before(self, db):
        first, second = make_product(), prepare_product()
        approve(second, offered_from=TOMORROW)
        products.withdraw(second, on=TODAY, by="U-ADMIN", at=NOW)
        assert list(queries.offered(TOMORROW)) == [first]
        assert str(second.state_on(TODAY).label) == "No longer offered"

    def test_before_its_day_leaves_what_is_offered_though_two_were_to_begin_that_day(self, db):
        first = make_product()
        for _ in range(2):
            approve(last := prepare_product(), offered_from=TOMORROW)
        products.withdraw(last, on=TODAY, by="U-ADMIN", at=NOW)
        assert list(queries.offered(TOMORROW)) == [first]

    def test_before_its_day_brings_nothing_back_that_a_person_withdrew(self, db):
        for _ in range(2):
            approve(product := prepare_product(), offered_from=TOMORROW)
            products.withdraw(product, on=TODAY, by="U-ADMIN", at=NOW)
        assert not queries.offered(TOMORROW).exists()

    def test_refuses_a_draft(self, db):
        with pytest.raises(TransitionRefused):
            products.withdraw(prepare_product(), on=TODAY, by="U-ADMIN", at=NOW)


class TestOffered:
    def test_leaves_out_what_is_for_other_trades(self, db):
        everyone, farmers = make_product(), make_product("harvest", sections=["A"])
        assert set(queries.offered(TODAY, section="A")) == {everyone, farmers}
        assert set(queries.offered(TODAY, section="G")) == {everyone}


class TestConstraints:
    @pytest.mark.parametrize(
        ("changed", "name"),
        [
            ({"min_amount": 0}, "product_amounts_are_a_range"),
            ({"max_amount": 1}, "product_amounts_are_a_range"),
            ({"min_annual_rate": "-0.01"}, "product_rates_are_a_range"),
            ({"max_annual_rate": "0.01"}, "product_rates_are_a_range"),
            ({"min_term_months": 0}, "product_terms_are_a_range"),
            ({"max_term_months": 1}, "product_terms_are_a_range"),
        ],
    )
    def test_keep_ranges_in_order(self, db, changed, name):
        with pytest.raises(IntegrityError, match=name):
            LoanProduct.objects.create(code="wrong", **(QUICK | changed))

    def test_offer_one_version_of_a_product(self, db):
        make_product()
        approved = {"status": "approved", "approved_by": "U-RISK", "approved_at": NOW, "offered_from": TODAY}
        with pytest.raises(IntegrityError, match="one_version_of_a_product_is_offered"), transaction.atomic():
            LoanProduct.objects.create(code="quick", version=2, prepared_by="U-ADMIN", **approved, **QUICK)

    def test_ask_for_two_pairs_of_eyes(self, db):
        alone = {"status": "approved", "approved_by": "U-RISK", "approved_at": NOW, "offered_from": TODAY}
        with pytest.raises(IntegrityError, match="product_has_two_pairs_of_eyes"):
            LoanProduct.objects.create(code="quick", prepared_by="U-RISK", **alone, **QUICK)

    def test_ask_for_an_approval_before_it_is_offered(self, db):
        with pytest.raises(IntegrityError, match="product_is_approved_before_it_is_offered"):
            LoanProduct.objects.create(code="quick", offered_from=TODAY, **QUICK)

    @pytest.mark.parametrize("changed", [{"max_amount": 1}, {"principal_months": [1]}, {"offered_from": TOMORROW}])
    def test_keep_an_approved_version_as_it_was(self, db, changed):
        product = make_product()
        with pytest.raises(IntegrityError, match="was approved and stands still"):
            LoanProduct.objects.filter(pk=product.pk).update(**changed)

    def test_keep_an_approved_version_from_being_deleted(self, db):
        product = make_product()
        with pytest.raises(IntegrityError, match="was approved and is kept"):
            LoanProduct.objects.filter(pk=product.pk).delete()


class TestTerms:
    def test_put_the_products_conventions_and_the_case_together(self, db):
        product = make_product("harvest", interest_method="interest_only", every=3, min_term_months=6)
        terms = product.terms(annual_rate=Decimal("0.09"), term_months=12)
        assert (terms.installments, terms.every, terms.annual_rate, terms.interest_method) == (
            4,
            3,
            Decimal("0.09"),
            "interest_only",
        )

    def test_count_weeks_in_a_year_of_52(self, db):
        product = make_product("market", frequency="week")
        terms = product.terms(annual_rate=Decimal("0.09"), term_months=3)
        assert (terms.installments, terms.frequency, terms.months_between) == (13, "week", Fraction(3, 13))

    def test_survive_as_the_data_a_contract_keeps(self, db):
        product = make_product(
            every=1, principal_months=[10, 11], due_day=20, allocation_order="interest_first", interest_grace=1
        )
        terms = product.terms(annual_rate=Decimal("0.09"), term_months=12)
        assert Terms.from_data(terms.as_data()) == terms


class TestExample:
    def test_is_a_usual_loan_of_the_product(self, db):
        product = make_product()
        example = queries.example_of(product, on=TODAY, annual_rate=product.max_annual_rate)
        assert (example.amount, example.term_months) == (Decimal(100000), 12)
        assert example.cost.apr > product.max_annual_rate

    def test_follows_the_step_of_the_product(self, db):
        product = make_product(every=5, min_term_months=5)
        assert queries.usual_term(product) == 10


class TestCost:
    def test_is_told_as_money_and_as_a_yearly_rate(self, db):
        """12,000 at 12 % over 3 months from 2 March 2026: 4,080.38 twice, then what is left.

        Worked by hand: interest of March 2 to April 2 is 12000 * 0.12 * 31 / 365 = 122.30.
        """
        terms = make_product().terms(annual_rate=Decimal("0.12"), term_months=3)
        cost = queries.cost_of(Decimal(12000), terms, start=date(2026, 3, 2))
        assert cost.schedule.installments[0].interest_amount == Decimal("122.30")
        assert cost.total_amount == Decimal(12000) + cost.schedule.interest_amount
        assert cost.first_installment_amount == cost.schedule.installments[0].total_amount
        assert Decimal("0.12") < cost.apr < Decimal("0.13")

    def test_counts_the_fee_kept_at_payout(self, db):
        plain = make_product().terms(annual_rate=Decimal("0.12"), term_months=12)
        with_fee = make_product(upfront_fee_rate=Decimal("0.01")).terms(annual_rate=Decimal("0.12"), term_months=12)
        cheap, dear = (queries.cost_of(Decimal(10000), each, start=date(2026, 3, 2)) for each in (plain, with_fee))
        assert dear.schedule.upfront_fee_amount == Decimal("100.00")
        assert dear.total_amount == cheap.total_amount + 100
        assert dear.apr > cheap.apr + Decimal("0.015")

    @pytest.mark.parametrize(
        ("method", "is_level"), [("equal_installments", True), ("equal_principal", False), ("interest_only", False)]
    )
    def test_says_whether_every_installment_takes_the_same(self, db, method, is_level):
        terms = make_product(interest_method=method).terms(annual_rate=Decimal("0.12"), term_months=6)
        cost = queries.cost_of(Decimal(12000), terms, start=date(2026, 3, 2))
        assert cost.is_level == is_level
        assert (cost.heaviest_month.amount - cost.first_installment_amount < 1) == (method != "interest_only")

    @pytest.mark.parametrize(
        ("method", "term_months", "is_falling"),
        [("equal_principal", 6, True), ("equal_principal", 1, False), ("interest_only", 6, False)],
    )
    def test_says_whether_installments_fall(self, db, method, term_months, is_falling):
        terms = make_product(interest_method=method).terms(annual_rate=Decimal("0.12"), term_months=term_months)
        cost = queries.cost_of(Decimal(12000), terms, start=date(2026, 3, 2))
        assert cost.is_falling == is_falling
        assert cost.last_installment.due_date == cost.schedule.maturity_date

    def test_names_the_month_in_which_the_most_falls_due(self, db):
        """10,000 at 12 % from 2 March 2026, principal in October and November.

        Worked by hand: the holiday moves October 2 to October 8, so October pays 5,000 and the interest of 36 days,
        10000 * 0.12 * 36 / 365 = 118.36, and November 5,000 and that of 25 days on the rest: 5,118.36 of 10,764.39.
        """
        product = make_product(interest_method="equal_principal", principal_months=[10, 11])
        terms = product.terms(annual_rate=Decimal("0.12"), term_months=8)
        heaviest = queries.cost_of(Decimal(10000), terms, start=date(2026, 3, 2)).heaviest_month
        assert (heaviest.first_day, heaviest.amount) == (date(2026, 10, 1), Decimal("5118.36"))
        assert heaviest.share.quantize(Decimal("0.01")) == Decimal("0.48")
