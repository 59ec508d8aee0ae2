"""A ZIP of invoices, as the tax office's portal hands out many at once: read whole or refused whole."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from accounts.statements.parsing import archive
from accounts.statements.parsing.documents import ofd
from accounts.statements.parsing.invoice import ParsedInvoice
from accounts.statements.parsing.refusals import StatementRefused, refused
from accounts.statements.parsing.statement import plain

MOST_INVOICES: Final = 300


def read(content: bytes, one: Callable[[bytes], ParsedInvoice]) -> list[ParsedInvoice]:
    """Read every invoice, each by ``one``; one that is there in several formats is one invoice.

    :raises StatementRefused: ``zip_file_refused`` with the name of a file and why; ``zip_holds_zip``, ``zip_too_many``,
        ``zip_empty``; ``zip_files_contradict`` where two files tell one invoice otherwise; as an archive is.
    """
    files = archive.parts(content, archive.is_meant)
    if not files:
        raise refused("zip_empty")
    if len(files) > MOST_INVOICES:
        raise refused("zip_too_many", most=MOST_INVOICES)
    found: dict[tuple[str, str], tuple[str, ParsedInvoice]] = {}
    for name, part in sorted(files, key=_most_telling):
        invoice = replace(_named(name, part, one), file=_short(name))
        issuer = "" if invoice.is_known_by_number else invoice.seller_number or invoice.seller_name
        before, known = found.setdefault((invoice.full_number, issuer), (name, invoice))
        if _sums(known) != _sums(invoice):
            raise refused("zip_files_contradict", first=before, second=name, number=invoice.number)
    return [invoice for _name, invoice in found.values()]


def _most_telling(file: tuple[str, bytes]) -> tuple[bool, str]:
    """Put paper last: a name that is too long for its field is cut off there."""
    name, part = file
    return part.startswith(b"%PDF"), name


def _named(name: str, part: bytes, one: Callable[[bytes], ParsedInvoice]) -> ParsedInvoice:
    try:
        inside = archive.names(part)
        if inside and ofd.ENTRY not in inside:
            raise refused("zip_holds_zip")
        return one(part)
    except StatementRefused as why:
        reason: Mapping[str, object] = {"code": why.code, "params": why.params}
        raise StatementRefused("zip_file_refused", name=_short(name), reason=reason) from None


def _short(name: str) -> str:
    return plain(PurePosixPath(name).name)[-60:]


def _sums(invoice: ParsedInvoice) -> tuple[object, ...]:
    return invoice.net_amount, invoice.tax_amount, invoice.gross_amount, invoice.currency
