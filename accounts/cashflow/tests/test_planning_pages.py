"""The pages for running the business: who may open them, what they show, what they cost."""

import csv
import gzip
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.cashflow import planning
from accounts.cashflow.models import PlannedItem
from accounts.cashflow.tests.builders import NOW, make_statement, make_year
from accounts.cashflow.tests.pages import page
from accounts.cashflow.tests.test_planning import OVEN

LARGEST_PAGE = 15 * 1024  # compressed
PAGES = ("forecast", "customers", "categories", "seasons")
FILES = ("months_file", "forecast_file")


@pytest.fixture
def year(enterprise):
    """A year of evidence that ends yesterday."""
    return make_statement(enterprise, make_year(timezone.localdate() - timedelta(days=1)))


@pytest.fixture
def item(enterprise) -> PlannedItem:
    """An oven is planned."""
    return planning.plan(enterprise, **OVEN, key="k", by="U-1", at=NOW)


def filled(**more) -> dict:
    """Fill in the form."""
    day = timezone.localdate() + timedelta(days=20)
    asked = {"text": "New oven", "way": "out", "amount": "2,800", "due_on": day.isoformat(), "repeats": "once"}
    return {"idempotency_key": "once"} | asked | more


class TestAll:
    def test_do_not_exist_for_a_stranger(self, enterprise, item, stranger, client_of):
        client = client_of(stranger)
        for name in (*PAGES, *FILES):
            assert client.get(page(name, enterprise.reference)).status_code == 404, name
        assert client.post(page("plan", enterprise.reference), filled()).status_code == 404
        assert client.post(page("plan_remove", enterprise.reference, item.reference)).status_code == 404

    def test_ask_to_sign_in(self, enterprise):
        for name in (*PAGES, *FILES):
            assert Client().get(page(name, enterprise.reference)).status_code == 302, name

    def test_are_closed_to_course_editors(self, enterprise, course_editor, client_of):
        for name in (*PAGES, *FILES):
            assert client_of(course_editor).get(page(name, enterprise.reference)).status_code == 403, name

    @pytest.mark.parametrize("role", ["officer", "underwriter", "auditor", "analyst"])
    def test_let_staff_look_and_plan_nothing(self, enterprise, year, item, client_of, request, role):
        client = client_of(request.getfixturevalue(role))
        for name in PAGES:
            assert client.get(page(name, enterprise.reference)).status_code == 200, name
        shown = client.get(page("forecast", enterprise.reference)).text
        assert ("Oven" in shown, "Plan something" in shown, "Remove" in shown) == (True, False, False)
        assert client.post(page("plan", enterprise.reference), filled()).status_code == 403
        assert client.post(page("plan_remove", enterprise.reference, item.reference)).status_code == 403

    def test_take_verbs_by_post_only_and_pages_by_get_only(self, enterprise, item, owner, client_of):
        client = client_of(owner)
        for name in (*PAGES, *FILES):
            assert client.post(page(name, enterprise.reference)).status_code == 405, name
        assert client.get(page("plan", enterprise.reference)).status_code == 405
        assert client.get(page("plan_remove", enterprise.reference, item.reference)).status_code == 405

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_are_light_and_plain(self, enterprise, year, item, owner, client_of, language):
        client = client_of(owner)
        client.cookies["language"] = language
        for name in ("enterprise", *PAGES):
            response = client.get(page(name, enterprise.reference))
            assert response.status_code == 200, name
            assert len(gzip.compress(response.content)) < LARGEST_PAGE, name
            assert b" style=" not in response.content, name
            assert response.content.count(b"<h1>") == 1, name

    def test_say_so_when_there_is_nothing(self, enterprise, owner, client_of):
        for name in PAGES:
            shown = client_of(owner).get(page(name, enterprise.reference)).text
            assert "There is nothing to show yet" in shown, name
            assert "<figure" not in shown, name

    def test_ask_few_questions(self, enterprise, year, item, owner, client_of, django_assert_max_num_queries):
        client = client_of(owner)
        for name in (*PAGES, *FILES):
            client.get(page(name, enterprise.reference))
            with django_assert_max_num_queries(10):
                client.get(page(name, enterprise.reference))


class TestForecast:
    def test_shows_what_comes_and_what_it_means(self, enterprise, year, item, owner, client_of):
        shown = client_of(owner).get(page("forecast", enterprise.reference)).text
        for told in ("Balance, so far and in the coming weeks", "Eight times in ten", "Landlord · Rent", "−¥1,200",
                     "every month", "Oven", "Week by week"):  # fmt: skip
            assert told in shown, told

    def test_leads_from_the_overview(self, enterprise, year, owner, client_of):
        shown = client_of(owner).get(page("enterprise", enterprise.reference)).text
        assert f'href="{page("forecast", enterprise.reference)}"' in shown
        assert "See the next 13 weeks" in shown

    def test_needs_twelve_weeks(self, enterprise, owner, client_of):
        make_statement(enterprise)
        shown = client_of(owner).get(page("forecast", enterprise.reference)).text
        assert "A forecast needs twelve weeks at least" in shown
        assert "<figure" not in shown

    def test_is_not_told_from_old_statements(self, enterprise, owner, client_of):
        make_statement(enterprise, make_year(timezone.localdate() - timedelta(days=100)))
        shown = client_of(owner).get(page("forecast", enterprise.reference)).text
        assert "That is too long ago to tell what comes next." in shown

    def test_tells_once_of_all_accounts_whose_statements_end_earlier(self, enterprise, year, owner, client_of):
        told = {}
        for ended in (1, 2):
            day = timezone.localdate() - timedelta(days=100 + ended)
            make_statement(enterprise, [(day.isoformat(), "5.00", "Li", "order")], account=f"999988887777000{ended}")
            told[ended] = client_of(owner).get(page("forecast", enterprise.reference)).text
        assert "The statements of account •••• 0001 end on" in told[1]
        assert "The statements of 2 accounts end earlier" in told[2]
        assert told[2].count("<li>•••• 000") == 2
        assert "The statements of account" not in told[2]

    def test_tells_of_statements_that_name_no_account(self, enterprise, year, owner, client_of):
        day = timezone.localdate() - timedelta(days=100)
        make_statement(enterprise, [(day.isoformat(), "5.00", "Li", "order")], account="")
        told = client_of(owner).get(page("forecast", enterprise.reference)).text
        assert "The statements of account without a number end on" in told

    def test_says_when_the_statements_are_some_weeks_old(self, enterprise, owner, client_of):
        make_statement(enterprise, make_year(timezone.localdate() - timedelta(days=30)))
        shown = client_of(owner).get(page("forecast", enterprise.reference)).text
        assert "A newer statement makes this better." in shown

    @pytest.mark.parametrize("lines", [[("2026-01-05", "1.00", "Li", "order")], []], ids=["one line", "none"])
    def test_bears_hardly_any_evidence(self, enterprise, owner, client_of, lines):
        if lines:
            make_statement(enterprise, lines)
        for name in ("enterprise", *PAGES):
            assert client_of(owner).get(page(name, enterprise.reference)).status_code == 200, name

    @pytest.mark.parametrize("sign", ["", "-"], ids=["in only", "out only"])
    @pytest.mark.parametrize("amount", ["0.01", "99999999999.99"])
    def test_bears_one_sided_tiny_and_enormous_money(self, enterprise, owner, client_of, sign, amount):
        today = timezone.localdate()
        lines = [((today - timedelta(days=n)).isoformat(), f"{sign}{amount}", "Li", "order") for n in range(120)]
        make_statement(enterprise, lines[::-1], opening="9999999999999.00")
        for name in ("enterprise", *PAGES):
            assert client_of(owner).get(page(name, enterprise.reference)).status_code == 200, name


class TestPlan:
    @pytest.mark.parametrize("who", ["owner", "manager"])
    def test_counts_at_once(self, enterprise, year, client_of, request, who):
        response = client_of(request.getfixturevalue(who)).post(
            page("plan", enterprise.reference), filled(), follow=True
        )
        assert "Planned. The forecast counts it from now on." in response.text
        assert "−¥2,800" in response.text
        assert "New oven" in response.text

    def test_plans_once_what_is_sent_twice(self, enterprise, owner, client_of):
        client = client_of(owner)
        for _attempt in range(2):
            assert client.post(page("plan", enterprise.reference), filled()).status_code == 302
        assert PlannedItem.objects.count() == 1

    @pytest.mark.parametrize(
        "wrong", [{"text": ""}, {"amount": "0"}, {"amount": "much"}, {"due_on": "soon"}, {"way": "up"}]
    )
    def test_says_what_is_wrong(self, enterprise, year, owner, client_of, wrong):
        response = client_of(owner).post(page("plan", enterprise.reference), filled(**wrong))
        assert (response.status_code, PlannedItem.objects.count()) == (422, 0)
        assert f"#planned_{next(iter(wrong))}" in response.text

    def test_shows_what_others_wrote_as_text(self, enterprise, year, owner, client_of):
        client = client_of(owner)
        client.post(page("plan", enterprise.reference), filled(text="<script>alert(1)</script>"))
        assert "<script>alert" not in client.get(page("forecast", enterprise.reference)).text


class TestRemove:
    def test_removes_it_once(self, enterprise, year, item, owner, client_of):
        client = client_of(owner)
        address = page("plan_remove", enterprise.reference, item.reference)
        assert "The planned item was removed." in client.post(address, follow=True).text
        assert client.post(address).status_code == 404

    def test_finds_no_item_of_another_enterprise(self, enterprise, item, stranger, client_of):
        other = stranger.memberships.get().enterprise
        address = page("plan_remove", other.reference, item.reference)
        assert client_of(stranger).post(address).status_code == 404
        assert PlannedItem.objects.count() == 1


class TestCustomers:
    def test_names_them_and_says_what_hangs_on_them(self, enterprise, year, owner, client_of):
        shown = client_of(owner).get(page("customers", enterprise.reference)).text
        assert "Customer 3" in shown
        assert "your business does not hang on one" in shown

    def test_warns_of_one_that_pays_most(self, enterprise, owner, client_of):
        make_statement(enterprise)
        assert "Li Ming alone pays 100%" in client_of(owner).get(page("customers", enterprise.reference)).text

    def test_looks_as_far_back_as_asked(self, enterprise, year, owner, client_of):
        client = client_of(owner)
        shown = client.get(page("customers", enterprise.reference), {"months": "6"}).text
        assert 'href="?months=6" aria-current="true"' in shown
        assert 'href="?months=12" aria-current="true"' in client.get(
            page("customers", enterprise.reference), {"months": "many"}
        ).text  # fmt: skip


class TestCategories:
    def test_shows_where_money_goes(self, enterprise, year, owner, client_of):
        shown = client_of(owner).get(page("categories", enterprise.reference), {"months": "6"}).text
        for told in ("Rent", "To suppliers", "From customers", "Against the period before"):
            assert told in shown, told


class TestSeasons:
    def test_shows_week_and_month_and_what_the_year_needs(self, enterprise, year, owner, client_of):
        shown = client_of(owner).get(page("seasons", enterprise.reference)).text
        for told in ("Days of the week", "Parts of the month", "The seasons of the year show from thirteen on"):
            assert told in shown, told


class TestFiles:
    def rows(self, client: Client, name: str, enterprise) -> list[list[str]]:
        """Read a file as a spreadsheet does."""
        response = client.get(page(name, enterprise.reference))
        assert response["Content-Disposition"].startswith("attachment")
        return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))

    def test_hold_the_months(self, enterprise, year, owner, client_of):
        rows = self.rows(client_of(owner), "months_file", enterprise)
        assert rows[0] == ["Month", "In", "Out", "Remains", "Loans paid out", "Loans paid back", "Balance at the end"]
        assert len(rows) == 13

    def test_hold_the_forecast(self, enterprise, year, owner, client_of):
        rows = self.rows(client_of(owner), "forecast_file", enterprise)
        assert rows[0][:5] == ["From", "To", "In", "In, at least", "In, at most"]
        assert rows[1][0] == timezone.localdate().isoformat()
        assert len(rows) == 14

    def test_hold_their_titles_alone_where_there_is_nothing(self, enterprise, owner, client_of):
        assert len(self.rows(client_of(owner), "forecast_file", enterprise)) == 1
        assert len(self.rows(client_of(owner), "months_file", enterprise)) == 1
