"""What the events of our own books were for; pure. Loans are ours, so nothing about them is guessed."""

from typing import Final

CATEGORIES: Final = {
    "deposit": "cash_in",
    "withdrawal": "cash_out",
    "loan_disbursed": "loan_proceeds",
    "loan_repaid": "loan_repayment",
}
_COME_BACK: Final = frozenset({"payment_returned"})
_UNDONE: Final = "_reversed"


def category_of(event: str, *, way: int) -> str:
    """Tell the category of an event exactly; empty where its words and its counterparty must tell it.

    Later events of loans, fees and interest are known by how their names begin or end.
    """
    plain = event.removesuffix(_UNDONE)
    if plain in CATEGORIES:
        return CATEGORIES[plain]
    if plain.endswith(("fee", "fees")):
        return "fee"
    if "interest" in plain and not plain.startswith("loan"):
        return "interest"
    if plain.startswith("loan"):
        paid_out = (way > 0) is not event.endswith(_UNDONE)
        return "loan_proceeds" if paid_out else "loan_repayment"
    return ""


def comes_back(event: str) -> bool:
    """Tell whether money comes back that went out before, without being a reversal."""
    return event in _COME_BACK
