"""Features and facts of a few believable enterprises, for tests of scorecards and policy."""

from typing import Any

from lending.credit import shipped
from lending.credit.limits import JUDGING

CARDS = sorted(path.stem for path in (shipped.FOLDER / "cards").glob("*.json"))

TERMS: dict[str, Any] = {
    "min_amount": "1000",
    "max_amount": "300000",
    "min_term_months": 3,
    "max_term_months": 36,
    "min_annual_rate": "0.06",
    "max_annual_rate": "0.16",
}


def card(code: str = "expert-general") -> dict[str, Any]:
    """Read a checked-in expert card."""
    return shipped.document(shipped.FOLDER / "cards" / f"{code}.json")


def standard_policy() -> dict[str, Any]:
    """Read the checked-in policy."""
    return shipped.document(shipped.FOLDER / "policies" / "standard.json")


def make_features(**changed: Any) -> dict[str, Any]:
    """A sound noodle shop: 60,000 a month in, 45,000 out, a year of statements, one small loan."""
    features: dict[str, Any] = {
        "monthly_inflow": 60000.0,
        "monthly_outflow": 45000.0,
        "monthly_debt_service": 1500.0,
        "net_flow_share": 0.25,
        "inflow_trend": 1.08,
        "inflow_volatility": 0.31,
        "short_months_share": 0.25,
        "longest_quiet_days": 6,
        "buffer_days": 24,
        "negative_days_share": 0.0,
        "largest_customer_share": 0.12,
        "returning_customer_share": 0.7,
        "returning_supplier_share": 0.8,
        "receipts_per_month": 46.5,
        "debt_service_share": 0.025,
        "borrowed_share": 0.0,
        "lender_count": 1,
        "tax_months": 12,
        "cash_taken_share": 0.15,
        "own_transfer_share": 0.1,
        "unknown_share": 0.05,
        "evidence_days": 364,
        "evidence_age_days": 4,
        "last_receipt_days": 4,
        "active_days_share": 0.81,
        "void_invoice_share": 0.02,
        "credit_note_share": 0.01,
    }
    return features | changed


def make_facts(**changed: Any) -> dict[str, Any]:
    """A known owner in business for four years who asks for 50,000 over a year and owes nothing."""
    facts: dict[str, Any] = {
        "requested_amount": "50000",
        "term_months": 12,
        "exposure_amount": "0",
        "worst_days_past_due": 0,
        "months_in_business": 48,
        "identity_verified": True,
        "open_hits": 0,
        "sanctions_confirmed": 0,
        "pep_confirmed": 0,
        "holder_matches": True,
        "foreign_evidence": False,
        "suspicions": 0,
        "clearances_held": [],
        "judging": JUDGING,
    }
    return facts | changed
