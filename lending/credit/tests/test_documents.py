"""Proofs that staff bring what decides as a document, and that no document breaks anything."""

import json
from copy import deepcopy
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lending.credit import challenger, documents, operations, policy, queries, shipped
from lending.credit.models import Challenger, Policy, RuleStatus, Scorecard, StandardEdition
from lending.credit.refusals import RulesRefused
from lending.credit.tests.cases import TERMS, card, make_facts, make_features, standard_policy
from lending.credit.tests.test_challenger import TABLE as CHALLENGER
from portal.core.models import AuditEvent
from portal.core.transitions import TransitionRefused

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PAGE = "/credit/propose/"
STANDARDS = shipped.documents("defaults")[0]
DOCUMENTS = [card(), standard_policy(), CHALLENGER, STANDARDS]
GRADES = standard_policy()["grades"]
CARDS: list[dict[str, Any]] = [
    {"expires_on": "soon"},
    {"figures": [{}]},
    {"period": "x"},
    {"good_months": "x"},
    {"period": {"first": "x"}},
]
NODES: list[dict[str, Any]] = [
    {"at": "x"},
    {"of": 0.0},
    {"missing": []},
    {"low": 10**400},
    {"at": True, "low": None},
]
NODE = {"of": 0, "at": 1, "low": 0, "high": 1, "missing": "low"}


def with_link(**changed):
    return card() | {"link": card()["link"] | changed}


def with_rule(**rule):
    return standard_policy() | {"referrals": [{"code": "amount_needs_person", **rule}]}


def with_n(n):
    percentiles = {"10": 1, "25": 2, "50": 3, "75": 4, "90": 5, "n": n}
    return STANDARDS | {"standards": {"G": {"evidence_days": percentiles}}}


NASTY = [
    card() | {"code": "x\n"},
    card() | {"base_points": 500.0},
    card() | {"name_en": ""},
    card() | {"note": 1},
    with_link(points_to_double_odds=1e-9),
    with_link(points_to_double_odds="0.0000001"),
    *(card() | {"card": each} for each in CARDS),
    b'{"characteristics": [], "card": {"x": 1e999}}',
    with_rule(fact="horoscope", feature="evidence_days", at_least=1),
    with_rule(fact="term_months", feature="evidence_days", at_least=1000),
    with_rule(code="cash_flow_carries_less", feature="evidence_days", at_least=1000),
    with_rule(code="in_arrears", feature="evidence_days", at_least=1000, silent=True),
    with_rule(feature="evidence_days", at_least=0, unseen="in_arrears"),
    standard_policy() | {"grades": [GRADES[0] | {"pd_below": "0.001"}, *GRADES]},
    *(CHALLENGER | {"trees": [NODE | each]} for each in NODES),
    with_n(-3), with_n("1.5"), with_n(10**12),
    STANDARDS | {"standards": {"4711\n": {}}},
]  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_force(bank):
    operations.install_shipped(approved_by="U-APPROVER", on=date(2026, 3, 2), at=NOW)


def bring(client, document):
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return client.post(PAGE, {"file": SimpleUploadedFile("document.json", content)})


def propose(document):
    return operations.propose(document, by="U-ANALYST", at=NOW)


class TestPropose:
    @pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document["code"])
    def test_takes_every_kind_as_a_draft_whose_page_works(self, bank, analyst, client_of, document):
        client = client_of(analyst)
        told = bring(client, document)
        assert told.status_code == 302
        assert client.get(told["location"]).status_code == 200
        drafts = [
            model.objects.get() for model in (Scorecard, Policy, Challenger, StandardEdition) if model.objects.exists()
        ]
        assert [(each.status, each.proposed_by) for each in drafts] == [(RuleStatus.DRAFT, analyst.reference)]

    @pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document["code"])
    def test_what_is_downloaded_says_the_same(self, bank, analyst, client_of, document):
        client = client_of(analyst)
        page = bring(client, document)["location"]
        file = client.get(f"{page}document/")
        assert file["Cache-Control"] == "private, no-store"
        answer = bring(client, file.content)
        assert answer.status_code == 422
        assert "Version 1 says the same already." in answer.content.decode()

    def test_a_discarded_document_may_come_again(self, bank):
        operations.discard(propose(standard_policy()), by="U-ANALYST", at=NOW)
        assert propose(standard_policy()).version == 2

    def test_is_closed_to_those_who_only_read(self, bank, auditor, client_of):
        assert bring(client_of(auditor), card()).status_code == 403

    def test_whoever_brought_it_cannot_approve_it(self, bank, analyst, client_of):
        client = client_of(analyst)
        page = bring(client, card())["location"]
        assert "Approve</button>" not in client.get(page).content.decode()
        client.post(f"{page}approve/")
        assert Scorecard.objects.get().status == RuleStatus.DRAFT


class TestBadDocuments:
    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"", "empty"),
            (b"{", "not JSON"),
            (b"\xff\xfe{}", "not JSON"),
            (b"[]", "This is no scorecard"),
            (b'{"characteristics": NaN}', "not JSON"),
            (b'{"code": "a\\u0000", "characteristics": []}', "no text"),
            (b'{"code": "\\ud800", "characteristics": []}', "not JSON"),
            (b"[" * 100_000, "not JSON"),
            (b'{"characteristics": 1}', "“$.code” is missing"),
            (b'{"knock_outs": {"code": 1}}', "$"),
            (b'{"standards": [1]}', "$"),
            (b'{"trees": {}}', "$"),
        ],
    )
    def test_are_refused_at_the_file(self, bank, analyst, client_of, content, told):
        answer = bring(client_of(analyst), content)
        assert answer.status_code == 422
        assert told in answer.content.decode()

    @pytest.mark.parametrize(
        ("place", "value", "code"),
        [
            (("grades", 0, "pd_below"), "much", "shape_unknown"),
            (("grades", 0, "pd_below"), "0.9", "grades_unordered"),
            (("referrals", 2, "is"), None, "shape_unknown"),
            (
                ("referrals", 2),
                {"code": "holder_differs", "fact": "holder_matches", "at_least": 1},
                "rule_of_another_kind",
            ),
            (("referrals", 5), {"code": "short", "feature": "evidence_days", "is": True}, "rule_of_another_kind"),
            (("knock_outs", 0, "fact"), "horoscope", "input_unknown"),
            (("code",), "../x", "shape_unknown"),
        ],
    )
    def test_name_the_place(self, place, value, code):
        table = deepcopy(standard_policy())
        part = table
        for step in place[:-1]:
            part = part[step]
        part[place[-1]] = value
        with pytest.raises(RulesRefused) as refused:
            propose(table)
        assert refused.value.code == code
        assert not Policy.objects.exists()

    @pytest.mark.parametrize("document", NASTY, ids=range(len(NASTY)))
    def test_what_would_break_a_page_or_judging_is_refused(self, bank, analyst, client_of, document):
        client = client_of(analyst)
        assert bring(client, document).status_code == 422
        assert client.get("/credit/scorecards/").status_code == 200

    @pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document["code"])
    def test_any_part_of_another_kind_is_refused_or_can_be_shown_and_judges(self, bank, analyst, client_of, document):
        chance, client = Random(7), client_of(analyst)
        for _ in range(25):
            broken = deepcopy(document)
            _break(broken, chance)
            answer = bring(client, broken)
            assert answer.status_code in {302, 422}
            if answer.status_code == 302:
                assert client.get(answer["location"]).status_code == 200
                _judge(broken)


def _judge(document):
    figures = make_features()
    if "trees" in document:
        challenger.probability_of_default(document, figures)
    elif "standards" not in document:
        table, rules = (document, standard_policy()) if "characteristics" in document else (card(), document)
        policy.judge(figures, make_facts(), table, rules, TERMS)


def _break(part, chance):
    """Put something else at a place drawn by chance, some steps down."""
    while True:
        key = chance.choice(list(part) if isinstance(part, dict) else range(len(part)))
        deeper = isinstance(part[key], dict | list) and part[key]
        if not deeper or chance.random() < 0.2:
            part[key] = chance.choice([None, True, -1, 1e300, "", "x", [], {}, [[]], "1", 0])
            return
        part = part[key]


class TestChanges:
    def test_names_what_a_version_changes(self, in_force, analyst, client_of):
        table = standard_policy()
        table["grades"][1]["price"] = "0.4"
        table["referrals"].append({"code": "amount_needs_person", "feature": "evidence_days", "at_least": 30})
        draft = propose(table)
        found = documents.changes(Policy.objects.active().get(), draft)
        assert [(each.place, each.before, each.after) for each in found] == [
            ("referrals / amount_needs_person evidence_days / code", "", '"amount_needs_person"'),
            ("referrals / amount_needs_person evidence_days / feature", "", '"evidence_days"'),
            ("referrals / amount_needs_person evidence_days / at_least", "", "30"),
            ("grades / B / price", '"0.3"', '"0.4"'),
        ]
        page = client_of(analyst).get(f"/credit/policies/standard/{draft.version}/").content.decode()
        assert "grades / B / price" in page

    def test_hides_none_behind_another_of_the_same_name(self, in_force):
        table = standard_policy()
        table["referrals"].insert(0, table["referrals"][3] | {"at_most": 99})
        found = documents.changes(Policy.objects.active().get(), propose(table))
        assert "99" in [each.after for each in found]

    def test_are_told_against_what_is_in_force_by_another_name(self, in_force, analyst, client_of):
        draft = propose(standard_policy() | {"code": "stricter", "most_missing": 1})
        page = client_of(analyst).get(f"/credit/policies/stricter/{draft.version}/").content.decode()
        assert "most_missing" in page
        card_alike = propose(card("expert-transport") | {"code": "carriers", "base_points": 470})
        assert queries.in_force_instead(card_alike, on=NOW.date()) == Scorecard.objects.get(code="expert-transport")


class TestDiscard:
    def test_drops_a_draft_and_leaves_a_trace(self, bank, analyst, client_of):
        draft = propose(card())
        client_of(analyst).post(f"/credit/scorecards/{draft.code}/1/discard/")
        assert Scorecard.objects.get().status == RuleStatus.DISCARDED
        event = AuditEvent.objects.get(verb="scorecard.discarded")
        assert (event.subject, event.by) == (draft.reference, analyst.reference)

    def test_nothing_else(self, in_force):
        rules = Policy.objects.get()
        with pytest.raises(TransitionRefused):
            operations.discard(rules, by="U-ANALYST", at=NOW)

    def test_a_discarded_draft_is_never_approved(self, bank):
        draft = propose(card())
        operations.discard(draft, by="U-ANALYST", at=NOW)
        with pytest.raises(TransitionRefused):
            operations.approve(draft, by="U-APPROVER", at=NOW)
