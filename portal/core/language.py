"""Data that the bank writes in both languages, in pairs of columns ``<name>_en`` and ``<name>_zh_hans``."""

from typing import Any

from django.conf import settings
from django.utils.translation import get_language


def localized(thing: Any, name: str) -> str:
    """Read the attribute of the pair that fits the active language; the other one where that is empty."""
    suffixes = ("zh_hans", "en") if _is_chinese() else ("en", "zh_hans")
    return next((str(text) for suffix in suffixes if (text := getattr(thing, f"{name}_{suffix}"))), "")


def bank_name() -> str:
    """Name the bank in the active language; in the other one where it has no name there."""
    english, chinese = settings.BANK_NAME_EN, settings.BANK_NAME_ZH_HANS
    return str(chinese or english) if _is_chinese() else str(english or chinese)


def _is_chinese() -> bool:
    return (get_language() or "en").startswith("zh")
