"""Products with believable defaults."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from lending.products import operations as products
from lending.products.models import LoanProduct

NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
QUICK: Final[dict[str, Any]] = {
    "name_en": "Quick working capital",
    "name_zh_hans": "快捷流动资金贷款",
    "summary_en": "For goods, wages and running costs.",
    "summary_zh_hans": "用于进货、工资和日常开支。",
    "min_amount": Decimal(3000),
    "max_amount": Decimal(200000),
    "min_term_months": 3,
    "max_term_months": 24,
    "min_annual_rate": Decimal("0.058"),
    "max_annual_rate": Decimal("0.138"),
    "interest_method": "equal_installments",
}


def make_product(code: str = "quick", **changed: Any) -> LoanProduct:
    """Bring a product out: quick working capital unless told otherwise, prepared by one and approved by another."""
    product = prepare_product(code, **changed)
    products.approve(product, seen=product.fingerprint, offered_from=NOW.date(), by="U-RISK", at=NOW)
    return product


def prepare_product(code: str = "quick", **changed: Any) -> LoanProduct:
    """Prepare a version that waits for approval."""
    return products.prepare(code, by="U-ADMIN", at=NOW, **(QUICK | changed))
