"""Proofs of how programs are brought out, replaced and ended."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from lending.funding import operations, queries
from lending.funding.models import FundingProgram
from lending.funding.tests.builders import NOW, TODAY, make_program, propose
from portal.core.editions import EditionRefused, SamePreparer
from portal.core.models import AuditEvent
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

LATER, LATEST = TODAY + timedelta(days=3), TODAY + timedelta(days=6)
pytestmark = pytest.mark.django_db


def codes(on=TODAY):
    return [each.reference for each in queries.published(on)]


def bring_out(day):
    operations.approve(program := propose(), published_from=day, by="U-RISK", at=NOW)
    return program


class TestPropose:
    def test_shows_owners_nothing_yet(self, bank):
        assert (propose().reference, codes()) == ("guarantee/1", [])

    def test_refuses_a_second_draft(self, bank):
        propose()
        with pytest.raises(EditionRefused, match="program_draft_open"):
            propose()

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"max_amount": 1}, "funding_amounts_crossed"),
            ({"min_age_months": 9, "max_age_months": 8}, "funding_ages_crossed"),
            ({"industries": ["99"]}, "industry_unknown"),
            ({"purposes": ["holiday"]}, "choice_unknown"),
            ({"apply_by": date(2026, 3, 1)}, "program_over"),
            ({"website": ""}, "program_contact_missing"),
            ({"commission_rate": Decimal("0.00505")}, "commission_too_fine"),
        ],
    )
    def test_refuses_what_contradicts_itself(self, bank, changed, code):
        with pytest.raises(EditionRefused, match=code):
            propose(**changed)

    def test_takes_a_telephone_and_a_hundredth_of_a_percent(self, bank):
        assert propose(website="", phone="0572 555 0201", commission_rate=Decimal("0.0001")).version == 1

    def test_refuses_a_website_without_encryption(self, bank):
        with pytest.raises(ValidationError):
            propose(website="http://fund.example/")


class TestApprove:
    def test_publishes_and_records_by_whom(self, bank):
        make_program()
        assert codes() == ["guarantee/1"]
        verbs = AuditEvent.objects.filter(verb__startswith="funding.").order_by("pk").values_list("verb", "by")
        assert list(verbs) == [("funding.proposed", "U-ADMIN"), ("funding.approved", "U-RISK")]

    def test_needs_a_second_person(self, bank):
        with pytest.raises(SamePreparer):
            operations.approve(propose(), published_from=TODAY, by="U-ADMIN", at=NOW)

    def test_replaces_the_edition_before_from_its_day_on(self, bank):
        make_program()
        later = TODAY + timedelta(days=3)
        operations.approve(propose(), published_from=later, by="U-RISK", at=NOW)
        assert (codes(), codes(later)) == (["guarantee/1"], ["guarantee/2"])

    @pytest.mark.parametrize(
        ("day", "code"), [(date(2026, 3, 1), "program_day_passed"), (date(2026, 3, 9), "program_over")]
    )
    def test_refuses_a_day_that_makes_no_sense(self, bank, day, code):
        program = propose(apply_by=date(2026, 3, 8))
        with pytest.raises(EditionRefused, match=code):
            operations.approve(program, published_from=day, by="U-RISK", at=NOW)

    def test_happens_once(self, bank):
        program = make_program()
        with pytest.raises(TransitionRefused):
            operations.approve(program, published_from=TODAY, by="U-AUDIT", at=NOW)


class TestEnding:
    def test_comes_by_itself_after_the_last_day(self, bank):
        make_program(apply_by=date(2026, 3, 5))
        assert (codes(date(2026, 3, 5)), codes(date(2026, 3, 6))) == (["guarantee/1"], [])

    def test_by_a_person_is_at_once_and_once(self, bank):
        program = make_program()
        for _time in range(2):
            operations.end(program, on=TODAY, by="U-ADMIN", at=NOW)
        assert codes() == []
        assert AuditEvent.objects.filter(verb="funding.ended").count() == 1

    def test_of_an_edition_to_come_leaves_the_one_before(self, bank):
        make_program()
        later = TODAY + timedelta(days=3)
        operations.approve(second := propose(), published_from=later, by="U-RISK", at=NOW)
        operations.end(second, on=TODAY, by="U-ADMIN", at=NOW)
        assert codes(later) == ["guarantee/1"]
        assert str(second.state_on(TODAY).label) == "No longer published"

    def test_of_one_on_the_same_day_as_another_leaves_what_is_published(self, bank):
        make_program()
        second, third = bring_out(LATER), bring_out(LATER)
        operations.end(second, on=TODAY, by="U-ADMIN", at=NOW)
        assert codes(LATER) == ["guarantee/3"]
        operations.end(third, on=TODAY, by="U-ADMIN", at=NOW)
        assert codes(LATER) == ["guarantee/1"]

    def test_revives_nothing_that_a_person_ended(self, bank):
        first = bring_out(LATER)
        operations.end(first, on=TODAY, by="U-ADMIN", at=NOW)
        operations.end(bring_out(LATER), on=TODAY, by="U-ADMIN", at=NOW)
        assert codes(LATER) == []

    def test_of_an_edition_between_two_joins_them(self, bank):
        make_program()
        second, third = bring_out(LATER), bring_out(LATEST)
        operations.end(second, on=TODAY, by="U-ADMIN", at=NOW)
        assert (codes(LATER), codes(LATEST)) == (["guarantee/1"], ["guarantee/3"])
        operations.end(third, on=TODAY, by="U-ADMIN", at=NOW)
        assert codes(LATEST) == ["guarantee/1"]

    def test_is_at_once_though_the_next_one_waits_for_its_day(self, bank):
        first = make_program()
        second = bring_out(LATER)
        first.refresh_from_db()
        for _time in range(2):
            operations.end(first, on=TODAY, by="U-ADMIN", at=NOW)
        assert (codes(), codes(LATER)) == ([], ["guarantee/2"])
        assert AuditEvent.objects.filter(verb="funding.ended").count() == 1
        operations.end(second, on=TODAY, by="U-ADMIN", at=NOW)
        assert codes(LATER) == []

    def test_discards_a_draft(self, bank):
        operations.discard(program := propose(), by="U-ADMIN", at=NOW)
        assert program.status == "discarded"
        propose()


class TestTheDatabase:
    @pytest.mark.parametrize("change", ["cost_en = 'more'", "commission_rate = 0.5", "industries = '[]'"])
    def test_keeps_what_an_edition_says(self, bank, change):
        make_program(industries=["G"])
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE lending_fundingprogram SET {change}")

    def test_asks_for_two_people(self, bank):
        program = make_program()
        with pytest.raises(IntegrityError), transaction.atomic():
            FundingProgram.objects.filter(pk=program.pk).update(approved_by="U-ADMIN")


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_propose_one_edition(self, bank):
        came = together(*[propose] * 3)
        assert sorted(type(each).__name__ for each in came) == ["EditionRefused", "EditionRefused", "FundingProgram"]
