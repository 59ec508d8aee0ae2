"""Amounts in capital figures."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from portal.core.capitals import capitals
from portal.core.formats import in_words


class TestCapitals:
    @pytest.mark.parametrize(
        ("amount", "told"),
        [
            ("0", "零元整"),
            ("0.05", "伍分"),
            ("0.50", "伍角整"),
            ("10", "壹拾元整"),
            ("1409.50", "壹仟肆佰零玖元伍角整"),  # these four stand in the rules
            ("6007.14", "陆仟零柒元壹角肆分"),
            ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
            ("107000.53", "壹拾万零柒仟元伍角叁分"),
            ("-30000", "叁万元整"),
            ("20000005", "贰仟万零伍元整"),
            ("100000000", "壹亿元整"),
            ("1000100000000", "壹万零壹亿元整"),
            ("1234500000678", "壹万贰仟叁佰肆拾伍亿零陆佰柒拾捌元整"),
            ("10000000000000000", "壹亿亿元整"),
            ("1000000000000000", "壹仟万亿元整"),
            ("123456789012.34", "壹仟贰佰叁拾肆亿伍仟陆佰柒拾捌万玖仟零壹拾贰元叁角肆分"),
        ],
    )
    def test_writes_as_the_rules_do(self, amount, told):
        assert capitals(Decimal(amount)) == f"人民币{told}"


class TestInWords:
    @pytest.mark.parametrize(
        ("language", "currency", "told"),
        [("zh-hans", "CNY", "人民币伍元整"), ("en", "CNY", ""), ("zh-hans", "EUR", "")],
    )
    def test_is_for_yuan_in_chinese(self, language, currency, told):
        with override(language):
            assert in_words(Decimal("5.000"), currency) == told
