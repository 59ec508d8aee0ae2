"""EN 16931 in its two languages: UBL 2.1 (Peppol) and UN/CEFACT CII (Factur-X, ZUGFeRD 2, XRechnung)."""

from typing import Final
from xml.etree.ElementTree import Element

from accounts.statements.parsing import markup
from accounts.statements.parsing.documents import told
from accounts.statements.parsing.invoice import ParsedInvoice, credit_code

_UBL: Final = "{urn:oasis:names:specification:ubl:schema:xsd:"
_CII: Final = "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:"
_CREDITED: Final = {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"}  # UNTDID 1001
_TRADE: Final = "SupplyChainTradeTransaction/"
_SUMS: Final = f"{_TRADE}ApplicableHeaderTradeSettlement/SpecifiedTradeSettlementHeaderMonetarySummation"
_PARTIES: Final = f"{_TRADE}ApplicableHeaderTradeAgreement"
_UBL_NAMES: Final = {
    "number": "ID",
    "day": "IssueDate",
    "net": "LegalMonetaryTotal/TaxExclusiveAmount",
    "tax": "TaxTotal/TaxAmount",
    "gross": "LegalMonetaryTotal/TaxInclusiveAmount",
    "seller": "AccountingSupplierParty",
    "buyer": "AccountingCustomerParty",
}
_CII_NAMES: Final = {
    "number": "ExchangedDocument/ID",
    "day": "ExchangedDocument/IssueDateTime/DateTimeString",
    "net": f"{_SUMS}/TaxBasisTotalAmount",
    "tax": f"{_SUMS}/TaxTotalAmount",
    "gross": f"{_SUMS}/GrandTotalAmount",
    "seller": f"{_PARTIES}/SellerTradeParty",
    "buyer": f"{_PARTIES}/BuyerTradeParty",
}
_UBL_PARTY: Final = ("Party/PartyLegalEntity/RegistrationName", "Party/PartyName/Name")
_UBL_NUMBERS: Final = (
    "Party/PartyTaxScheme/CompanyID", "Party/PartyLegalEntity/CompanyID", "Party/PartyIdentification/ID",
    "Party/EndpointID",
)  # fmt: skip
_CII_PARTY: Final = ("Name", "SpecifiedLegalOrganization/TradingBusinessName")
_CII_NUMBERS: Final = ("SpecifiedTaxRegistration/ID", "SpecifiedLegalOrganization/ID", "ID", "GlobalID")


def recognizes(root: Element) -> bool:
    """Tell whether a document is an invoice or a credit note of either language."""
    return str(root.tag).startswith((f"{_UBL}Invoice-2}}", f"{_UBL}CreditNote-2}}", _CII))


def read(root: Element) -> ParsedInvoice:
    """Read one invoice or credit note; taxes are told in its currency, though the file may repeat them in another.

    :raises StatementRefused: when an element is missing or wrong, or its amounts do not add up.
    """
    if str(root.tag).startswith(_CII):
        currency = markup.text(root, f"{_TRADE}ApplicableHeaderTradeSettlement/InvoiceCurrencyCode")
        kind = markup.text(root, "ExchangedDocument/TypeCode")
        names, party, numbers = _CII_NAMES, _CII_PARTY, _CII_NUMBERS
    else:
        currency = markup.text(root, "DocumentCurrencyCode")
        kind = markup.text(root, "InvoiceTypeCode") or markup.text(root, "CreditNoteTypeCode")
        kind = "381" if markup.name_of(root) == "CreditNote" else kind
        names, party, numbers = _UBL_NAMES, _UBL_PARTY, _UBL_NUMBERS
    said = {role: markup.text(root, path) for role, path in names.items()}
    said["tax"] = _tax(root, names["tax"], currency)
    for side in ("seller", "buyer"):
        found = markup.at(root, names[side])
        said[side] = _first(found, party)
        said[f"{side}_number"] = _credit_code(found, numbers)
    return told.invoice(said, names, currency=currency, is_credited=kind in _CREDITED)


def _tax(root: Element, path: str, currency: str) -> str:
    ours = [each for each in markup.at(root, path) if each.get("currencyID", currency) == currency]
    return (ours[0].text or "").strip() if ours else ""


def _first(parties: list[Element], paths: tuple[str, ...]) -> str:
    return next((name for party in parties for path in paths if (name := markup.text(party, path))), "")


def _credit_code(parties: list[Element], paths: tuple[str, ...]) -> str:
    """Find which of a party's numbers is a Unified Social Credit Code."""
    numbers = (found.text or "" for party in parties for path in paths for found in markup.at(party, path))
    return next((code for number in numbers if (code := credit_code(number))), "")
