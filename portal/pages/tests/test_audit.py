"""The audit trail on a page."""

import ast
import re

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.identity.operations import Change
from accounts.identity.tests.builders import NOW
from lending.applications.presentation import TITLES
from lending.applications.states import Event
from portal.core import audit
from portal.pages import acts, details
from training.tests.builders import make_course

URL = "/audit/"


@pytest.fixture
def events(officer):
    with transaction.atomic():
        audit.record("applications.submit", subject="A-1", by=officer.reference, at=NOW, details={"amount": "5"})
        audit.record("loans.sign", subject="L-1", by=None, at=NOW)


def _details_in(module: ast.Module) -> set[str]:
    """Find the names under which a module gives an event's details, where it writes them down as a dict."""
    given = [
        word.value for node in ast.walk(module) if isinstance(node, ast.Call) for word in node.keywords
        if word.arg == "details"
    ] + [
        node.value for node in ast.walk(module)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "details"
    ]  # fmt: skip
    dicts = [each for value in given for each in ast.walk(value) if isinstance(each, ast.Dict)]
    return {str(key.value) for each in dicts for key in each.keys if isinstance(key, ast.Constant)}


class TestTrail:
    """Auditors read all of it."""

    def test_shows_who_did_what_with_names(self, client_of, auditor, events):
        shown = client_of(auditor).get(URL).content.decode()
        assert "Application sent" in shown
        assert "applications.submit" not in strip_tags(shown)
        assert "Olga Sun" in shown
        assert "amount: 5" in shown

    @pytest.mark.parametrize(
        ("verb", "subject", "told"),
        [
            ("jobs.failed_alone", "failures", "What failed alone"),
            ("portfolio.decisions_repeated", "decisions", "Decisions"),
            ("ledger.sealed", "7", "Block 7"),
            ("ledger.month_closed", "2026-02", "February 2026"),
            ("loans.post_allowance", "2026-02-28 CNY", '<span class="whole">Feb 28, 2026</span> CNY'),
            ("signing.confirmed", f"cash {'0123456789' * 4}", "Cash 012345678901…"),
            ("branch.opened", "001", "River Town"),
            ("training.enroll", "2026-13", "2026-13"),
        ],
    )
    def test_says_in_words_what_it_was_about(self, client_of, auditor, bank, verb, subject, told):
        with transaction.atomic():
            audit.record(verb, subject=subject, by=None, at=NOW)
        page = client_of(auditor).get(URL, {"subject": subject}).text
        assert re.search(rf'data-label="About"[^>]*><a [^>]*>{re.escape(told)}</a>', page)

    def test_names_the_course_it_was_about(self, client_of, auditor):
        course = make_course()
        page = client_of(auditor).get(URL, {"subject": course.slug}).text
        assert f">{course.title_en}</a></td>" in page
        assert f">{course.slug}<" not in page

    def test_narrows_to_a_subject(self, client_of, auditor, events):
        shown = client_of(auditor).get(URL, {"subject": "L-1"}).content.decode()
        assert "Loan signed" in shown
        assert "Application sent" not in shown

    def test_narrows_to_an_area_and_to_an_act(self, client_of, auditor, events):
        for verb, chosen in (("loans.", "Loans"), ("loans.sign", "Loan signed")):
            shown = client_of(auditor).get(URL, {"verb": verb}).content.decode()
            assert f'<option value="{verb}" selected>{chosen}</option>' in shown
            assert "Application sent" not in shown

    def test_asks_the_same_few_questions_however_many_events(
        self, client_of, auditor, events, django_assert_max_num_queries
    ):
        with transaction.atomic():
            for number in range(60):
                audit.record("loans.repay", subject=f"L-{number}", by=auditor.reference, at=NOW)
        client = client_of(auditor)
        with django_assert_max_num_queries(8):
            client.get(URL)

    @pytest.mark.parametrize("role", ["officer", "approver", "operations", "owner"])
    def test_is_closed_to_others(self, request, client_of, role):
        assert client_of(request.getfixturevalue(role)).get(URL).status_code == 403

    def test_is_read_only(self, client_of, auditor):
        assert client_of(auditor).post(reverse("audit")).status_code == 405


class TestActs:
    """The trail speaks of acts, not of codes."""

    def test_have_a_name_wherever_they_are_recorded(self):
        recorded = set()
        for department in ("accounts", "lending", "training", "portal/core"):
            for path in (settings.BASE_DIR / department).rglob("*.py"):
                if "tests" not in path.parts:
                    recorded |= set(re.findall(r'audit\.record\(\s*"([^"]+)"', path.read_text(encoding="utf-8")))
        assert len(recorded) > 80
        assert recorded - set(acts.ACTS) == set()

    def test_have_a_name_for_every_change_of_what_somebody_signs_in_with(self):
        assert {f"identity.{change}" for change in Change} <= set(acts.ACTS)

    def test_have_a_name_for_every_event_of_a_case(self):
        assert {f"applications.{event}" for event in (*Event, *TITLES)} <= set(acts.ACTS)

    def test_have_a_name_for_every_detail_that_is_recorded(self):
        recorded = set()
        for department in ("accounts", "lending", "training", "portal/core"):
            for path in (settings.BASE_DIR / department).rglob("*.py"):
                if "tests" not in path.parts:
                    recorded |= _details_in(ast.parse(path.read_text(encoding="utf-8")))
        assert len(recorded) > 60
        assert recorded - set(details.DETAILS) == set()

    def test_belong_to_an_area_each(self):
        assert [each for each in acts.ACTS if not any(each.startswith(area) for area in acts.AREAS)] == []

    def test_tell_details_in_words_and_leave_empty_ones_out(self):
        told = acts.details({"sha256": "0123456789abcdef", "hits": ["H-1", "H-2"], "reason": "", "shoe": 44})
        assert told == [("file fingerprint", "0123456789ab…"), ("hits", "H-1, H-2"), ("shoe", "44")]

    @pytest.mark.parametrize(
        ("verb", "given", "told"),
        [
            ("settlement.drawer_open", {"kind": "vault"}, [("kind", "Vault")]),
            ("settlement.cash_in", {"status": "booked"}, [("status", "Booked")]),
            ("settlement.cash_in", {"amount": "1380.500"}, [("amount", "1,380.50")]),
            ("settlement.cash_delivery", {"way": "brought"}, [("way", "Brought to the other bank")]),
            ("settlement.suspense_propose", {"way": "charge"}, [("way", "A charge of the other bank")]),
            ("cashflow.statement_asks", {"kind": "dates"}, [("kind", "Dates")]),
            ("cashflow.statement_answered", {"answer": "dmy"}, [("answer", "Day, month, year")]),
            ("cashflow.ledger_answered", {"answer": {"gross": 0, "first_row": 3}},
             [("answer", "Total with tax = 1, First line = 3")]),
            ("cashflow.category_corrected", {"to": "customer_receipt", "reach": "line", "by_staff": True},
             [("to", "From customers"), ("reach", "This payment alone"), ("by staff", "Yes")]),
            ("products.approved", {"offered_from": "2026-03-02"}, [("offered from", "Mar 2, 2026")]),
            ("identity.watchlist_refused", {"why": "watchlist_year"},
             [("why", "Line …: birth_year is “…”; it must be a year of four digits, or empty.")]),
            ("identity.watchlist_refused", {"why": "of_old"}, [("why", "of_old")]),
            ("cashflow.statement_refused", {"code": "xml_wrong_message"},
             [("code", "This is a … file. A statement is a camt.053 file.")]),
            ("applications.add_document", {"kind": "premises"}, [("kind", "Photo of the premises or fields")]),
            ("training.submit", {"passed": False, "of": 10}, [("passed", "No"), ("questions", "10")]),
            ("loans.sign", {"apr": "0.0488733431", "principal": "None"}, [("APR", "4.89%")]),
        ],
    )  # fmt: skip
    def test_tell_codes_in_words(self, verb, given, told):
        assert acts.details(given, verb=verb) == told

    def test_name_branches_people_and_trades(self, client_of, auditor, bank, officer, django_assert_max_num_queries):
        with transaction.atomic():
            details = {"branch": "001", "holder": officer.reference, "industry": "4711", "kind": "carried"}
            audit.record("settlement.drawer_open", subject="CD-1", by=None, at=NOW, details=details)
        client = client_of(auditor)
        with django_assert_max_num_queries(11):
            shown = strip_tags(client.get(URL, {"subject": "CD-1"}).content.decode())
        for words in ("branch: River Town", "holder: Olga Sun", "trade: Retail sale", "kind: Bag of a field agent"):
            assert words in shown
