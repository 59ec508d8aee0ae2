"""Amounts as people and programs enter them: digits and one point, nothing that hides how large they are."""

import re
import unicodedata
from decimal import Decimal
from typing import Any, ClassVar, Final

from django import forms
from django.conf import settings
from django.core.validators import DecimalValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import fields, serializers

from portal.core.money import digits, rounded

PLAIN: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
GROUPING: Final = re.compile(r"(?<=[0-9]),(?=[0-9]{3})")
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
    """An amount, perhaps in tens of thousands, as Chinese writes it: ``3万``, ``3.5万元``.

    It is as fine as the currency of its form (`InCurrency`); elsewhere as the bank's, of which two decimals are kept.
    It is above zero where no least amount is named. Browsers keep what was typed for the way back.

    Where several share one label, refusals above the form name the field by its ``full_label``.
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

    def __init__(self, *, whole_digits: int = 12, **kwargs: Any) -> None:
        self.is_above_zero = "min_value" not in kwargs
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
        return super().get_bound_field(form, field_name)

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
        figure = told.removesuffix("元").removesuffix("块")
        if not figure.endswith("万"):
            return super().to_python(figure or value)
        read = super().to_python(figure.removesuffix("万"))
        if read is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return Decimal(f"{Decimal(f'{read:f}e4'):f}")  # by its digits: multiplied, it would be rounded

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

    :param currency: where a row names its currency, such as ``settlement_account.currency``.
    """

    def __init__(self, currency: str = "currency", **kwargs: Any) -> None:
        super().__init__(**{"read_only": True, **kwargs})
        self.currency = currency.split(".")

    def get_attribute(self, instance: Any) -> Any:
        """Find the amount, and its currency; none where there is none."""
        amount = super().get_attribute(instance)
        return None if amount is None else (amount, fields.get_attribute(instance, self.currency))

    def to_representation(self, value: tuple[Decimal, str]) -> str:
        """Write the digits."""
        return f"{rounded(*value):f}"


class BankAmount(WrittenAmount):
    """An amount in the bank's own currency, read and told in its digits; zero too."""

    def __init__(self, **kwargs: Any) -> None:
        places = digits(settings.BANK_CURRENCY)
        super().__init__(**{"max_digits": WHOLE_DIGITS + places, "decimal_places": places, "min_value": 0, **kwargs})
