"""Checks with evidence, and who stands behind and beside an enterprise."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction

from accounts.identity import operations
from accounts.identity.models import BeneficialOwner, IdentityCheck, RelatedParty
from accounts.identity.operations import CheckRefused, PartyRefused
from accounts.identity.queries import checks_due, group_of, identity_verified, requirements_of
from accounts.identity.tests.builders import (
    GOOD_UNTIL,
    NOW,
    make_check,
    make_checked,
    make_enterprise,
    make_picture,
    make_user,
)
from portal.core.files import FileRefused
from portal.core.models import AuditEvent
from portal.core.tests.together import together

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
DAY = timedelta(days=1)
CARD = "11010519491231002X"  # the specimen of the standard, GB 11643
LICENSE = "91330106673959654P"


def states(enterprise, *, on=TODAY):
    return [each.state for each in requirements_of([enterprise], on=on)[enterprise.pk]]


class TestRecordCheck:
    def test_records_by_whom_when_and_until_when(self, enterprise, officer):
        check = make_check(enterprise, by=officer)
        assert (check.by, check.checked_at, check.expires_on, check.enterprise) == (
            officer, NOW, GOOD_UNTIL, enterprise,
        )  # fmt: skip
        assert AuditEvent.objects.get(verb="identity.checked").by == officer.reference

    def test_of_a_person_belongs_to_the_person(self, enterprise, owner):
        check = make_check(enterprise, person=owner)
        assert (check.person, check.enterprise, check.kind) == (owner, None, "identity_document")

    def test_twice_with_one_key_is_one(self, enterprise, officer):
        finding = operations.Finding("business_license", "passed", GOOD_UNTIL, "Seen.")
        made = {
            operations.record_check(enterprise, finding, key="k", by=officer, at=NOW).reference for _time in range(2)
        }
        assert len(made) == IdentityCheck.objects.count() == 1

    def test_keeps_a_picture_as_evidence(self, enterprise, officer):
        check = make_check(enterprise, by=officer, evidence="", upload=make_picture())
        assert check.file.media_type == "image/jpeg"

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"evidence": " "}, "check_without_evidence"),
            ({"expires_on": None}, "check_expiry_missing"),
            ({"expires_on": date(2090, 1, 1)}, "check_expiry_missing"),
            ({"expires_on": TODAY - DAY}, "check_expiry_past"),
        ],
    )
    def test_refuses(self, enterprise, changed, code):
        with pytest.raises(CheckRefused) as refused:
            make_check(enterprise, **changed)
        assert refused.value.code == code

    def test_refuses_ones_own(self, enterprise, owner):
        with pytest.raises(CheckRefused) as refused:
            make_check(enterprise, by=owner)
        assert refused.value.code == "check_of_own"

    def test_refuses_a_stranger(self, enterprise, stranger):
        with pytest.raises(CheckRefused) as refused:
            make_check(enterprise, person=stranger)
        assert refused.value.code == "check_subject_unknown"

    def test_refuses_an_upload_that_is_no_picture(self, enterprise):
        with pytest.raises(FileRefused):
            make_check(enterprise, upload=SimpleUploadedFile("x.exe", b"MZ"))

    def test_is_never_rewritten(self, enterprise):
        make_check(enterprise)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            IdentityCheck.objects.update(result="failed")

    @pytest.mark.django_db(transaction=True)
    def test_by_two_at_once_keeps_both_and_the_newest_counts(self, enterprise, officer):
        act = lambda: make_check(enterprise, by=officer)  # noqa: E731
        assert [each.result for each in together(act, act)] == ["passed", "passed"]


class TestIdentityVerified:
    def test_is_not_known_before_anyone_looked(self, enterprise):
        assert identity_verified(enterprise, on=TODAY) is None
        assert states(enterprise) == ["missing", "missing"]

    def test_needs_the_paper_and_every_owners_document(self, enterprise, owner):
        make_check(enterprise)
        assert identity_verified(enterprise, on=TODAY) is None
        make_check(enterprise, person=owner)
        assert identity_verified(enterprise, on=TODAY) is True

    def test_ends_with_the_document(self, enterprise):
        make_checked(enterprise, expires_on=TODAY + DAY)
        assert identity_verified(enterprise, on=TODAY + DAY) is True
        assert identity_verified(enterprise, on=TODAY + 2 * DAY) is None
        assert states(enterprise, on=TODAY + 2 * DAY) == ["expired", "expired"]

    def test_is_no_when_the_newest_check_failed(self, enterprise, owner):
        make_checked(enterprise)
        make_check(enterprise, person=owner, result="failed", expires_on=None)
        assert identity_verified(enterprise, on=TODAY) is False

    def test_is_yes_again_when_a_newer_one_passed(self, enterprise, owner):
        make_check(enterprise, person=owner, result="failed", expires_on=None)
        make_checked(enterprise)
        assert identity_verified(enterprise, on=TODAY) is True

    def test_of_many_asks_no_more_questions_than_of_one(self, bank, django_assert_num_queries):
        many = [
            make_enterprise(make_user(), branch=bank.branch, legal_name=f"Shop {n}", identifier=f"X{n}")
            for n in range(20)
        ]
        with django_assert_num_queries(2):
            requirements_of(many, on=TODAY)


class TestChecksDue:
    def test_lists_what_is_missing_failed_or_ends_soon(self, enterprise, owner, officer, bank):
        assert list(checks_due(officer, on=TODAY)) == [enterprise]
        make_checked(enterprise)
        assert list(checks_due(officer, on=TODAY)) == []
        assert list(checks_due(officer, on=GOOD_UNTIL - 10 * DAY)) == [enterprise]
        make_check(enterprise, person=owner, result="failed", expires_on=None)
        assert list(checks_due(officer, on=TODAY)) == [enterprise]

    def test_keeps_to_the_branch(self, enterprise, bank):
        assert list(checks_due(make_user(role="officer", branch=bank.other_branch), on=TODAY)) == []


def tell(enterprise, by, *, key="1", add=operations.add_beneficial_owner, **changed):
    told = {"name": "Zhang San", "how": "shares", "since": date(2020, 1, 1), "source": "register"}
    return add(enterprise, operations.PartyDetails(**(told | changed)), key=key, by=by, at=NOW)


def relate(enterprise, by, *, key="1", **changed):
    told = {"how": "sister", "party_kind": "enterprise", "name": "Stranger Noodles", "identifier": LICENSE}
    return tell(enterprise, by, key=key, add=operations.add_related_party, **(told | changed))


class TestParties:
    def test_are_written_down_with_their_source(self, enterprise, officer):
        party = tell(enterprise, officer, share=Decimal("0.6"), identifier=CARD)
        assert (party.source, party.share, party.birth_year, party.recorded_by) == (
            "register", Decimal("0.6"), 1949, officer,
        )  # fmt: skip
        assert BeneficialOwner.objects.get().identifier == CARD

    def test_told_twice_with_one_key_are_one(self, enterprise, officer):
        assert tell(enterprise, officer) == tell(enterprise, officer)

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"identifier": "110105194912310021"}, "party_number_invalid"),
            ({"since": TODAY + 2 * DAY}, "party_since_future"),
        ],
    )
    def test_are_refused(self, enterprise, officer, changed, code):
        with pytest.raises(PartyRefused) as refused:
            tell(enterprise, officer, **changed)
        assert refused.value.code == code

    def test_own_no_more_than_the_whole(self, enterprise, officer):
        tell(enterprise, officer, share=Decimal("0.6"))
        with pytest.raises(PartyRefused) as refused:
            tell(enterprise, officer, share=Decimal("0.5"), key="2")
        assert refused.value.code == "party_shares_above_all"

    def test_are_not_the_enterprise_itself(self, enterprise, officer):
        with pytest.raises(PartyRefused) as refused:
            relate(enterprise, officer, identifier=enterprise.identifier)
        assert refused.value.code == "party_is_itself"

    def test_end_once_and_stay(self, enterprise, officer):
        party = tell(enterprise, officer)
        operations.end_party(party, by=officer, at=NOW)
        party.refresh_from_db()
        assert (party.until, party.ended_by) == (TODAY, officer)
        with pytest.raises(PartyRefused):
            operations.end_party(party, by=officer, at=NOW)

    def test_are_never_rewritten(self, enterprise, officer):
        relate(enterprise, officer)
        with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
            RelatedParty.objects.update(name="Somebody else")


class TestGroupOf:
    @pytest.fixture
    def other(self, stranger):
        return stranger.memberships.get().enterprise

    def test_is_itself_alone(self, enterprise, other):
        assert group_of(enterprise) == {enterprise.pk}

    def test_joins_by_an_owner_in_common(self, enterprise, owner, bank):
        second = make_enterprise(owner, branch=bank.branch, legal_name="Second Shop", identifier="X")
        assert group_of(second) == {enterprise.pk, second.pk}

    @pytest.mark.parametrize("relation", ["parent", "subsidiary", "sister"])
    def test_joins_by_relation_both_ways(self, enterprise, other, officer, relation):
        relate(enterprise, officer, how=relation)
        assert group_of(enterprise) == group_of(other) == {enterprise.pk, other.pk}

    @pytest.mark.parametrize("relation", ["guarantor", "partner"])
    def test_is_not_joined_by(self, enterprise, other, officer, relation):
        relate(enterprise, officer, how=relation)
        assert group_of(enterprise) == {enterprise.pk}

    @pytest.mark.parametrize(("share", "joins"), [("0.25", True), ("0.24", False), (None, True)])
    def test_joins_by_whoever_stands_behind_both(self, enterprise, other, officer, share, joins):
        for each in (enterprise, other):
            tell(each, officer, key=each.reference, identifier=CARD, share=share and Decimal(share))
        assert (other.pk in group_of(enterprise)) == joins

    def test_joins_an_owners_family(self, enterprise, other, officer):
        relate(enterprise, officer, how="family", party_kind="person", name="Wang Ling", identifier=CARD)
        tell(other, officer, identifier=CARD, key="2")
        assert other.pk in group_of(enterprise)

    def test_goes_on_over_many_steps(self, enterprise, other, officer, bank, stranger):
        third = make_enterprise(stranger, branch=bank.branch, legal_name="Third", identifier="X")
        relate(enterprise, officer)
        assert group_of(enterprise) == {enterprise.pk, other.pk, third.pk}

    def test_ends_with_the_relation(self, enterprise, other, officer):
        operations.end_party(relate(enterprise, officer), by=officer, at=NOW)
        assert group_of(enterprise) == {enterprise.pk}

    def test_is_not_joined_by_a_name(self, enterprise, other, officer):
        relate(enterprise, officer, identifier="")
        assert group_of(enterprise) == {enterprise.pk}
