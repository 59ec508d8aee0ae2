"""Proofs of the pages, the commands and the API that show the book."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.identity.tests.builders import machine
from lending.credit import readable
from lending.portfolio import presentation, queries
from lending.portfolio.queries import Scope
from lending.portfolio.sections import loans
from lending.portfolio.tests.builders import install_rules, make_customer, make_decision, make_loan, make_product
from portal.core.dates import add_months

PAGES = ("/portfolio/", "/portfolio/monitoring/")
API = "/api/v1/portfolio/monitoring"

pytestmark = pytest.mark.django_db


@pytest.fixture
def lent(bank):
    """A book of a few loans, some of which went bad, around today."""
    install_rules()
    product = make_product()
    today = timezone.localdate()
    for months, late in ((18, [0] * 12), (14, [0, 0, None]), (13, [0] * 12), (8, [0] * 7), (2, [])):
        on = add_months(today, -months)
        at = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
        make_loan(make_decision(make_customer(bank.branch), product, at=at), paid_late=late)
    make_decision(make_customer(bank.branch), product, at=timezone.now(), facts={"identity_verified": False})
    return today


@pytest.fixture
def rules_alone(bank):
    """One decision of today, none before it."""
    install_rules()
    make_decision(make_customer(bank.branch), make_product(), at=timezone.now())


@pytest.mark.parametrize("page", PAGES)
class TestPages:
    @pytest.mark.parametrize("reader", ["analyst", "auditor", "administrator"])
    def test_are_open_to_those_who_watch_the_book(self, page, reader, lent, client_of, request):
        answer = client_of(request.getfixturevalue(reader)).get(page)
        assert answer.status_code == 200
        assert "<h1>" in answer.content.decode()

    @pytest.mark.parametrize("other", ["officer", "underwriter", "approver", "operations", "course_editor", "owner"])
    def test_are_closed_to_others(self, page, other, client_of, request, bank):
        assert client_of(request.getfixturevalue(other)).get(page).status_code == 403

    def test_send_strangers_to_sign_in(self, page, client, bank):
        assert client.get(page).status_code == 302

    def test_are_only_read(self, page, analyst, client_of):
        assert client_of(analyst).post(page).status_code == 405

    def test_stand_on_an_empty_book(self, page, analyst, client_of):
        assert client_of(analyst).get(page).status_code == 200

    def test_refuse_days_that_run_backwards_in_words(self, page, analyst, client_of):
        answer = client_of(analyst).get(page, {"first": "2026-02-01", "last": "2026-01-01"})
        assert answer.status_code == 422
        assert "The first day is after the last." in answer.content.decode()

    @pytest.mark.parametrize("asked", [{"first": "soon"}, {"branch": "no such"}, {"product": "no such"}])
    def test_refuse_what_they_do_not_know(self, page, asked, analyst, client_of):
        assert client_of(analyst).get(page, asked).status_code == 422

    def test_speak_chinese(self, page, lent, auditor, client_of):
        client = client_of(auditor)
        client.cookies["language"] = "zh-hans"
        answer = client.get(page)
        assert answer.status_code == 200
        assert 'lang="zh-hans"' in answer.content.decode()

    def test_name_each_cell_on_a_phone(self, page, lent, analyst, client_of):
        shown = client_of(analyst).get(page).text
        assert 'class="table table-sm stack"' in shown
        assert 'class="num" data-label="' in shown

    def test_ask_few_questions(self, page, lent, analyst, client_of, django_assert_max_num_queries):
        client = client_of(analyst)
        with django_assert_max_num_queries(20):
            client.get(page)


class TestBookPage:
    def test_shows_branches_of_ones_own_only(self, lent, bank, analyst, client_of):
        page = client_of(analyst).get("/portfolio/").content.decode()
        assert bank.branch.name_en in page
        assert bank.other_branch.name_en not in page

    def test_counts_only_what_one_may_see(self, lent, bank, client_of):
        from accounts.identity.models import Role
        from accounts.identity.tests.builders import make_user

        elsewhere = make_user("Else Where", role=Role.RISK_ANALYST, branch=bank.other_branch)
        assert "0 loans" in client_of(elsewhere).get("/portfolio/").content.decode()
        assert client_of(elsewhere).get("/portfolio/", {"branch": bank.branch.code}).status_code == 422

    def test_counts_one_loan_as_one(self):
        assert (loans(1), loans(1000)) == ("1 loan", "1,000 loans")

    def test_draws_charts_with_their_tables(self, lent, auditor, client_of):
        page = client_of(auditor).get("/portfolio/").content.decode()
        assert "3 loans" in page
        assert page.count('<figure class="chart">') == 1
        assert page.count("<caption") == page.count("<table") >= 4


class TestMonitoringPage:
    def test_shows_what_the_queries_found(self, lent, auditor, client_of):
        page = client_of(auditor).get("/portfolio/monitoring/").content.decode()
        for text in ("Stability index of the scores", "Gini", "Bad loans by grade", "By industry", "Wholesale"):
            assert text in page
        assert "Expert card for shops" in page
        assert "expert-trade" not in page

    def test_stays_short_where_there_is_nothing_to_compare_with(self, rules_alone, auditor, client_of):
        page = client_of(auditor).get("/portfolio/monitoring/").content.decode()
        assert "21 have nothing to compare with" in page
        assert "Figures by how far they moved" not in page
        assert "Errors, where loans have ended" not in page
        assert '<figure class="chart">' not in page

    def test_names_the_command_that_prints_the_same(self, rules_alone, auditor, client_of):
        page = client_of(auditor).get("/portfolio/monitoring/", {"first": "2026-01-01", "last": "2026-02-01"})
        assert "manage.py monitor_judging --first 2026-01-01 --last 2026-02-01" in page.content.decode()


class TestCommands:
    def test_print_the_book(self, lent):
        told = StringIO()
        call_command("show_portfolio", stdout=told)
        assert "The book at risk" in told.getvalue()
        assert "Vintages" in told.getvalue()

    def test_print_what_the_page_shows(self, lent, bank):
        told = StringIO()
        call_command("monitor_judging", "--branch", bank.branch.code, "--product", "quick", stdout=told)
        scope = Scope(*_year(lent), (bank.branch.pk,), "quick")
        found = queries.monitoring(scope, on=lent)
        sections = presentation.of_monitoring(found, sections=readable.section_names(), cards=queries.card_names())
        assert found.separation is not None
        for section in sections:
            assert section.title in told.getvalue()
            assert all(figure.value in told.getvalue() for figure in section.figures)

    def test_refuse_a_branch_they_do_not_know(self, bank):
        with pytest.raises(CommandError, match="There is no branch"):
            call_command("monitor_judging", "--branch", "no such")

    def test_refuse_days_that_run_backwards(self, db):
        with pytest.raises(CommandError, match="after the last"):
            call_command("show_portfolio", "--first", "2026-02-01", "--last", "2026-01-01")


def _year(today):
    from datetime import timedelta

    return add_months(today, -12) + timedelta(days=1), today


class TestApi:
    def test_tells_the_figures(self, lent, auditor):
        told = machine(auditor).get(API).json()
        assert (told["scores"]["now"], told["scores"]["then"]) == (3, 3)
        assert told["separation"]["bad"] == 1
        assert {each["kind"] for each in told["segments"]} == {"section", "setting", "age"}
        assert told["overrides"] == {"recommendations": 0, "more": 0, "less": 0, "rate": None}

    def test_is_cut_to_what_was_asked_for(self, lent, bank, auditor):
        assert machine(auditor).get(API, {"branch": bank.other_branch.code}).json()["scores"]["now"] == 0

    def test_is_closed_to_others(self, bank, underwriter, owner):
        assert [machine(user).get(API).status_code for user in (underwriter, owner)] == [403, 403]

    def test_refuses_days_that_run_backwards(self, bank, auditor):
        assert machine(auditor).get(API, {"first": "2026-02-01", "last": "2026-01-01"}).status_code == 400

    def test_asks_for_a_token(self, client, bank):
        assert client.get(API).status_code == 401
