"""How people are written: ``{% load people %}``."""

from django import template

from accounts.identity import phones

register = template.Library()


@register.filter
def phone_number(text: str) -> str:
    """Write a kept mobile number as people do, and leave an e-mail as it is: ``{{ phone|phone_number }}``."""
    return phones.readable(text) if text.startswith("+") else text
