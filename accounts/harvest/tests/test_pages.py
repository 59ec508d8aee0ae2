"""Proofs of the pages of plots and crop calendars."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.harvest import operations, queries
from accounts.harvest.expectation import next_harvests
from accounts.harvest.models import CropEdition, Planting
from accounts.harvest.operations.editions import SHIPPED
from accounts.harvest.tests.builders import NOW, install_calendar, make_grower
from accounts.identity.tests.builders import make_user

TEXT = SHIPPED.read_text(encoding="utf-8")


@pytest.fixture
def farm(owner, bank):
    install_calendar()
    return make_grower(owner, branch=bank.branch)


@pytest.fixture
def planting(farm, owner):
    """A plot told yesterday, harvested in the next season."""
    now = timezone.now()
    rice = queries.crops_for(farm, on=timezone.localdate())["rice"]
    return operations.tell_planting(
        farm, crop="rice", area_mu=20, harvest_from=next_harvests(rice, timezone.localdate())[0], key="plot", by=owner,
        at=now - timedelta(days=1),
    )  # fmt: skip


def asked(farm) -> dict[str, str]:
    rice = queries.crops_for(farm, on=timezone.localdate())["rice"]
    begins = next_harvests(rice, timezone.localdate())[0]
    return {"crop": "rice", "area_mu": "12.5", "harvest_from": begins.isoformat(), "idempotency_key": "one"}


class TestPlots:
    def test_show_what_may_come_to_owner_manager_and_staff(self, farm, planting, owner, officer, auditor, client_of):
        for person in (owner, officer, auditor):
            page = client_of(person).get(reverse("harvest:plots", args=[farm.reference]))
            assert (page.status_code, page.context["harvest"].usual_amount > 0) == (200, True)

    def test_work_in_chinese(self, farm, planting, owner, client_of):
        page = client_of(owner).get(
            reverse("harvest:plots", args=[farm.reference]), headers={"accept-language": "zh-hans"}
        )
        assert "水稻" in page.content.decode()

    def test_do_not_exist_for_a_stranger(self, farm, stranger, client_of):
        assert client_of(stranger).get(reverse("harvest:plots", args=[farm.reference])).status_code == 404

    def test_do_not_exist_for_a_shop(self, enterprise, owner, client_of):
        assert client_of(owner).get(reverse("harvest:plots", args=[enterprise.reference])).status_code == 404

    def test_are_for_reading(self, farm, owner, client_of):
        assert client_of(owner).post(reverse("harvest:plots", args=[farm.reference])).status_code == 405

    def test_cost_the_same_however_many(self, farm, owner, client_of, django_assert_max_num_queries):
        client = client_of(owner)
        for number in range(20):
            client.post(
                reverse("harvest:tell", args=[farm.reference]), asked(farm) | {"idempotency_key": f"plot {number}"}
            )
        client.get("/")
        with django_assert_max_num_queries(13):
            client.get(reverse("harvest:plots", args=[farm.reference]))


class TestTell:
    def test_adds_a_plot_once(self, farm, owner, client_of):
        client = client_of(owner)
        for _time in range(2):
            assert client.post(reverse("harvest:tell", args=[farm.reference]), asked(farm)).status_code == 302
        assert str(Planting.objects.get().area_mu) == "12.50"

    def test_says_at_the_field_what_is_wrong(self, farm, owner, client_of):
        tea = queries.crops_for(farm, on=timezone.localdate())["tea"]
        wrong = asked(farm) | {"harvest_from": next_harvests(tea, timezone.localdate())[0].isoformat()}
        answer = client_of(owner).post(reverse("harvest:tell", args=[farm.reference]), wrong)
        assert answer.status_code == 422
        assert "harvest_from" in answer.context["form"].errors

    def test_is_closed_to_staff_and_strangers(self, farm, officer, stranger, client_of):
        path = reverse("harvest:tell", args=[farm.reference])
        assert [client_of(each).post(path, asked(farm)).status_code for each in (officer, stranger)] == [403, 404]


class TestWithdraw:
    def test_takes_a_plot_back(self, farm, planting, owner, client_of):
        path = reverse("harvest:withdraw", args=[farm.reference, planting.reference])
        assert client_of(owner).post(path).status_code == 302
        assert client_of(owner).post(path).status_code == 404
        assert queries.plantings_of(farm) == []

    def test_is_closed_to_others(self, farm, planting, officer, stranger, client_of):
        path = reverse("harvest:withdraw", args=[farm.reference, planting.reference])
        assert [client_of(each).post(path).status_code for each in (officer, stranger)] == [403, 404]

    def test_takes_only_posts(self, farm, planting, owner, client_of):
        path = reverse("harvest:withdraw", args=[farm.reference, planting.reference])
        assert client_of(owner).get(path).status_code == 405


class TestVisit:
    def seen(self, **changed: str) -> dict[str, str]:
        return {"visited_on": timezone.localdate().isoformat(), "area_mu": "18", "note": "Walked it."} | changed

    def test_keeps_what_an_officer_saw_once(self, farm, planting, officer, client_of):
        path = reverse("harvest:visit", args=[farm.reference, planting.reference])
        client = client_of(officer)
        assert client.get(path).status_code == 200
        assert client.post(path, self.seen()).status_code == 302
        assert client.post(path, self.seen()).status_code == 422
        planting.refresh_from_db()
        assert (planting.confirmed_by, planting.confirmed_area_mu) == (officer.reference, 18)

    def test_says_at_the_field_what_is_wrong(self, farm, planting, officer, client_of):
        path = reverse("harvest:visit", args=[farm.reference, planting.reference])
        answer = client_of(officer).post(path, self.seen(visited_on="2099-01-01"))
        assert "visited_on" in answer.context["form"].errors

    @pytest.mark.parametrize("person", ["owner", "auditor", "analyst"])
    def test_is_closed_to_others(self, person, request, farm, planting, client_of):
        path = reverse("harvest:visit", args=[farm.reference, planting.reference])
        assert client_of(request.getfixturevalue(person)).post(path, self.seen()).status_code == 403

    def test_does_not_exist_at_another_branch(self, farm, planting, bank, client_of):
        other = make_user("Kai Zhou", role="officer", branch=bank.other_branch)
        path = reverse("harvest:visit", args=[farm.reference, planting.reference])
        assert client_of(other).get(path).status_code == 404


class TestCashflowPage:
    def test_shows_a_grower_the_expected_harvest(self, farm, planting, owner, client_of):
        page = client_of(owner).get(reverse("cashflow:enterprise", args=[farm.reference]))
        assert "Expected from the harvest, by month" in page.content.decode()

    def test_invites_a_grower_who_told_nothing(self, farm, owner, client_of):
        page = client_of(owner).get(reverse("cashflow:enterprise", args=[farm.reference])).content.decode()
        assert reverse("harvest:plots", args=[farm.reference]) in page

    def test_tells_a_shop_nothing_of_fields(self, enterprise, owner, client_of):
        page = client_of(owner).get(reverse("cashflow:enterprise", args=[enterprise.reference])).content.decode()
        assert "/harvest/" not in page


class TestCalendars:
    @pytest.fixture
    def draft(self, bank):
        install_calendar()
        return operations.propose_edition(TEXT, as_of=NOW.date(), source="Asked.", by="U-ADMIN", at=NOW)

    def sent(self, text: str = TEXT) -> dict[str, object]:
        file = SimpleUploadedFile("crops.csv", text.encode("utf-8-sig"))
        return {"file": file, "as_of": "2026-02-01", "source": "Asked at the market.", "prudent_percent": "75"}

    def test_list_and_show_editions(self, draft, auditor, client_of):
        client = client_of(auditor)
        assert client.get(reverse("harvest:calendars")).status_code == 200
        page = client.get(reverse("harvest:calendar", args=[2])).content.decode()
        assert "7,800" in page  # rice of province 33: 520 kg a mu are 7,800 kg a hectare

    def test_propose_an_edition(self, bank, analyst, client_of):
        assert client_of(analyst).post(reverse("harvest:propose"), self.sent()).status_code == 302
        edition = CropEdition.objects.get()
        assert (edition.proposed_by, str(edition.prudent_share)) == (analyst.reference, "0.750")

    @pytest.mark.parametrize("text", ["crop\nrice\n", "\x00"])
    def test_refuse_a_file_that_is_none(self, bank, analyst, client_of, text):
        assert client_of(analyst).post(reverse("harvest:propose"), self.sent(text)).status_code == 422

    def test_refuse_a_file_in_another_encoding(self, bank, analyst, client_of):
        file = SimpleUploadedFile("crops.csv", TEXT.encode("gb18030"))
        assert client_of(analyst).post(reverse("harvest:propose"), self.sent() | {"file": file}).status_code == 422

    def test_approve_as_a_second_person(self, draft, analyst, client_of):
        path = reverse("harvest:approve", args=[2])
        client_of(analyst).post(path, {"in_force_from": timezone.localdate().isoformat()})
        draft.refresh_from_db()
        assert draft.approved_by == analyst.reference

    def test_approve_nothing_without_a_day(self, draft, analyst, client_of):
        client_of(analyst).post(reverse("harvest:approve", args=[2]), {"in_force_from": ""})
        draft.refresh_from_db()
        assert draft.status == "draft"

    def test_withdraw_before_its_day(self, draft, analyst, auditor, client_of):
        day = timezone.localdate() + timedelta(days=3)
        operations.approve_edition(draft, in_force_from=day, by="U-RISK", at=timezone.now())
        page, where = (reverse(f"harvest:{name}", args=[2]) for name in ("calendar", "withdraw_edition"))
        seen = [client_of(each).get(page).content.decode() for each in (analyst, auditor)]
        assert ["Withdraw it before its day" in each for each in seen] == [True, False]
        assert [client_of(each).post(where).status_code for each in (auditor, analyst)] == [403, 302]
        assert queries.edition_on(day).version == 1

    def test_wait_for_a_second_person_on_the_home_page(self, draft, analyst, client_of):
        assert "Crop calendars to approve" in client_of(analyst).get("/").content.decode()

    def test_discard(self, draft, analyst, client_of):
        client_of(analyst).post(reverse("harvest:discard", args=[2]))
        draft.refresh_from_db()
        assert draft.status == "discarded"

    def test_hand_out_what_can_be_brought_back(self, bank, analyst, client_of):
        install_calendar()
        file = client_of(analyst).get(reverse("harvest:download", args=[1]))
        assert file["Cache-Control"] == "private, no-store"
        answer = client_of(analyst).post(reverse("harvest:propose"), self.sent(file.content.decode("utf-8-sig")))
        assert answer.status_code == 302

    @pytest.mark.parametrize(
        ("name", "places"), [("propose", []), ("approve", [2]), ("discard", [2]), ("withdraw_edition", [2])]
    )
    def test_are_changed_by_deciders_only(self, name, places, draft, officer, owner, client_of):
        path = reverse(f"harvest:{name}", args=places)
        assert [client_of(each).post(path).status_code for each in (officer, owner)] == [403, 403]

    def test_are_closed_to_owners(self, draft, owner, client_of):
        assert client_of(owner).get(reverse("harvest:calendars")).status_code == 403

    @pytest.mark.parametrize("name", ["approve", "discard", "withdraw_edition"])
    def test_take_only_posts(self, name, draft, analyst, client_of):
        assert client_of(analyst).get(reverse(f"harvest:{name}", args=[2])).status_code == 405
