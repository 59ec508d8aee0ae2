"""Data that the bank writes in both languages, in pairs of columns ``<name>_en`` and ``<name>_zh_hans``."""

from typing import Any

from django.utils.translation import get_language


def localized(thing: Any, name: str) -> str:
    """Read the attribute of the pair that fits the active language; English where the other is empty."""
    chinese = (get_language() or "en").startswith("zh")
    text = getattr(thing, f"{name}_zh_hans") if chinese else ""
    return str(text or getattr(thing, f"{name}_en"))
