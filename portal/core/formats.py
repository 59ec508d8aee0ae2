"""How amounts, rates and dates are written in the reader's language. Plain strings: fit for pages, mails and papers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal

from babel import Locale, dates, numbers
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext, pgettext, to_locale

from portal.core import money as amounts
from portal.core.capitals import capitals

NOTHING: Final = "–"
# Where the locale's own symbol is longer than people write it, or belongs to two currencies.
SYMBOLS: Final = {"CNY": "¥", "JPY": "JP¥"}

Number = Decimal | int | float


def locale() -> Locale:
    """Give the reader's locale, as Babel names it."""
    return Locale.parse(to_locale(get_language() or settings.LANGUAGE_CODE))


def money(amount: Decimal | None, currency: str | None = None, *, whole: bool = False) -> str:
    """Write an amount with its currency's symbol, in the bank's currency unless another is named.

    :param whole: leave the minor units out where they are zero, as in "¥50,000".
    """
    if amount is None:
        return NOTHING
    code = currency or settings.BANK_CURRENCY
    exact = amounts.rounded(Decimal(amount), code)
    bare = whole and exact == exact.to_integral_value()
    text = numbers.format_currency(
        exact.copy_abs(), code, format="¤#,##0" if bare else None, locale=locale(), currency_digits=not bare
    )
    if code in SYMBOLS:
        text = text.replace(numbers.get_currency_symbol(code, locale()), SYMBOLS[code])
    return f"\N{MINUS SIGN}{text}" if exact < 0 else text


def unit_of(currency: str) -> str:
    """Name a currency's unit as a form asks for it: "yuan", "Japanese yen"."""
    if currency == "CNY":
        return gettext("yuan")  # shorter than the locale's own, and what people say
    return str(numbers.get_currency_name(currency, count=2, locale=locale()))


def in_words(amount: Decimal, currency: str) -> str:
    """Write yuan out in capital figures, as Chinese readers look for beside the digits; nothing for other readers."""
    is_asked = currency == "CNY" and locale().language == "zh"
    return capitals(amounts.rounded(amount, currency)) if is_asked else ""


def money_bounds(least: Decimal, most: Decimal, currency: str | None = None) -> dict[str, str]:
    """Write the two ends of a range as a sentence takes them, both with minor units or neither: ¥1,000 and ¥50,000."""
    whole = all(end == end.to_integral_value() for end in (least, most))
    return {"least": money(least, currency, whole=whole), "most": money(most, currency, whole=whole)}


def paragraph(*sentences: str) -> str:
    """Write sentences one after the other; a Chinese full stop brings its own space."""
    return ("" if locale().language == "zh" else " ").join(sentences)


def percent(rate: Number | None, digits: int = 2) -> str:
    """Write a fraction as a percentage: ``0.149`` as "14.90%"."""
    if rate is None:
        return NOTHING
    pattern = "0." + "0" * digits + "%" if digits else "0%"
    return numbers.format_percent(Decimal(str(rate)), format=pattern, locale=locale()).replace("-", "\N{MINUS SIGN}")


def exact_percent(rate: Decimal, least: int = 0) -> str:
    """Write a fraction as a percentage with as many digits as it has, as what is charged has to be told."""
    exponent = int(rate.normalize().as_tuple().exponent)
    return percent(rate, max(-exponent - 2, least))


def number(value: Number | None) -> str:
    """Write a number with the locale's grouping."""
    if value is None:
        return NOTHING
    return numbers.format_decimal(value, locale=locale()).replace("-", "\N{MINUS SIGN}")


def compact(value: Number) -> str:
    """Write a number as short as an axis needs it: "20K" in English, "2万" in Chinese."""
    text = numbers.format_compact_decimal(value, fraction_digits=1, locale=locale())
    return text.replace("-", "\N{MINUS SIGN}")


def spoken(amount: Decimal) -> str:
    """Say an amount of yuan as people say it: "120 thousand yuan", "12万元"; nothing in a bank of another currency."""
    if settings.BANK_CURRENCY != "CNY":
        return ""
    kind: Literal["short", "long"] = "short" if locale().language == "zh" else "long"
    figure = numbers.format_compact_decimal(amount, format_type=kind, fraction_digits=6, locale=locale())
    return gettext("%(figure)s yuan") % {"figure": figure}


def day(value: date | None) -> str:
    """Write a business date: "Nov 23, 2026" or "2026年11月23日". A moment gives its day on the bank's clock."""
    if value is None:
        return NOTHING
    on = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return str(dates.format_date(on, format="medium", locale=locale()))


def period(first: date, last: date) -> str:
    """Write from which day through which: "Nov 1 – 30, 2026" or "2026年11月1日至30日"."""
    return str(dates.format_interval(first, last, skeleton="yMMMd", locale=locale())).replace("\N{THIN SPACE}", " ")


def months(count: int) -> str:
    """Write how many months something lasts."""
    return ngettext("%(months)d month", "%(months)d months", count) % {"months": count}


def month(value: date) -> str:
    """Write a month: "November 2026" or "2026年11月"."""
    return str(dates.format_skeleton("yMMMM", value, locale=locale()))


def moment(value: datetime | None) -> str:
    """Write a moment on the bank's clock, to the minute."""
    if value is None:
        return NOTHING
    local = timezone.localtime(value)
    comma = " " if locale().language == "zh" else ", "
    return f"{day(local.date())}{comma}{local:%H:%M}"


def aside(note: str) -> str:
    """Put a note in the parentheses of the language; it follows a text at once."""
    return pgettext("parentheses", " ({})").format(note)
