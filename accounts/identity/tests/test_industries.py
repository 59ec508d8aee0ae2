"""Proofs of the industry classification and its search."""

import pytest
from django.utils.translation import override

from accounts.identity import operations
from accounts.identity.models import Industry
from accounts.identity.queries import find_industries, near_industries


@pytest.fixture
def industries(db: None) -> None:
    """The whole classification, loaded."""
    operations.load_industries()


class TestLoadIndustries:
    def test_loads_every_level_of_the_published_classification(self, db):
        assert operations.load_industries() == 766
        by_digits = [
            Industry.objects.filter(code__regex=pattern).count()
            for pattern in (r"^[A-Z]$", r"^\d{2}$", r"^\d{3}$", r"^\d{4}$")
        ]
        assert by_digits == [21, 88, 238, 419]

    def test_gives_every_node_its_section_and_both_names(self, industries):
        noodles = Industry.objects.get(code="5610")
        assert (noodles.section, noodles.parent_id) == ("I", "561")
        assert not Industry.objects.filter(name_en="").exists()
        assert not Industry.objects.filter(name_zh_hans="").exists()

    def test_loaded_twice_is_loaded_once(self, industries):
        Industry.objects.filter(code="5610").update(name_en="Changed")
        operations.load_industries()
        assert Industry.objects.count() == 766
        assert Industry.objects.get(code="5610").name_en == "Restaurants and mobile food service activities"


class TestNearIndustries:
    @pytest.mark.parametrize(("asked", "code"), [("采茶", "0127"), ("酸辣面", "5610"), ("noodle zeppelin", "5610")])
    def test_finds_by_parts_what_is_said_in_no_trade(self, industries, asked, code):
        assert find_industries(asked) == []
        assert code in {each.code for each in near_industries(asked)}

    @pytest.mark.parametrize("asked", ["", "zeppelin", "x y"])
    def test_finds_nothing_in_other_words(self, industries, asked):
        assert near_industries(asked) == []


class TestFindIndustries:
    @pytest.mark.parametrize(
        ("asked", "code"),
        [
            ("noodle shop", "5610"),
            ("面馆", "5610"),
            ("5610", "5610"),
            ("我开面馆", "5610"),
            ("I run a noodle shop", "5610"),
            ("Village Shop", "4711"),
            ("小卖部", "4711"),
            ("养猪", "0145"),
            ("growing of rice", "0112"),
            ("快递", "5320"),
            ("理发", "9602"),
            ("跑运输", "4923"),
            ("小卖店", "4711"),
            ("修电动车", "4540"),
            ("电动车修理", "4540"),
            ("收废品", "4669"),
            ("卖水果", "4721"),
            ("卤味店", "4721"),
            ("送外卖", "5320"),
            ("足疗", "9609"),
            ("KTV", "9329"),
            ("养鹅", "0146"),
            ("种地", "0111"),
            ("夜宵", "5610"),
        ],
    )
    def test_finds_the_trade_first_by(self, industries, asked, code):
        assert find_industries(asked)[0].code == code

    def test_finds_all_words_in_any_order(self, industries):
        assert "4663" in [found.code for found in find_industries("wholesale hardware")]

    def test_finds_the_classes_of_a_family(self, industries):
        assert {found.code for found in find_industries("Animal production")} >= {"0141", "0146"}

    def test_offers_classes_only(self, industries):
        assert {len(found.code) for found in find_industries("retail", limit=100)} == {4}

    def test_takes_signs_of_patterns_literally(self, industries):
        assert find_industries("%") == []
        assert find_industries("a_b") == []

    def test_finds_nothing_for_nothing(self, industries):
        assert find_industries("   ") == []

    def test_asks_once(self, industries, django_assert_num_queries):
        with django_assert_num_queries(1):
            find_industries("tea")


class TestEveryday:
    @pytest.mark.parametrize(
        ("asked", "language", "told"),
        [
            ("茶叶", "zh-hans", "茶叶店、烟酒店、酒行、卖茶"),
            ("龙井秀英茶叶店", "zh-hans", "茶叶店、烟酒店、酒行、卖茶"),
            ("Tea", "en", "tea shop, liquor store, wine shop"),
        ],
    )
    def test_says_first_what_was_asked_for(self, industries, asked, language, told):
        with override(language):
            assert Industry.objects.get(code="4722").everyday(asked) == told
