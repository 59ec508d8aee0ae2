"""Proofs of what a model card says before anyone trusts a scorecard."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from lending.credit import model_card, operations, readable
from lending.credit.models import Scorecard
from lending.credit.tests.cases import card

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CARD = {
    "purpose_en": "Deciding small loans.",
    "purpose_zh_hans": "小额贷款决策。",
    "data_en": "Loans of 2024.",
    "period": {"first": "2024-01-01", "last": "2024-12-31"},
    "expires_on": "2026-02-28",
    "figures": [
        {"rows": 1200, "bad": 60, "auc": [0.81, 0.77, 0.85], "brier": 0.05},
        {"kind": "setting", "value": "village", "rows": 400, "bad": 25, "auc": [0.8, 0.7, 0.9]},
    ],
}


class TestRead:
    def test_takes_the_readers_language_and_english_where_there_is_no_other(self):
        read = model_card.read(CARD, language="zh_hans")
        assert (read.texts["purpose"], read.texts["data"], read.texts["owner"]) == (
            "小额贷款决策。",
            "Loans of 2024.",
            "",
        )

    def test_takes_figures_with_and_without_intervals(self):
        [whole, village] = model_card.read(CARD, language="en").lines
        assert whole.measures["auc"] == model_card.Measure(0.81, 0.77, 0.85)
        assert whole.measures["brier"] == model_card.Measure(0.05)
        assert (village.kind, village.rows, "ks" in village.measures) == ("setting", 400, False)

    def test_says_nothing_of_an_empty_card(self):
        read = model_card.read({}, language="en")
        assert (read.first, read.expires_on, read.lines, set(read.texts.values())) == (None, None, [], {""})
        assert not read.has_expired(date(2100, 1, 1))

    def test_expires_after_its_day(self):
        read = model_card.read(CARD, language="en")
        assert [read.has_expired(date(2026, 2, 28)), read.has_expired(date(2026, 3, 1))] == [False, True]

    def test_is_good_for_its_months_from_the_day_it_decides(self):
        read = [
            model_card.read(each, language="en", in_force_from=day).expires_on
            for each in ({"good_months": 12}, CARD | {"good_months": 12}, {})
            for day in (date(2024, 2, 29), None)
        ]
        assert read == [date(2025, 2, 28), None, date(2026, 2, 28), date(2026, 2, 28), None, None]


class TestPeriod:
    @pytest.mark.parametrize(
        ("period", "shown"),
        [
            ({"first": "2024-01-01", "last": "2024-12-31"}, "Jan 1, 2024 – Dec 31, 2024"),
            ({"first": "2024-12-31", "last": "2024-12-31"}, "Dec 31, 2024"),
            ({}, "Not stated"),
        ],
    )
    def test_is_one_day_where_everyone_is_judged_on_it(self, period, shown):
        told = dict(readable.model_card(CARD | {"period": period}, in_force_from=None, on=date(2026, 1, 1)).texts)
        assert told["Period"] == shown


class TestSegment:
    @pytest.mark.parametrize(
        ("kind", "value", "name"),
        [
            ("section", "G", "Trade"),
            ("section", "Z", "Z"),
            ("setting", "village", "Village"),
            ("age", "1_to_3", "1 to 3 years"),
            ("harbor", "north", "north"),
        ],
    )
    def test_is_named_in_the_readers_language(self, kind, value, name):
        assert readable.segment(kind, value, {"G": "Trade"}) == name


@pytest.mark.django_db
class TestPage:
    URL = "/credit/scorecards/expert-general/1/card/"

    @pytest.fixture
    def proposed(self, bank, analyst):
        return operations.propose_scorecard(card() | {"card": CARD}, by=analyst.reference, at=NOW)

    def test_shows_what_the_card_says(self, proposed, auditor, client_of):
        page = client_of(auditor).get(self.URL).content.decode()
        for text in ("Deciding small loans.", "0.81 (0.77 to 0.85)", "Village", "Not stated", "Rui Tan"):
            assert text in page
        assert "should have been looked at again" in page

    def test_is_linked_from_the_scorecard(self, proposed, auditor, client_of):
        assert self.URL in client_of(auditor).get("/credit/scorecards/expert-general/1/").content.decode()

    def test_stands_for_every_shipped_card(self, bank, auditor, client_of):
        operations.install_shipped(approved_by="U-APPROVER", on=date(2026, 3, 2), at=NOW)
        for code in Scorecard.objects.values_list("code", flat=True):
            answer = client_of(auditor).get(f"/credit/scorecards/{code}/1/card/")
            assert answer.status_code == 200
            page = answer.content.decode()
            assert "fitted to no file" in page
            assert "Mar 2, 2027" in page
            assert "who made the portal" in page

    def test_is_closed_to_others(self, proposed, officer, owner, client_of):
        assert [client_of(user).get(self.URL).status_code for user in (officer, owner)] == [403, 403]

    def test_is_not_there_for_a_card_that_is_not(self, proposed, auditor, client_of):
        assert client_of(auditor).get("/credit/scorecards/expert-general/9/card/").status_code == 404

    def test_is_only_read(self, proposed, auditor, client_of):
        assert client_of(auditor).post(self.URL).status_code == 405


@pytest.mark.django_db
class TestReview:
    """The list of scorecards says which should be looked at again."""

    @pytest.mark.parametrize(("days", "late"), [(30, False), (800, True)])
    def test_stands_beside_what_decides(self, days, late, bank, auditor, client_of):
        at = timezone.now() - timedelta(days=days)
        operations.install_shipped(approved_by=auditor.reference, on=timezone.localdate(at), at=at)
        page = client_of(auditor).get("/credit/scorecards/").content.decode()
        assert ("That day has passed." in page) is late

    def test_names_who_proposed_and_approved(self, bank, auditor, client_of):
        operations.install_shipped(approved_by=auditor.reference, on=date(2026, 3, 2), at=NOW)
        page = client_of(auditor).get("/credit/scorecards/expert-general/1/").content.decode()
        assert "who made the portal · " in page
        assert "Ai Deng · " in page


@pytest.mark.django_db
class TestProposeScorecard:
    def test_keeps_the_card_beside_the_table_that_decides(self, bank):
        draft = operations.propose_scorecard(card() | {"card": CARD}, by="U-AUTHOR", at=NOW)
        other = operations.propose_scorecard(card() | {"card": {}}, by="U-AUTHOR", at=NOW)
        assert draft.card == CARD
        assert "card" not in draft.table
        assert {key: value for key, value in draft.table.items() if key != "version"} == {
            key: value for key, value in other.table.items() if key != "version"
        }
