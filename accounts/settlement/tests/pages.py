"""Where settlement's pages are."""

from typing import Any

from django.urls import reverse


def url(name: str, *things: Any) -> str:
    """Tell a page's address by the references of what it is about."""
    return reverse(f"settlement:{name}", args=[each.reference for each in things])
