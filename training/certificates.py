"""A certificate on paper, with a code that leads anyone to the page that verifies it."""

from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from portal.core import formats, pdf
from portal.core.language import bank_name, localized
from training import queries
from training.models import Certificate

LANGUAGES: Final = dict(settings.LANGUAGES)


def address_of(certificate: Certificate) -> str:
    """Give the public address at which a certificate is verified."""
    return f"{settings.SITE_URL}{reverse('training:verified', args=[certificate.code])}"


def as_pdf(certificate: Certificate, *, language: str) -> bytes:
    """Set a certificate in a language."""
    with translation.override(language):
        return pdf.render("certificate", _content(certificate), language=language)


def _content(certificate: Certificate) -> dict[str, str | list[dict[str, str]]]:
    address = address_of(certificate)
    right, of = queries.score_of(certificate)
    return {
        "bank": bank_name(),
        "heading": _("Certificate"),
        "certifies": _("This certifies that"),
        "name": certificate.holder_name,
        "passed": _("has passed the course"),
        "course": localized(certificate, "title"),
        "facts": [
            {"label": _("Quiz"), "value": _("%(right)s of %(of)s right") % {"right": right, "of": of}},
            {"label": _("Awarded"), "value": formats.day(certificate.awarded_on)},
            {"label": _("Valid until"), "value": formats.day(certificate.valid_until)},
            {"label": _("Certificate number"), "value": certificate.code},
        ],
        "verify": _("Anyone can verify this certificate at"),
        "address": address,
        "qr": pdf.qr(address),
    }
