"""Banks known by name, BIC or CNAPS code."""

import pytest
from django.utils.translation import override

from accounts.settlement import banks

ICBC_HEAD_OFFICE = "102100099996"


class TestCodeOf:
    @pytest.mark.parametrize(
        "text", ["中国工商银行", " 工商银行 ", "Industrial and Commercial Bank of China", "icbkcnbj"]
    )
    def test_knows_a_bank_by_its_names(self, text):
        assert banks.code_of(text) == "ICBKCNBJ"

    def test_leaves_other_codes_as_they_are_written(self):
        assert [banks.code_of(text) for text in ("1021 0009 9996", "spuede2u", "")] == [
            ICBC_HEAD_OFFICE, "SPUEDE2U", "",
        ]  # fmt: skip


class TestIsValid:
    def test_takes_the_codes_of_ten_head_offices(self):
        head_offices = (
            ICBC_HEAD_OFFICE, "103100000026", "104100000004", "105100000017", "301290000007",
            "302100011000", "305100000013", "308584000013", "309391000011", "403100000004",
        )  # fmt: skip
        assert all(banks.is_valid(code) for code in head_offices)

    @pytest.mark.parametrize("code", ["102100099997", "10210009999", "NOBANK", "１０２１０００９９９９６"])
    def test_refuses_a_slip(self, code):
        assert not banks.is_valid(code)

    @pytest.mark.parametrize("code", ["PAYMENTS", "SPUEXX2U", "SPUEDE1U", "SPUEDE2O", "SPUEEU2UXXX", "1234DE2U", ""])
    def test_refuses_letters_of_no_country_or_place(self, code):
        assert not banks.is_valid(code)

    @pytest.mark.parametrize("code", ["ABCDDE2A", "ABCDCN22XXX", "NCBVXKPR"])
    def test_takes_unknown_banks_of_a_country(self, code):
        assert banks.is_valid(code)


class TestAgrees:
    DE, FR = "DE21500500009876543210", "FR1420041010050500013M02606"

    @pytest.mark.parametrize(
        ("code", "number", "agrees"),
        [
            ("SPUEDE2U", DE, True),
            ("ICBKCNBJ", DE, False),
            ("BREDFRPP", FR, True),
            ("BREDGPGX", FR, True),
            ("BREDGPGX", DE, False),
            ("ICBKCNBJ", "6222020200112233445", True),
            (ICBC_HEAD_OFFICE, DE, True),
        ],
    )
    def test_compares_the_countries_where_both_name_one(self, code, number, agrees):
        assert banks.agrees(code, number) is agrees


class TestTold:
    def test_names_the_bank_in_the_readers_language(self):
        assert banks.told("ICBKCNBJXXX") == "Industrial and Commercial Bank of China · ICBKCNBJXXX"
        with override("zh-hans"):
            assert banks.told(ICBC_HEAD_OFFICE) == "中国工商银行 · 102100099996"

    def test_names_the_kind_of_bank_where_many_share_a_code(self):
        assert banks.name_of("402521000032") == "Rural credit cooperative"

    def test_names_banks_abroad_as_their_register_does(self):
        assert banks.name_of("GENODEM1GLS").startswith("GLS")

    def test_shows_the_code_where_nobody_knows_the_name(self):
        assert banks.told("ZZZZCNBJ") == "ZZZZCNBJ"
