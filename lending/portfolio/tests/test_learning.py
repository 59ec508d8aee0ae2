"""Proofs that the bank learns from its own book, and that what it learned comes with a model card."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from lending.applications.tests.builders import make_decided
from lending.credit import model_card
from lending.credit import operations as credit
from lending.credit.models import Challenger, Scorecard
from lending.credit.operations import SameActor
from lending.portfolio.tests.builders import install_rules, make_customer, make_decision, make_loan, make_product
from lending.products.tests.builders import make_product as make_offered
from portal.core.dates import add_months

WHY = "learning is an optional extra: pip install -r requirements-learn.txt"
for _library in ("numpy", "scipy", "lightgbm"):
    pytest.importorskip(_library, reason=WHY)

from lending.portfolio.tests.builders import NOW, TODAY  # noqa: E402

CASES = 48
PAID_OUT = add_months(TODAY, -14)

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(bank):
    """Four dozen loans of last year, of which those with thin reserves were not repaid."""
    install_rules()
    product = make_product()
    for number in range(CASES):
        is_bad = number % 3 == 0
        shop = make_customer(bank.branch, setting=("town", "village")[number % 2])
        at = NOW.replace(year=PAID_OUT.year, month=PAID_OUT.month, day=PAID_OUT.day)
        days = (3 if is_bad else 30) + number % 7
        decision = make_decision(shop, product, at=at, buffer_days=days, inflow_volatility=0.4 + number % 5 / 10)
        make_loan(decision, disbursed_on=PAID_OUT, paid_late=[0, 200 if is_bad else 0, *[0] * 10])


class TestLearnFromTheBook:
    def test_proposes_a_table_with_a_model_card(self, book, tmp_path, analyst):
        call_command("train_scorecard", "book", output=tmp_path, repeats=1, by=analyst.reference, stdout=StringIO())
        draft = Scorecard.objects.get(code="learned")
        assert (draft.status, draft.proposed_by) == ("draft", analyst.reference)
        assert Challenger.objects.get(code="learned-challenger").status == "draft"
        card = model_card.read(draft.card, language="en")
        assert all(card.texts.values())
        assert (card.first, card.expires_on is not None) == (PAID_OUT, True)
        [whole, *segments] = card.lines
        assert (whole.rows, whole.bad) == (CASES, CASES // 3)
        assert whole.measures["auc"].low <= whole.measures["auc"].value <= whole.measures["auc"].high
        assert {(each.kind, each.value) for each in segments} == {
            ("section", "G"), ("setting", "town"), ("setting", "village"), ("age", "3_to_10"),
        }  # fmt: skip
        written = json.loads((tmp_path / "scorecard.json").read_text())
        assert written["card"] == draft.card

    def test_decides_for_its_trades_once_another_person_approved_it(self, book, tmp_path, analyst, enterprise, owner):
        options = {"output": tmp_path, "repeats": 1, "section": ["G"], "by": analyst.reference, "stdout": StringIO()}
        call_command("train_scorecard", "book", **options)
        draft = Scorecard.objects.get(code="learned")
        with pytest.raises(SameActor):
            credit.approve(draft, by=analyst.reference, at=NOW)
        credit.approve(draft, by="U-APPROVER", at=NOW)
        credit.activate(draft, on=TODAY, by=analyst.reference, at=NOW)
        assert make_decided(enterprise, by=owner, product=make_offered("other")).decision.scorecard == draft

    def test_proposes_what_was_written_with_the_same_words_elsewhere(self, book, tmp_path, analyst):
        call_command("train_scorecard", "book", output=tmp_path, repeats=1, by=analyst.reference, stdout=StringIO())
        call_command("propose_scorecard", tmp_path, by=analyst.reference, stdout=StringIO())
        for model, code in ((Scorecard, "learned"), (Challenger, "learned-challenger")):
            first, second = model.objects.filter(code=code).order_by("version")
            assert first.source == second.source
            assert first.source.startswith(f"book: {CASES} enterprises, {CASES // 3} bad; AUC ")

    def test_reports_segments_by_their_names(self, book, tmp_path):
        call_command("validate_scorecard", "book", output=tmp_path, repeats=1, stdout=StringIO())
        page = (tmp_path / "report.html").read_text()
        assert page.count("<figure") == 6  # found, points, grades, and three kinds of segments
        for name in ("Town or village: Village", "Age of the enterprise: 3 to 10 years", "Industry: "):
            assert name in page

    def test_refuses_an_empty_book(self, bank, tmp_path):
        with pytest.raises(CommandError, match="book"):
            call_command("train_scorecard", "book", output=tmp_path, stdout=StringIO())

    def test_refuses_a_proposer_whom_it_does_not_know(self, book, tmp_path):
        with pytest.raises(CommandError, match="Nobody on the staff"):
            call_command("train_scorecard", "book", output=tmp_path, by="U-NOBODY", stdout=StringIO())
        assert not list(tmp_path.iterdir())
