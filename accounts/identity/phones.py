"""Mobile numbers in E.164 form, the only form they are kept and looked up in."""

from typing import Final

import phonenumbers
from django.conf import settings
from phonenumbers import PhoneNumberFormat, PhoneNumberType

_REACHED_BY_SMS: Final = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


def normalized(text: str) -> str | None:
    """Write a mobile number in E.164 form, or none when it is not one; a local number is of the bank's country."""
    try:
        number = phonenumbers.parse(text, settings.BANK_COUNTRY)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in _REACHED_BY_SMS:
        return None
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def readable(number: str) -> str:
    """Write a kept number as people of its country do: without the code at home, with it abroad."""
    try:
        parsed = phonenumbers.parse(number, settings.BANK_COUNTRY)
    except phonenumbers.NumberParseException:
        return number
    at_home = phonenumbers.region_code_for_number(parsed) == settings.BANK_COUNTRY
    form = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(parsed, form))


def masked(number: str) -> str:
    """Write a number so that whoever has it knows it again, and nobody else can call it."""
    text = "".join(readable(number).split())
    return f"{text[:-8]}••••{text[-4:]}" if len(text) > 8 else ""
