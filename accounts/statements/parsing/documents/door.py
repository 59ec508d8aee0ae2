"""Which kind of invoice a file is, told by its content and never by its name."""

from accounts.statements.parsing import archive, markup, spreadsheet
from accounts.statements.parsing.documents import bundle, european, ofd, paper, tax_office
from accounts.statements.parsing.invoice import ParsedInvoice
from accounts.statements.parsing.refusals import refused

_IN_TABLES = {"[Content_Types].xml", "mimetype"}  # in a spreadsheet, which is a ZIP as well


def recognizes(content: bytes) -> bool:
    """Tell whether a file is one invoice or a ZIP of them, and no list."""
    if content.startswith(b"PK"):
        names = archive.names(content)
        return bool(names) and not _IN_TABLES & {*names}
    return _is_paper(content) or (markup.is_xml(content) and not spreadsheet.is_spreadsheet(content))


def read(content: bytes) -> list[ParsedInvoice]:
    """Read the invoice that a file is, or those of a ZIP.

    :raises StatementRefused: when one of them cannot be read for certain.
    """
    names = archive.names(content)
    return bundle.read(content, _one) if names and ofd.ENTRY not in names else [_one(content)]


def _one(content: bytes) -> ParsedInvoice:
    if ofd.ENTRY in archive.names(content):
        return ofd.read(content)
    if _is_paper(content):
        return paper.read(content)
    if not markup.is_xml(content):
        raise refused("invoice_wrong_type")
    root = markup.tree(content)
    if european.recognizes(root):
        return european.read(root)
    if tax_office.recognizes(root):
        return tax_office.read(root)
    name = markup.name_of(root)
    raise refused("invoices_are_statement") if name == "Document" else refused("invoice_wrong_xml", found=name)


def _is_paper(content: bytes) -> bool:
    return content[:1024].lstrip().startswith(b"%PDF-")
