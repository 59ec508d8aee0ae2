"""The XML of the Chinese tax office: the fully digital invoice, and the electronic invoice with a code before it."""

from collections.abc import Mapping
from typing import Final
from xml.etree.ElementTree import Element

from accounts.statements.parsing import markup
from accounts.statements.parsing.documents import told
from accounts.statements.parsing.invoice import ParsedInvoice

_DIGITAL: Final = {
    "number": "TaxSupervisionInfo/InvoiceNumber",
    "day": "EInvoiceData/BasicInformation/RequestTime",  # the day on the invoice; the office issues it a moment later
    "net": "EInvoiceData/BasicInformation/TotalAmWithoutTax",
    "tax": "EInvoiceData/BasicInformation/TotalTaxAm",
    "gross": "EInvoiceData/BasicInformation/TotalTax-includedAmount",
    "seller": "EInvoiceData/SellerInformation/SellerName",
    "seller_number": "EInvoiceData/SellerInformation/SellerIdNum",
    "buyer": "EInvoiceData/BuyerInformation/BuyerName",
    "buyer_number": "EInvoiceData/BuyerInformation/BuyerIdNum",
}
_OTHERWISE: Final = {"number": "Header/EIid", "day": "TaxSupervisionInfo/IssueTime"}
_IS_BLUE: Final = "Header/InherentLabel/InIssuType/LabelCode"  # "N" is what the office calls red: a credit note
_CODED: Final = {
    "code": "InvoiceCode",
    "number": "InvoiceNo",
    "day": "IssueDate",
    "net": "TaxExclusiveTotalAmount",
    "tax": "TaxTotalAmount",
    "gross": "TaxInclusiveTotalAmount",
    "seller": "Seller/SellerName",
    "seller_number": "Seller/SellerTaxID",
    "buyer": "Buyer/BuyerName",
    "buyer_number": "Buyer/BuyerTaxID",
}


def recognizes(root: Element) -> bool:
    """Tell whether a document has one of the two structures, whatever its outermost element is called."""
    return any(root.find(f"{{*}}{name}") is not None for name in ("EInvoiceData", _CODED["number"]))


def read(root: Element) -> ParsedInvoice:
    """Read one invoice.

    :raises StatementRefused: when an element is missing or wrong, or its amounts do not add up.
    """
    if root.find("{*}EInvoiceData") is None:
        return told.invoice(_said(root, _CODED), _CODED, currency="CNY")
    said = _said(root, _DIGITAL)
    said |= {role: markup.text(root, path) for role, path in _OTHERWISE.items() if not said[role]}
    return told.invoice(said, _DIGITAL, currency="CNY", is_credited=markup.text(root, _IS_BLUE) == "N")


def _said(root: Element, paths: Mapping[str, str]) -> dict[str, str]:
    return {role: markup.text(root, path) for role, path in paths.items()}
