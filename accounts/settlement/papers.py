"""Certificates of balance on paper, with a code that leads anyone to the page that verifies them; receipts of cash."""

from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.identity.queries import name_on
from accounts.settlement import numbers, queries
from accounts.settlement.models import BalanceCertificate, CashMovement
from accounts.settlement.states import Way
from portal.core import formats, pdf
from portal.core.language import bank_name, localized
from portal.core.money import rounded

LANGUAGES: Final = dict(settings.LANGUAGES)


def address_of(certificate: BalanceCertificate) -> str:
    """Give the public address at which a certificate is verified."""
    return f"{settings.SITE_URL}{reverse('settlement:verified', args=[certificate.code])}"


def verified_rows(certificate: BalanceCertificate) -> list[dict[str, Any]]:
    """Say what anyone who holds the paper may see again; of the number only its end."""
    account = certificate.settlement_account
    return [
        {"label": _("Account holder"), "value": certificate.holder_name},
        {"label": _("Account number"), "value": f"•••• {account.number[-4:]}"},
        {"label": _("At the end of"), "value": formats.day(certificate.on)},
        {"label": _("Balance"), "value": formats.money(certificate.balance_amount, account.currency)},
        {"label": _("Issued"), "value": formats.moment(certificate.issued_at)},
        {"label": _("Code of the certificate"), "value": certificate.code},
    ]


def as_pdf(certificate: BalanceCertificate, *, language: str) -> bytes:
    """Set a certificate in a language."""
    with override(language):
        return pdf.render("balance", _content(certificate), language=language)


def cash_receipt(movement: CashMovement, *, language: str) -> bytes:
    """Write the receipt for cash at the counter: one page, two places to sign."""
    account = movement.settlement_account
    with override(language):
        paper = {
            "title": _("Receipt for cash paid in") if movement.way == Way.IN else _("Receipt for cash paid out"),
            "bank": bank_name(),
            "amount": formats.money(movement.amount, account.currency),
            "facts": [
                [_("Reference"), movement.reference],
                [_("Account holder"), name_on(account.enterprise, movement.effective_date)],
                [_("Account number"), account.grouped_number],
                [_("Date"), formats.day(movement.effective_date)],
                [_("Branch"), localized(movement.branch, "name")],
                [_("Served by"), queries.names_of([movement.made_by])[movement.made_by]],
                [_("What for"), movement.text or "–"],
                *(
                    [[_("Fetched by"), str(movement.fetched_by)], [_("Known by"), movement.known_as]]
                    if movement.fetched_by
                    else []
                ),
                *([[_("Number of the slip"), movement.slip_number]] if movement.slip_number else []),
            ],
            "signatures": [_("For the bank"), _("Customer")],
        }
        return pdf.render("receipt", paper, language=language)


def _content(certificate: BalanceCertificate) -> dict[str, Any]:
    account, address = certificate.settlement_account, address_of(certificate)
    words = formats.in_words(certificate.balance_amount, account.currency)
    facts = [
        *([[_("Amount in words"), words]] if words else []),
        [_("Account holder"), certificate.holder_name],
        [_("Account number"), account.grouped_number],
        *([["IBAN", numbers.grouped(account.iban)]] if account.iban else []),
        [_("Currency"), account.currency],
        [_("At the end of"), formats.day(certificate.on)],
    ]
    return {
        "bank": bank_name(),
        "title": _("Certificate of balance"),
        "certifies": _("By our books the account named below held this balance:"),
        "amount": formats.money(rounded(certificate.balance_amount, account.currency), account.currency),
        "facts": facts,
        "issued": _("Issued on %(moment)s under the code %(code)s.")
        % {"moment": formats.moment(certificate.issued_at), "code": certificate.code},
        "verify": _("Anyone can verify this paper at"),
        "address": address,
        "qr": pdf.qr(address),
    }
