"""What the proofs about pages of loans share."""

from django.urls import reverse


def url(name, thing):
    return reverse(f"loans:{name}", args=[thing.reference])
