"""Proofs of editions and plantings: told, seen, withdrawn, and never rewritten."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection

from accounts.harvest import operations, queries
from accounts.harvest.models import CropEdition, CropYield, Planting
from accounts.harvest.operations.editions import SHIPPED
from accounts.harvest.operations.plantings import PlantingRefused
from accounts.harvest.tests.builders import NOW, TODAY, install_calendar, make_grower, make_planting
from accounts.identity.tests.builders import make_user
from portal.core.editions import EditionRefused, SamePreparer
from portal.core.models import AuditEvent
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

TOMORROW = TODAY + timedelta(days=1)
TEXT = SHIPPED.read_text(encoding="utf-8")


@pytest.fixture
def farm(owner, bank):
    install_calendar()
    return make_grower(owner, branch=bank.branch)


def propose(**changed):
    told = {"as_of": TODAY, "source": "Asked at the market.", "by": "U-ADMIN", "at": NOW}
    return operations.propose_edition(TEXT, **(told | changed))


class TestEdition:
    def test_counts_once_a_second_person_approved_it_and_its_day_has_come(self, db):
        install_calendar()
        edition = propose()
        operations.approve_edition(edition, in_force_from=TOMORROW, by="U-RISK", at=NOW)
        assert [queries.edition_on(day).version for day in (TODAY, TOMORROW)] == [1, 2]

    def test_records_who_and_when(self, db):
        edition = propose()
        operations.approve_edition(edition, in_force_from=TODAY, by="U-RISK", at=NOW)
        told = AuditEvent.objects.order_by("pk").values_list("verb", "subject", "by")
        assert list(told) == [("crops.proposed", "crops/1", "U-ADMIN"), ("crops.approved", "crops/1", "U-RISK")]

    def test_is_refused_to_its_proposer(self, db):
        with pytest.raises(SamePreparer):
            operations.approve_edition(propose(), in_force_from=TODAY, by="U-ADMIN", at=NOW)

    def test_is_refused_a_day_that_has_passed(self, db):
        with pytest.raises(EditionRefused, match="crop_day_passed"):
            operations.approve_edition(propose(), in_force_from=TODAY - timedelta(days=1), by="U-RISK", at=NOW)

    def test_is_refused_a_day_before_the_one_before(self, db):
        operations.approve_edition(propose(), in_force_from=TOMORROW, by="U-RISK", at=NOW)
        with pytest.raises(EditionRefused, match="crop_before_the_one_before"):
            operations.approve_edition(propose(), in_force_from=TODAY, by="U-RISK", at=NOW)

    def test_waits_alone(self, db):
        propose()
        with pytest.raises(EditionRefused, match="crop_draft_open"):
            propose()
        assert CropYield.objects.count() == CropEdition.objects.get().yields.count()

    def test_whose_day_has_not_come_is_withdrawn_and_the_one_before_goes_on(self, db):
        install_calendar()
        operations.approve_edition(wrong := propose(), in_force_from=TOMORROW, by="U-RISK", at=NOW)
        operations.withdraw_edition(wrong, on=TODAY, by="U-ADMIN", at=NOW)
        assert queries.edition_on(TOMORROW).version == 1
        assert AuditEvent.objects.filter(verb="crops.withdrawn", subject="crops/2", by="U-ADMIN").exists()

    def test_in_force_or_not_approved_is_not_withdrawn(self, db):
        install_calendar()
        for edition in (CropEdition.objects.get(), propose()):
            with pytest.raises(EditionRefused, match="crop_not_to_come"):
                operations.withdraw_edition(edition, on=TODAY, by="U-ADMIN", at=NOW)

    def test_is_approved_once(self, db):
        edition = propose()
        operations.approve_edition(edition, in_force_from=TODAY, by="U-RISK", at=NOW)
        with pytest.raises(TransitionRefused):
            operations.approve_edition(edition, in_force_from=TODAY, by="U-RISK", at=NOW)

    def test_discarded_never_counts(self, db):
        edition = propose()
        operations.discard_edition(edition, by="U-RISK", at=NOW)
        with pytest.raises(TransitionRefused):
            operations.approve_edition(edition, in_force_from=TODAY, by="U-RISK", at=NOW)

    @pytest.mark.parametrize("share", [Decimal(0), Decimal("1.2")])
    def test_is_refused_a_prudent_share_that_is_none(self, db, share):
        with pytest.raises(EditionRefused, match="prudence_no_share"):
            propose(prudent_share=share)

    def test_is_refused_a_line_that_cannot_be_used(self, db):
        with pytest.raises(EditionRefused, match="crop_line_wrong"):
            operations.propose_edition(TEXT + "oops,,,,,,,\n", as_of=TODAY, source="x", by="U-ADMIN", at=NOW)

    def test_ships_once(self, db):
        install_calendar()
        install_calendar()
        assert CropEdition.objects.get().proposed_by == "portal"

    @pytest.mark.parametrize("changed", [{"source": "other"}, {"prudent_share": 1}, {"in_force_from": TODAY}])
    def test_that_was_approved_stands_still(self, db, changed):
        install_calendar()
        with pytest.raises(IntegrityError, match="stands still"):
            CropEdition.objects.update(**changed)

    def test_keeps_its_lines(self, db):
        install_calendar()
        with pytest.raises(IntegrityError, match="stand still"):
            CropYield.objects.update(price_per_kg=1)


class TestBefore:
    """Editions ended nowhere, and several could wait."""

    def kept(self, version, **standing):
        with connection.cursor() as cursor:
            columns = {"code": "crops", "version": version, "as_of": TODAY, "source": "Asked.", "prudent_share": 1}
            columns |= {"status": "draft", "proposed_by": "U-ADMIN", "proposed_at": NOW, "approved_by": ""} | standing
            names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
            cursor.execute(f"INSERT INTO accounts_cropedition ({names}) VALUES ({places})", [*columns.values()])

    def approved(self, version, day):
        self.kept(version, status="approved", approved_by="U-RISK", approved_at=NOW, in_force_from=day)

    def test_end_where_the_next_began_and_the_newest_waits(self, migrate):
        migrate("accounts", "0037_payees_of_money_kept_back_named_again")
        self.approved(1, TODAY)
        self.approved(2, TODAY + timedelta(days=9))
        self.approved(3, TOMORROW)
        self.approved(4, TOMORROW)
        self.kept(5)
        self.kept(6)
        migrate("accounts", "0038_crop_calendars_share_editions")
        days = (TODAY, TOMORROW, TODAY + timedelta(days=8), TODAY + timedelta(days=9))
        assert [queries.edition_on(day).version for day in days] == [1, 4, 4, 2]
        assert CropEdition.objects.drafts().get().version == 6
        assert AuditEvent.objects.get(verb="crops.discarded").subject == "crops/5"
        operations.discard_edition(CropEdition.objects.get(version=6), by="U-RISK", at=NOW)
        migrate("accounts", "0037_payees_of_money_kept_back_named_again")
        migrate("accounts", "0038_crop_calendars_share_editions")
        assert [queries.edition_on(day).version for day in days] == [1, 4, 4, 2]

    def test_one_that_was_withdrawn_keeps_what_came_since(self, migrate):
        install_calendar()
        operations.approve_edition(wrong := propose(), in_force_from=TOMORROW, by="U-RISK", at=NOW)
        operations.withdraw_edition(wrong, on=TODAY, by="U-ADMIN", at=NOW)
        with pytest.raises(CommandError, match="was withdrawn"):
            migrate("accounts", "0037_payees_of_money_kept_back_named_again")


class TestTellPlanting:
    def test_keeps_what_was_told(self, farm, owner):
        planting = make_planting(farm, by=owner, irrigated_share=Decimal("0.5"))
        assert (planting.crop, planting.area_mu, planting.harvest_from) == ("rice", 20, date(2026, 10, 1))
        assert (planting.told_by, planting.told_at, planting.is_confirmed()) == (owner.reference, NOW, False)

    def test_records_who_and_when(self, farm, owner):
        planting = make_planting(farm, by=owner)
        event = AuditEvent.objects.get(verb="harvest.told")
        assert (event.subject, event.by, event.at) == (planting.reference, owner.reference, NOW)

    def test_twice_is_kept_once(self, farm, owner):
        assert make_planting(farm, by=owner) == make_planting(farm, by=owner)
        assert Planting.objects.count() == 1

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"crop": "cocoa"}, "crop_not_in_calendar"),
            ({"harvest_from": date(2026, 7, 1)}, "harvest_not_in_season"),
            ({"harvest_from": date(2027, 10, 1)}, "harvest_not_in_season"),
            ({"harvest_from": date(2025, 10, 1)}, "harvest_not_in_season"),
            ({"area_mu": Decimal(0)}, "area_not_possible"),
            ({"area_mu": Decimal(100001)}, "area_not_possible"),
            ({"irrigated_share": Decimal("1.5")}, "share_not_possible"),
        ],
    )
    def test_refuses_what_cannot_be(self, farm, owner, changed, code):
        with pytest.raises(PlantingRefused, match=code):
            make_planting(farm, by=owner, **changed)

    def test_refuses_a_shop(self, enterprise, owner):
        install_calendar()
        with pytest.raises(PlantingRefused, match="not_a_grower"):
            make_planting(enterprise, by=owner)


class TestConfirmPlanting:
    def confirm(self, planting, officer, **changed):
        seen = {"visited_on": TODAY, "area_mu": Decimal(18), "note": "Walked it.", "at": NOW}
        operations.confirm_planting(planting, by=officer, **(seen | changed))

    def test_lets_the_area_that_was_seen_count(self, farm, owner, officer):
        planting = make_planting(farm, by=owner)
        self.confirm(planting, officer)
        assert (planting.plot().area_mu, planting.plot().is_confirmed) == (18, True)
        expected = queries.expected_of(farm, on=TODAY)
        assert expected.usual_amount == Decimal("27144.00")  # 18 mu * 520 kg * 2.90
        assert expected.confirmed_amount == expected.prudent_amount == Decimal("21715.20")

    def test_records_who_and_when(self, farm, owner, officer):
        planting = make_planting(farm, by=owner)
        self.confirm(planting, officer)
        event = AuditEvent.objects.get(verb="harvest.seen")
        assert (event.subject, event.by, event.at) == (planting.reference, officer.reference, NOW)

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"visited_on": TODAY + timedelta(days=1)}, "visit_in_future"),
            ({"visited_on": TODAY - timedelta(days=1)}, "visit_before_told"),
            ({"area_mu": Decimal(0)}, "area_not_possible"),
        ],
    )
    def test_refuses_a_visit_that_cannot_be(self, farm, owner, officer, changed, code):
        with pytest.raises(PlantingRefused, match=code):
            self.confirm(make_planting(farm, by=owner), officer, **changed)

    @pytest.mark.parametrize("ended_at", [None, NOW])
    def test_refuses_an_officer_who_acts_or_acted_for_the_enterprise(self, farm, owner, officer, ended_at):
        farm.memberships.create(user=officer, role="manager", began_at=NOW, ended_at=ended_at)
        with pytest.raises(PlantingRefused, match="own_plot"):
            self.confirm(make_planting(farm, by=owner), officer)

    def test_refuses_what_was_withdrawn(self, farm, owner, officer):
        planting = make_planting(farm, by=owner)
        operations.withdraw_planting(planting, by=owner, at=NOW)
        with pytest.raises(PlantingRefused, match="planting_settled"):
            self.confirm(planting, officer)

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_one_wins(self, farm, owner, officer):
        planting = make_planting(farm, by=owner)

        def attempt() -> str:
            try:
                self.confirm(Planting.objects.get(pk=planting.pk), officer)
            except PlantingRefused as refusal:
                return refusal.code
            return "seen"

        assert sorted(together(attempt, attempt)) == ["planting_settled", "seen"]


class TestWithdrawPlanting:
    def test_lets_it_count_no_longer_but_keeps_what_was_known_before(self, farm, owner):
        planting = make_planting(farm, by=owner)
        later = NOW + timedelta(days=3)
        operations.withdraw_planting(planting, by=owner, at=later)
        assert queries.expected_of(farm, on=TODAY) is None
        assert queries.plantings_of(farm, at=NOW + timedelta(days=1)) == [planting]

    def test_twice_is_recorded_once(self, farm, owner):
        planting = make_planting(farm, by=owner)
        for _ in range(2):
            operations.withdraw_planting(planting, by=owner, at=NOW)
        assert AuditEvent.objects.filter(verb="harvest.withdrawn").count() == 1


class TestGuards:
    @pytest.mark.parametrize("changed", [{"area_mu": 99}, {"crop": "tea"}, {"told_by": "U-OTHER"}])
    def test_keep_what_was_told(self, farm, owner, changed):
        make_planting(farm, by=owner)
        with pytest.raises(IntegrityError, match="seen once and withdrawn once"):
            Planting.objects.update(**changed)

    def test_keep_what_was_seen(self, farm, owner, officer):
        planting = make_planting(farm, by=owner)
        TestConfirmPlanting().confirm(planting, officer)
        with pytest.raises(IntegrityError, match="seen once and withdrawn once"):
            Planting.objects.update(confirmed_area_mu=99)

    def test_keep_plantings_from_being_deleted(self, farm, owner):
        make_planting(farm, by=owner)
        with pytest.raises(IntegrityError, match="seen once and withdrawn once"):
            Planting.objects.all().delete()


class TestExpectedOf:
    def test_is_what_was_known_at_the_moment(self, farm, owner, officer):
        planting = make_planting(farm, by=owner)
        TestConfirmPlanting().confirm(planting, officer, at=NOW + timedelta(days=2), visited_on=TODAY)
        before = queries.expected_of(farm, on=TODAY, at=NOW + timedelta(days=1))
        assert (before.usual_amount, before.confirmed_amount) == (Decimal("30160.00"), 0)

    def test_is_nothing_without_a_calendar(self, farm, owner):
        make_planting(farm, by=owner)
        assert queries.expected_of(farm, on=date(2025, 12, 31)) is None

    def test_finds_the_county_in_a_credit_code_too(self, enterprise):
        assert queries.region_of(enterprise) == "110108"


@pytest.mark.django_db(transaction=True)
class TestLoadCropCalendar:
    ARGUMENTS = ("--as-of", "2026-02-01", "--source", "Asked at the market.", "--by", "+8613800138009")

    def test_proposes_an_edition(self, bank, tmp_path, capsys):
        person = make_user("Rui Tan", phone="+8613800138009", role="risk_analyst", branch=bank.head_office)
        (tmp_path / "crops.csv").write_text(TEXT, encoding="utf-8-sig")
        call_command("load_crop_calendar", tmp_path / "crops.csv", *self.ARGUMENTS)
        edition = CropEdition.objects.get()
        assert (edition.status, edition.proposed_by, edition.as_of) == ("draft", person.reference, date(2026, 2, 1))

    def test_refuses_a_file_that_is_none(self, bank, tmp_path):
        make_user("Rui Tan", phone="+8613800138009", role="risk_analyst", branch=bank.head_office)
        (tmp_path / "crops.csv").write_text("crop\nrice\n")
        with pytest.raises(CommandError, match="needs these columns"):
            call_command("load_crop_calendar", tmp_path / "crops.csv", *self.ARGUMENTS)

    def test_refuses_a_person_who_is_not_on_the_staff(self, bank, tmp_path):
        with pytest.raises(CommandError, match="Nobody on the staff"):
            call_command("load_crop_calendar", tmp_path / "crops.csv", *self.ARGUMENTS)
