"""Data that the bank writes in both languages, in pairs of columns ``<name>_en`` and ``<name>_zh_hans``."""

from typing import Any

from django.utils.translation import get_language


def localized(thing: Any, name: str) -> str:
    """Read the attribute of the pair that fits the active language; the other one where that is empty."""
    chinese = (get_language() or "en").startswith("zh")
    suffixes = ("zh_hans", "en") if chinese else ("en", "zh_hans")
    return next((str(text) for suffix in suffixes if (text := getattr(thing, f"{name}_{suffix}"))), "")
