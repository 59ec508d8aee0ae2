"""What a grower's plots do to a decision: told they ask for a person, seen they may carry a loan due at harvest."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.cashflow.tests.builders import make_statement
from accounts.harvest import operations as harvest
from accounts.harvest.tests.builders import install_calendar, make_grower, make_planting
from accounts.identity.tests.builders import make_checked
from lending.applications import operations as applications
from lending.applications.judgment import facts_of
from lending.applications.models import Application
from lending.applications.tests.builders import NOW, TODAY, make_draft, make_rules, sound_lines
from lending.credit.models import Policy
from lending.products.tests.builders import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def farm(owner, bank):
    """A farm household whose rice is harvested in October and November."""
    install_calendar()
    make_rules()
    farm = make_grower(owner, branch=bank.branch)
    make_checked(farm)
    make_thin_evidence(farm)
    return farm


def make_thin_evidence(farm, more=()) -> None:
    """Bring a year in which little is left of an average month: a sound year with hired hands and machines to pay."""
    costs = [
        ((NOW.date() - timedelta(days=back)).isoformat(), "-850.00", "Harvester hire", "purchase of services")
        for back in range(10, 355, 3)
    ]
    lines = sorted([*sound_lines(360), *costs, *more])
    make_statement(farm, lines, holder=farm.legal_name, opening="30000.00", at=NOW - timedelta(days=1))


@pytest.fixture
def autumn(bank):
    """A loan of which principal is due in October, November and December only."""
    return make_product(
        "autumn", sections=["A"], interest_method="equal_principal", min_term_months=6, principal_months=[10, 11, 12]
    )


def decided(farm, owner, autumn) -> Application:
    """Ask for what no average month of the farm carries, to be repaid after the harvest, and be answered."""
    application = make_draft(farm, by=owner, product=autumn, amount="50000.00", term_months=9)
    applications.submit(application, by=owner, at=NOW)
    applications.decide(application.reference, at=NOW, on=TODAY)
    return Application.objects.select_related("decision").get(pk=application.pk)


def see(planting, officer) -> None:
    """Let an officer see a plot."""
    harvest.confirm_planting(
        planting, visited_on=TODAY, area_mu=planting.area_mu, note="Walked it.", by=officer, at=NOW
    )


class TestDecision:
    def test_keeps_no_harvest_of_whoever_told_none(self, farm, owner, autumn):
        assert not [name for name in decided(farm, owner, autumn).decision.facts if name.startswith("harvest")]

    def test_without_plots_is_declined(self, farm, owner, autumn):
        application = decided(farm, owner, autumn)
        assert application.status == "declined"

    def test_with_plots_that_nobody_saw_goes_to_a_person(self, farm, owner, autumn):
        make_planting(farm, by=owner, area_mu=Decimal(150))
        application = decided(farm, owner, autumn)
        assert application.status == "referred"
        assert application.decision.verdict["reasons"][0]["code"] == "harvest_may_carry"

    def test_with_plots_that_an_officer_saw_is_approved(self, farm, owner, officer, autumn):
        """150 mu of rice bring 226,200, prudently 180,960; half of it repays."""
        see(make_planting(farm, by=owner, area_mu=Decimal(150)), officer)
        application = decided(farm, owner, autumn)
        assert application.status == "approved"
        assert application.decision.facts["harvest_confirmed_amount"] == "180960.00"

    def test_counts_only_what_was_known_at_its_moment(self, farm, owner, officer, autumn):
        planting = make_planting(farm, by=owner, area_mu=Decimal(150))
        application = make_draft(farm, by=owner, product=autumn, term_months=9)
        policy = Policy.objects.get()
        before = facts_of(application, policy, on=TODAY, at=NOW)
        later = NOW.replace(day=20)
        harvest.confirm_planting(
            planting, visited_on=date(2026, 3, 20), area_mu=Decimal(140), note="Seen.", by=officer, at=later
        )
        planting.refresh_from_db()
        assert facts_of(application, policy, on=TODAY, at=NOW) == before
        assert facts_of(application, policy, on=TODAY, at=later)["harvest_confirmed_amount"] == Decimal("168896.00")


class TestDueDates:
    """A farm asks for 55,000 over a year, which its average month carries; three quarters are due in June."""

    @pytest.fixture
    def farm(self, owner, bank):
        make_rules()
        farm = make_grower(owner, branch=bank.branch)
        make_checked(farm)
        months = [(NOW.date() - timedelta(days=back)).isoformat() for back in range(5, 360, 30)]
        make_thin_evidence(farm, [(day, "-5700.00", farm.legal_name, "own transfer to savings") for day in months])
        return farm

    @pytest.fixture
    def spring(self):
        return make_product("spring", sections=["A"], interest_method="equal_principal", principal_months=[4, 5, 6])

    def decided(self, farm, owner, product) -> Application:
        application = make_draft(farm, by=owner, product=product, amount="55000.00", term_months=12)
        applications.submit(application, by=owner, at=NOW)
        applications.decide(application.reference, at=NOW, on=TODAY)
        return Application.objects.select_related("decision").get(pk=application.pk)

    def test_that_usual_months_do_not_reach_go_to_a_person(self, farm, owner, spring):
        application = self.decided(farm, owner, spring)
        (reason,) = (each for each in application.decision.verdict["reasons"] if each["code"] == "due_date_short")
        assert application.status == "referred"
        assert reason["params"] == {
            "on": "2026-06-02",
            "due": "41861.79",
            "there": "37969.52",
            "short": "3892.27",
        }
        assert application.decision.verdict["alternatives"][0]["code"] == "smaller_amount"

    def test_are_not_walked_where_no_season_asks_for_the_principal(self, farm, owner):
        level = self.decided(farm, owner, make_product("level"))
        assert (level.status, "due_dates" in level.decision.facts) == ("approved", False)

    def test_are_walked_for_the_terms_that_may_be_offered(self, farm, owner, spring):
        walks = self.decided(farm, owner, spring).decision.facts["due_dates"]
        assert list(walks) == ["12", "15", "18", "21", "24"]
        assert [step["on"] for step in walks["12"]] == ["2026-04-02", "2026-05-06", "2026-06-02", "2027-03-02"]


class TestCase:
    def test_shows_staff_the_expected_harvest(self, farm, owner, officer, autumn, client_of):
        make_planting(farm, by=owner, area_mu=Decimal(150))
        application = decided(farm, owner, autumn)
        page = client_of(officer).get(f"/applications/{application.reference}/").content.decode()
        assert "Expected harvest" in page
        assert "fell due in harvest months" in page


class TestProducts:
    def test_for_growers_are_not_shown_to_a_shop(self, enterprise, owner, autumn, client_of):
        page = client_of(owner).get(f"/applications/new/{enterprise.reference}/")
        assert list(page.context["products"]) == []
        assert client_of(owner).get(f"/applications/new/{enterprise.reference}/autumn/").status_code == 404

    def test_for_growers_are_refused_to_a_shop(self, enterprise, owner, autumn):
        with pytest.raises(applications.ApplicationRefused, match="product_for_other_trades"):
            make_draft(enterprise, by=owner, product=autumn)


class TestDocuments:
    def test_that_a_product_asks_for_must_be_there(self, farm, owner):
        strict = make_product("strict", documents=["premises"])
        application = make_draft(farm, by=owner, product=strict)
        with pytest.raises(applications.ApplicationRefused, match="documents_missing"):
            applications.submit(application, by=owner, at=NOW)

    def test_that_are_missing_are_named_on_the_draft(self, farm, owner, client_of):
        application = make_draft(farm, by=owner, product=make_product("strict", documents=["premises"]))
        page = client_of(owner).get(f"/applications/{application.reference}/").content.decode()
        assert "This product asks for: Photo of the premises or fields" in page
