"""How people are written: ``{% load people %}``."""

from typing import Final

from django import template

from accounts.identity import phones

register = template.Library()
# The first whose sign stands in what a browser says of itself: each imitates those after it.
BROWSERS: Final = (
    ("MicroMessenger", "WeChat"), ("HuaweiBrowser", "Huawei Browser"), ("MiuiBrowser", "Mi Browser"),
    ("UCBrowser", "UC Browser"), ("QQBrowser", "QQ Browser"), ("Edg", "Edge"), ("Firefox", "Firefox"),
    ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS: Final = (
    ("HarmonyOS", "HarmonyOS"), ("OpenHarmony", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"),
    ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


@register.filter
def phone_number(text: str) -> str:
    """Write a kept mobile number as people do, and leave an e-mail as it is: ``{{ phone|phone_number }}``."""
    return phones.readable(text) if text.startswith("+") else text


@register.filter
def dialed(telephone: str) -> str:
    """Write a telephone number as a link dials it: ``<a href="tel:{{ telephone|dialed }}">``."""
    return "".join(each for each in telephone if each in "+0123456789")


@register.filter
def browser(text: str) -> str:
    """Name the browser and the system that a device gave: ``{{ session.user_agent|browser }}``."""
    told = [next((name for sign, name in names if sign in text), "") for names in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, told)) or text
