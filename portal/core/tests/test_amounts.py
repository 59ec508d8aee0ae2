"""Amounts as people and programs enter them."""

import json
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import override
from rest_framework.exceptions import ValidationError as Refused

from portal.core.amounts import AmountField, InCurrency, PercentField, WrittenAmount

HIDDEN = ["1e3", "1E3", "１ｅ３", "1e-1", "1_000", "١٠", "0x10", "1.0.0", "NaN", "Infinity"]


class TestAmountField:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("1,000.00", 1000),
            ("１,００００", 10000),
            (" 1 000 ", 1000),
            ("¥1,000.5", "1000.5"),
            (".5", "0.5"),
            ("30000元", 30000),
            ("3万", 30000),
            ("¥３．５ 万元", 35000),
            ("1.23456万", "12345.6"),
            ("1万2", 12000),
            ("１万２千元", 12000),
            ("5千", 5000),
            ("3千5", 3500),
            ("1万2千块", 12000),
            ("1亿", 100_000_000),
            ("1.05亿元", 105_000_000),
            ("1亿2千万", 120_000_000),
        ],
    )
    def test_reads_amounts_as_people_write_them(self, written, read):
        assert AmountField().clean(written) == Decimal(read)

    def test_writes_tens_of_thousands_out(self):
        assert str(AmountField().clean("3万")) == "30000"

    @pytest.mark.parametrize(
        ("written", "says"),
        [
            ("9" * 1_000_000 + "万", "This amount has too many digits."),
            ("1." + "0" * 35 + "1万", "This amount has too many digits."),
            ("-3万", "Give an amount of at least 0.01."),
        ],
    )
    def test_loses_no_digit_of_tens_of_thousands(self, written, says):
        with pytest.raises(ValidationError) as refused:
            AmountField().clean(written)
        assert refused.value.messages == [says]

    @pytest.mark.parametrize(
        "written",
        [
            *HIDDEN,
            "ten",
            "1,50",
            "1.000,50",
            "1,2,3",
            "万",
            "¥万",
            "元",
            "3万2元",
            "3万20",
            "3.5万2",
            "3千5千",
            "1亿2千",
            "1亿2元",
            "千",
            "3万万",
            "1,5万",
            "三万",
            "1e3万",
        ],
    )
    @pytest.mark.parametrize(
        ("language", "says"),
        [("en", "Give an amount in digits, for example 1,000.00."), ("zh-hans", "请用数字填写金额，例如1,000.00。")],
    )
    def test_refuses_what_is_not_plain_digits(self, written, language, says):
        with pytest.raises(ValidationError) as refused:
            AmountField().clean(written)
        with override(language):
            assert refused.value.messages == [says]

    @pytest.mark.parametrize(
        ("written", "says"),
        [
            ("", "Give an amount."),
            ("999.99", "Give an amount of at least 1,000.00."),
            ("1000.001", "Give an amount with two decimals at most."),
        ],
    )
    def test_refuses_in_the_houses_words(self, written, says):
        with pytest.raises(ValidationError) as refused:
            AmountField(min_value=Decimal(1000)).clean(written)
        assert refused.value.messages == [says]


class TestWords:
    @pytest.mark.parametrize(
        ("written", "english", "chinese"),
        [
            ("12", "12 yuan", "12元"),
            ("120,000", "120 thousand yuan", "12万元"),
            ("3.5万", "35 thousand yuan", "3.5万元"),
            ("1234567.8", "1.234568 million yuan", "123.45678万元"),
            ("", "", ""),
            ("<b>", "", ""),
        ],
    )
    def test_say_what_is_typed(self, client, written, english, chinese):
        for language, said in (("en", english), ("zh-hans", chinese)):
            client.cookies["language"] = language
            assert client.get(reverse("amount_in_words"), {"amount": written}).text == said

    def test_are_said_in_yuan_only(self, client, settings):
        settings.BANK_CURRENCY = "EUR"
        assert client.get(reverse("amount_in_words"), {"amount": "12"}).text == ""


class PaidForm(InCurrency):
    amount = AmountField()


class KeptForm(forms.Form):
    amount = AmountField()


class TestInCurrency:
    @pytest.mark.parametrize(
        ("currency", "amount", "shown", "keys"),
        [("KWD", "1.5", "1.500", "decimal"), ("CNY", "1.500", "1.50", "decimal"), ("JPY", "1.000", "1", "numeric")],
    )
    def test_writes_and_asks_in_the_digits_of_the_currency(self, currency, amount, shown, keys):
        page = str(PaidForm(currency=currency, initial={"amount": Decimal(amount)})["amount"])
        assert (f'value="{shown}"' in page, f'inputmode="{keys}"' in page) == (True, True)

    @pytest.mark.parametrize(
        ("currency", "written", "says"),
        [
            ("KWD", "0.001", None),
            ("KWD", "1.2345", "Give an amount with three decimals at most."),
            ("KWD", "0", "Give an amount of at least 0.001."),
            ("JPY", "1,500", None),
            ("JPY", "1.5", "Give a whole amount, without decimals."),
            ("JPY", "0", "Give an amount of at least 1."),
            ("JPY", "ten", "Give an amount in digits, for example 1,000."),
            ("CNY", "0.001", "Give an amount of at least 0.01."),
            ("CNY", "1.001", "Give an amount with two decimals at most."),
        ],
    )
    def test_takes_what_the_currency_has(self, currency, written, says):
        form = PaidForm({"amount": written}, currency=currency)
        assert form.errors.get("amount", [None])[0] == says

    @pytest.mark.parametrize(("currency", "written"), [("KWD", "1.001"), ("JPY", "1.5")])
    def test_takes_elsewhere_no_more_than_is_kept(self, settings, currency, written):
        settings.BANK_CURRENCY = currency
        assert not KeptForm({"amount": written}).is_valid()
        assert KeptForm({"amount": "1"}).is_valid()


class TestWrittenAmount:
    @pytest.mark.parametrize("sent", ["30.00", " 30 ", 30, 30.0, json.loads("3e1")])
    def test_reads_numbers_and_text(self, sent):
        assert WrittenAmount().run_validation(sent) == 30

    @pytest.mark.parametrize("sent", HIDDEN)
    def test_refuses_what_is_not_plain_digits(self, sent):
        with pytest.raises(Refused, match="Give an amount in digits"):
            WrittenAmount().run_validation(sent)

    def test_refuses_nothing_at_all(self):
        with pytest.raises(Refused, match="above zero"):
            WrittenAmount().run_validation("0")


class TestPercentField:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("12.5", "0.125"),
            (" 3 ", "0.03"),
            ("１２", "0.12"),
            (3, "0.03"),
            ("0", "0"),
            ("6.6%", "0.066"),
            ("６．６％", "0.066"),
        ],
    )
    def test_reads_percent_as_a_fraction(self, written, read):
        assert PercentField().clean(written) == Decimal(read)

    @pytest.mark.parametrize("written", ["1e1", "1E1", "1_0", "NaN", "ten"])
    def test_refuses_what_is_not_plain_digits(self, written):
        with pytest.raises(ValidationError, match="number"):
            PercentField().clean(written)
