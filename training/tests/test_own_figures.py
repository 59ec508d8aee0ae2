"""The reader's own figures beside a lesson's example."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.cashflow.tests.builders import make_statement, make_year
from accounts.harvest.tests.builders import install_calendar, make_grower, make_planting
from accounts.identity import operations as identity
from accounts.identity.tests.builders import make_enterprise
from accounts.settlement.tests.asking import make_request
from accounts.settlement.tests.builders import make_settlement_account
from training import own_figures
from training.tests.builders import KNOW_YOUR_CASH, NOW, make_course

ON = date(2026, 3, 2)
BUFFER = ("know-your-cash", "a-buffer-that-carries-you")
# January to March: 1,000 a month come in from Li and 500 from Wu, 900 go out.
QUARTER = [
    (f"2026-{month:02}-{day:02}", amount, name, text)
    for month in (1, 2, 3)
    for day, amount, name, text in (
        (3, "1000.00", "Li Ming", "order"),
        (4, "500.00", "Wu Lan", "order"),
        (20, "-900.00", "Tea Trading Co", "goods"),
    )
]
QUARTER.append(("2026-04-02", "10.00", "Wu Lan", "order"))


@pytest.fixture
def told(enterprise):
    make_statement(enterprise, QUARTER, opening="90.00")
    return lambda *names: own_figures.told(enterprise, names, on=ON)


class TestTold:
    def test_counts_the_days_that_the_balance_would_last(self, told):
        figure = told("buffer_days")["buffer_days"]
        assert figure.value == "63 days"  # 1,900 held, 2,700 in 90 days is 30 a day
        assert "¥1,900" in figure.note
        assert "¥30" in figure.note

    def test_weighs_the_largest_customer_against_all_sales(self, told):
        figure = told("largest_customer")["largest_customer"]
        assert figure.value == "67%"  # 3,000 of 4,510
        assert figure.note.startswith("Li Ming. Of 2 customers")

    def test_tells_what_is_left_of_what_was_earned(self, told):
        assert told("left_over")["left_over"].value == "40%"  # 600 of 1,500

    def test_is_nothing_where_too_few_months_are_known(self, told):
        assert told("weakest_months", "unpaid_requests", "harvest") == {}

    def test_is_nothing_without_evidence(self, enterprise):
        assert own_figures.told(enterprise, own_figures.FIGURES, on=ON) == {}

    def test_averages_the_three_weakest_whole_months(self, enterprise):
        make_statement(enterprise, make_year())
        figure = own_figures.told(enterprise, ["weakest_months", "weeks_ahead"], on=ON)
        assert figure["weakest_months"].note.count("¥") == 3
        assert "on Mar 1, 2026" in figure["weeks_ahead"].note

    def test_counts_payments_whose_purpose_is_not_known(self, enterprise):
        make_statement(enterprise, [("2026-01-05", "-10.00", "", "zzz"), ("2026-01-06", "20.00", "Li Ming", "order")])
        figure = own_figures.told(enterprise, ["unknown_purpose"], on=ON)["unknown_purpose"]
        assert (figure.value, figure.url.endswith("?category=unknown")) == ("1", True)

    def test_adds_up_what_is_open_on_late_requests(self, enterprise):
        account = make_settlement_account(enterprise)
        make_request(account, due_date=ON)
        figure = own_figures.told(enterprise, ["unpaid_requests"], on=ON)["unpaid_requests"]
        assert figure.value == "0"
        later = own_figures.told(enterprise, ["unpaid_requests"], on=ON + timedelta(days=1))["unpaid_requests"]
        assert later.value == "1"

    def test_tells_what_plots_may_bring(self, bank, owner):
        install_calendar()
        farm = make_grower(owner, branch=bank.branch)
        make_planting(farm, by=owner)
        figure = own_figures.told(farm, ["harvest"], on=ON)["harvest"]
        usual = 20 * Decimal(520) * Decimal("2.90")
        assert figure.value == f"¥{usual * Decimal('0.8'):,.0f}"


class TestLesson:
    @pytest.fixture
    def address(self, bank):
        make_course(KNOW_YOUR_CASH)
        return reverse("training:lesson", args=BUFFER)

    def test_shows_owners_and_managers_their_own(self, address, enterprise, owner, client_of):
        make_statement(enterprise, QUARTER, opening="90.00")
        shown = client_of(owner).get(address).text
        assert "63 days" in shown
        assert enterprise.legal_name in shown

    def test_shows_nothing_to_strangers_and_the_banks_people(self, address, enterprise, stranger, officer, client_of):
        make_statement(enterprise, QUARTER, opening="90.00")
        for reader in (stranger, officer):
            response = client_of(reader).get(address, {"enterprise": enterprise.reference})
            assert response.status_code == 200
            assert "63 days" not in response.text
            assert "{own:" not in response.text

    def test_shows_nothing_to_who_no_longer_acts_and_to_who_is_only_invited(
        self, address, enterprise, owner, manager, stranger, client_of
    ):
        make_statement(enterprise, QUARTER, opening="90.00")
        assert "63 days" in client_of(manager).get(address).text
        enterprise.memberships.filter(user=manager).update(ended_at=NOW)
        identity.invite_manager(enterprise, phone=stranger.phone, by=owner, at=NOW)
        for reader in (manager, stranger):
            assert "63 days" not in client_of(reader).get(address, {"enterprise": enterprise.reference}).text

    def test_shows_one_enterprise_and_the_way_to_others(self, address, bank, enterprise, owner, client_of):
        other = make_enterprise(owner, branch=bank.branch, legal_name="A Shop", identifier="91110000600037341L")
        make_statement(enterprise, QUARTER, opening="90.00")
        first = client_of(owner).get(address).text
        assert "63 days" in first
        assert f"?enterprise={other.reference}" in first
        assert "63 days" not in client_of(owner).get(address, {"enterprise": other.reference}).text

    def test_asks_no_more_for_more_enterprises(
        self, address, bank, enterprise, owner, client_of, django_assert_num_queries
    ):
        make_statement(enterprise, QUARTER, opening="90.00")
        client = client_of(owner)
        client.get(address)
        with django_assert_num_queries(12):
            client.get(address)
        make_enterprise(owner, branch=bank.branch, legal_name="A Shop", identifier="91110000600037341L")
        with django_assert_num_queries(12):
            client.get(address)

    def test_asks_nothing_of_cash_flow_where_no_figure_stands(
        self, address, owner, client_of, django_assert_num_queries
    ):
        lesson = reverse("training:lesson", args=["know-your-cash", "write-down-every-day"])
        client = client_of(owner)
        client.get(lesson)
        with django_assert_num_queries(6):
            client.get(lesson)
