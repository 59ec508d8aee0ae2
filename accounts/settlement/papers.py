"""Certificates of balance on paper, with a code that leads anyone to the page that verifies them; receipts of cash."""

from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts.settlement import numbers, queries, writing
from accounts.settlement.models import BalanceCertificate, CashMovement
from portal.core import formats, pdf
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
    """Set the receipt of booked cash in a language."""
    chinese = language.startswith("zh")
    return writing.cash_receipt(
        movement,
        language=language,
        bank_name=settings.BANK_NAME_ZH_HANS if chinese else settings.BANK_NAME_EN,
        branch=movement.branch.name_zh_hans if chinese else movement.branch.name_en,
        teller=queries.names_of([movement.made_by])[movement.made_by],
    )


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
        "bank": settings.BANK_NAME_ZH_HANS if get_language() == "zh-hans" else settings.BANK_NAME_EN,
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
