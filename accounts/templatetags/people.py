"""How people are written: ``{% load people %}``."""

from typing import Final

from django import template
from django.db.models import QuerySet

from accounts.identity import phones, queries
from accounts.identity.models import Branch

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


@register.simple_tag
def branches_to_visit() -> QuerySet[Branch]:
    """List where customers may go: ``{% branches_to_visit as branches %}``."""
    return queries.branches_for_customers()


@register.filter
def browser(text: str) -> str:
    """Name the browser and the system that a device gave: ``{{ session.user_agent|browser }}``."""
    told = [next((name for sign, name in names if sign in text), "") for names in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, told)) or text
