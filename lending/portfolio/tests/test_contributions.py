"""Proofs of where staff see a score come from."""

import pytest

from lending.credit import readable
from lending.credit.tests.cases import card, make_features
from lending.portfolio.tests.builders import install_rules, make_decision, make_product


class TestExplanationOf:
    def test_adds_up_to_the_score(self):
        told = readable.explanation_of(card("expert-trade"), make_features(buffer_days=2, inflow_trend=None))
        assert told.base_points + sum(row.points for row in told.rows) == told.points
        assert sum(row.difference for row in told.rows) == told.difference == told.points - told.reference_points

    def test_names_the_span_in_which_a_figure_lies(self):
        table = card("expert-trade")
        told = readable.explanation_of(table, make_features(net_flow_share=0.01, inflow_trend=None))
        by_feature = dict(zip((each["feature"] for each in table["characteristics"]), told.rows, strict=True))
        assert by_feature["net_flow_share"].span == "0% to less than 4%"
        assert by_feature["inflow_trend"].span == by_feature["inflow_trend"].value == "Not known"


@pytest.mark.django_db
class TestCasePage:
    def test_shows_every_contribution_and_their_sum(self, bank, enterprise, underwriter, client_of):
        install_rules()
        decision = make_decision(enterprise, make_product(), buffer_days=2)
        page = client_of(underwriter).get(f"/applications/{decision.application.reference}/").content.decode()
        told = readable.explanation_of(decision.scorecard.table, decision.features)
        assert told.points == decision.points
        part = page[page.index("Where the score comes from") :].partition("</details>")[0]
        assert part.count('<th scope="row">') == len(told.rows) + 1
        assert f'data-label="Points">{decision.points}</td>' in part
