"""Proofs that the bank's rules know the cast."""

from lending.credit import shipped
from portal.seed.cast import TRADES

SECTIONS = {"01": "A", "03": "A", "10": "C", "14": "C", "45": "G", "47": "G", "49": "H", "55": "I", "56": "I"}


class TestTrades:
    def test_have_an_expert_card_of_their_own_each(self):
        judged = {section for each in shipped.documents("cards") for section in each["industries"]}
        assert {SECTIONS[each.industry[:2]] for each in TRADES.values()} <= judged
