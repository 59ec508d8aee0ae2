"""What the proofs about pages share."""

from django.urls import reverse


def url(name, application, *more):
    return reverse(f"applications:{name}", args=[application.reference, *more])


def shown(response):
    return " ".join(response.content.decode().split())
