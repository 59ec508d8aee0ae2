"""Amounts as people and programs enter them: digits and one point, nothing that hides how large they are."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Final

from django import forms
from django.conf import settings
from django.core.validators import DecimalValidator, MinValueValidator
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import fields, serializers

from portal.core import formats
from portal.core.money import digits, rounded

PLAIN: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
GROUPING: Final = re.compile(r"(?<=[0-9]),(?=[0-9]{3})")
UNITS: Final = {"亿": 8, "万": 4, "千": 3}
# 1万2 is 1.2万, as are 1万2千 and 1万2千元; 1万2元 is nothing clear.
SPOKEN: Final = re.compile("^(¥?[0-9]+)(亿|万|千)([1-9])(?:(?:(?<=亿.)千万|(?<=万.)千)[元块]?)?$")
WHOLE_DIGITS: Final = 16  # as many as the tables take
NOT_PLAIN: Final = _("Give an amount in digits, for example 1,000.00.")
NOT_PLAIN_WHOLE: Final = _("Give an amount in digits, for example 1,000.")
TOO_FINE: Final = {
    0: _("Give a whole amount, without decimals."),
    2: _("Give an amount with two decimals at most."),
    3: _("Give an amount with three decimals at most."),
}


class FigureField(forms.DecimalField):
    """A number as people write it: grouping commas and blanks are dropped, full-width digits understood.

    What Python reads beside digits, as ``1e3``, is refused, and a comma that groups nothing, as in ``1,50``.
    """

    def to_python(self, value: Any) -> Any:
        """Read the number."""
        plain = "".join(unicodedata.normalize("NFKC", "" if value is None else str(value)).split()).lstrip("¥")
        plain = GROUPING.sub("", plain)
        if plain and not PLAIN.fullmatch(plain):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(plain)


def in_bank_currency(label: Any) -> Any:
    """Name, behind a label, the unit in which the bank counts: "How much? (yuan)"."""
    return lazy(
        lambda: _("%(label)s (%(unit)s)") % {"label": label, "unit": formats.unit_of(settings.BANK_CURRENCY)}, str
    )()


class PercentField(FigureField):
    """A fraction that people write in percent, with the sign or without it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{"max_digits": 7, "decimal_places": 4, "min_value": 0, "widget": widget, **kwargs})

    def clean(self, value: Any) -> Decimal | None:
        """Read percent as a fraction."""
        plain = unicodedata.normalize("NFKC", "" if value is None else str(value)).strip()
        read: Decimal | None = super().clean(plain.removesuffix("%"))
        return None if read is None else read / 100


class AmountField(FigureField):
    """An amount, perhaps in thousands and what Chinese counts beyond: ``5千``, ``3.5万元``, ``1万2``, ``1亿``.

    It is as fine as the currency of its form (`InCurrency`); elsewhere as the bank's, of which two decimals are kept.
    It is above zero where no least amount is named. Browsers keep what was typed for the way back.

    Where several share one label, refusals above the form name the field by its ``full_label``.

    :param in_words: say below it what is written, as it is typed where scripts run: who thinks in tens of thousands
        sees that 12 is 12 yuan.
    """

    full_label: Any = ""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("Give an amount."),
        "invalid": NOT_PLAIN,
        "min_value": _("Give an amount of at least %(limit_value)s."),
        "max_value": _("Give an amount of at most %(limit_value)s."),
        "max_digits": _("This amount has too many digits."),
        "max_whole_digits": _("This amount has too many digits."),
        "max_decimal_places": TOO_FINE[2],
    }

    def __init__(self, *, whole_digits: int = 12, in_words: bool = False, **kwargs: Any) -> None:
        self.is_above_zero, self.in_words = "min_value" not in kwargs, in_words
        self.whole_digits, self.own_words = whole_digits, kwargs.get("error_messages", {})
        attributes = {"inputmode": "decimal", "autocomplete": "transaction-amount"}
        super().__init__(**{"widget": forms.TextInput(attrs=attributes), **kwargs})
        self.follow(settings.BANK_CURRENCY, most_places=2)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """Follow the currency of the form."""
        if isinstance(form, InCurrency):
            self.follow(form.currency, most_places=3)
        else:
            self.follow(settings.BANK_CURRENCY, most_places=2)
        bound = super().get_bound_field(form, field_name)
        if self.in_words:
            place, words = f"{bound.auto_id}_words", said(str(bound.value() or ""))
            typed = {"hx-get": reverse("amount_in_words"), "hx-trigger": "input changed delay:400ms"}
            self.widget.attrs |= typed | {"hx-target": f"#{place}"}
            bound.help_text = format_html('{} <output id="{}">{}</output>', bound.help_text, place, words)
        return bound

    def follow(self, currency: str, *, most_places: int) -> None:
        """Take, ask for and refuse amounts as fine as the currency is."""
        places = self.decimal_places = min(digits(currency), most_places)
        judges = [each for each in self.validators if not isinstance(each, DecimalValidator)]
        if self.is_above_zero:
            judges = [each for each in judges if not isinstance(each, MinValueValidator)]
            judges.append(MinValueValidator(Decimal(1).scaleb(-places)))
        self.validators = [*judges, DecimalValidator(self.whole_digits + places, places)]
        words = {"max_decimal_places": TOO_FINE[places], "invalid": NOT_PLAIN if places else NOT_PLAIN_WHOLE}
        self.error_messages = {**self.error_messages, **words, **self.own_words}
        if "inputmode" in self.widget.attrs:
            self.widget.attrs["inputmode"] = "decimal" if places else "numeric"

    def prepare_value(self, value: Any) -> Any:
        """Write an amount with the decimals that the field takes."""
        return f"{value:.{self.decimal_places}f}" if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        """Read the amount."""
        told = "".join(unicodedata.normalize("NFKC", str(value or "")).split())
        told = SPOKEN.sub(r"\1.\3\2", told)
        figure = told.removesuffix("元").removesuffix("块")
        places = UNITS.get(figure[-1:])
        if places is None:
            return super().to_python(figure or value)
        read = super().to_python(figure[:-1])
        if read is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return Decimal(f"{Decimal(f'{read:f}e{places}'):f}")  # by its digits: multiplied, it would be rounded

    def run_validators(self, value: Any) -> None:
        """Refuse in the house's own words; a limit is written as an amount."""
        try:
            super().run_validators(value)
        except forms.ValidationError as refused:
            for each in refused.error_list:
                told = each.params or {}
                if isinstance(limit := told.get("limit_value"), Decimal):
                    each.params = {**told, "limit_value": f"{limit:,.{self.decimal_places}f}"}
            raise


def said(written: str) -> str:
    """Say in words what somebody wrote; nothing of what is no amount."""
    try:
        amount = AmountField(required=False, min_value=Decimal(0), whole_digits=14).clean(written)
    except forms.ValidationError:
        return ""
    return formats.spoken(amount) if amount else ""


class AsksOnce(forms.Form):
    """A form that asks once whether an amount is meant that is far from the usual; sent once more, it is taken.

    Who thinks in tens of thousands leaves them out, and writes 12 for 120,000.
    """

    USUAL: ClassVar[Mapping[str, tuple[Decimal, Decimal]]] = {}  # from which amount to which nothing is asked

    asked_once = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Ask, unless this very amount was asked about, or was there before."""
        cleaned: dict[str, Any] = super().clean() or {}
        unusual = {name: cleaned[name] for name in self.USUAL if self._is_unusual(name, cleaned.get(name))}
        told = " ".join(f"{name}={amount.normalize():f}" for name, amount in unusual.items())
        if told and told != cleaned.get("asked_once"):
            data: Any = self.data
            self.data = data = data.copy()
            data[self.add_prefix("asked_once")] = told
            for name, amount in unusual.items():
                self.add_error(name, self._question(name, amount))
        return cleaned

    def _is_unusual(self, name: str, amount: Decimal | None) -> bool:
        before = self.get_initial_for_field(self.fields[name], name)
        if not amount or str(before) in {str(amount), f"{amount:.2f}"}:
            return False
        least, most = self.USUAL[name]
        return not least <= amount <= most

    def _question(self, name: str, amount: Decimal) -> forms.ValidationError:
        if amount > self.USUAL[name][1]:
            question = _("You wrote %(amount)s, which is very much. Correct it, or send it once more as it is.")
        else:
            question = _("You wrote %(amount)s. If you mean %(more)s, write that. If not, send it once more as it is.")
        params = {"amount": formats.money(amount), "more": formats.money(amount * 10_000)}
        return forms.ValidationError(question, code="unusual", params=params)


class InCurrency(forms.Form):
    """A form whose amounts are of one currency, the bank's unless told, and kept as fine as it is."""

    def __init__(self, *args: Any, currency: str = "", **kwargs: Any) -> None:
        self.currency = currency or settings.BANK_CURRENCY
        super().__init__(*args, **kwargs)


class WrittenAmount(serializers.DecimalField):
    """An amount as a program sends it: a number, or text of digits and a point.

    A JSON number is its value however it is written, so ``1e3`` is 1000; as text it is refused. How fine it may be, its
    currency tells, which the operation knows. Where no least amount is named it is above zero.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": NOT_PLAIN,
        "above_zero": _("Enter an amount above zero."),
        "max_decimal_places": _("This amount has more decimals than its currency."),
    }

    def __init__(self, **kwargs: Any) -> None:
        self.is_above_zero = "min_value" not in kwargs
        super().__init__(**{"max_digits": 17, "decimal_places": 3, **kwargs})

    def to_internal_value(self, data: Any) -> Decimal:
        """Read the number."""
        if isinstance(data, str) and not PLAIN.fullmatch(data.strip()):
            self.fail("invalid")
        amount: Decimal = super().to_internal_value(data)
        if self.is_above_zero and amount <= 0:
            self.fail("above_zero")
        return amount


@extend_schema_field(OpenApiTypes.DECIMAL)
class ToldAmount(serializers.Field):
    """An amount as a program is told it: text in the digits of its currency.

    :param currency: where a row names its currency, such as ``settlement_account.currency``; empty where the context
        does, as ``currency``, or else it is the bank's.
    """

    def __init__(self, currency: str = "currency", **kwargs: Any) -> None:
        super().__init__(**{"read_only": True, **kwargs})
        self.currency = currency.split(".") if currency else []

    def get_attribute(self, instance: Any) -> Any:
        """Find the amount, and its currency; none where there is none."""
        amount = super().get_attribute(instance)
        if amount is None:
            return None
        if self.currency:
            return amount, fields.get_attribute(instance, self.currency)
        return amount, self.context.get("currency", settings.BANK_CURRENCY)

    def to_representation(self, value: tuple[Decimal | int, str]) -> str:
        """Write the digits."""
        amount, currency = value
        return f"{rounded(Decimal(amount), currency):f}"


class TellsAmounts(serializers.ModelSerializer[Any]):
    """The shape of rows whose amounts are told as by ``ToldAmount``; ``currency_at`` is its ``currency``."""

    currency_at: ClassVar[str] = "currency"

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """Tell what is named an amount in the digits of its currency."""
        if not field_name.endswith("amount"):
            return super().build_standard_field(field_name, model_field)
        words = {"help_text": model_field.help_text} if model_field.help_text else {}
        return ToldAmount, {"currency": self.currency_at, "allow_null": model_field.null, **words}


class BankAmount(WrittenAmount):
    """An amount in the bank's own currency, read and told in its digits; zero too."""

    def __init__(self, **kwargs: Any) -> None:
        places = digits(settings.BANK_CURRENCY)
        super().__init__(**{"max_digits": WHOLE_DIGITS + places, "decimal_places": places, "min_value": 0, **kwargs})
