"""Proofs that the bank's rules know the cast."""

from lending.credit import shipped
from portal.seed.cast import ENTERPRISES, TRADES
from portal.seed.learners import LEARNERS
from portal.seed.story.founding import COURSES
from training import content

SECTIONS = {"01": "A", "03": "A", "10": "C", "14": "C", "45": "G", "47": "G", "49": "H", "55": "I", "56": "I"}


class TestTrades:
    def test_have_an_expert_card_of_their_own_each(self):
        judged = {section for each in shipped.documents("cards") for section in each["industries"]}
        assert {SECTIONS[each.industry[:2]] for each in TRADES.values()} <= judged


class TestLearners:
    def test_are_of_the_cast_and_read_what_there_is(self):
        named = {each.legal_name for each in ENTERPRISES}
        for each in LEARNERS:
            assert each.enterprise in named
            lessons = len(content.read(COURSES / each.course).lessons)
            assert each.lessons == lessons if each.wrong else each.lessons < lessons
            assert len(each.wrong) <= each.days_ago  # one attempt a day
