"""A file of products, for a bank's first day: a JSON list, one object a product, its fields named as the model's.

    [{"code": "quick", "name_en": "Quick working capital", "name_zh_hans": "快捷流动资金贷款",
      "summary_en": "…", "summary_zh_hans": "…", "min_amount": "3000", "max_amount": "200000",
      "min_term_months": 3, "max_term_months": 24, "min_annual_rate": "0.058", "max_annual_rate": "0.138",
      "interest_method": "equal_installments"}]

Amounts are in the bank's currency, rates are fractions of a year (0.058 is 5.8 %); a field that is left out has its
default. ``starting.json`` beside this file is an example that a bank may begin with.
"""

import json
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from lending.products.models import CONTENT
from portal.core.refusals import Refusal, register

STARTING: Final = Path(__file__).parent / "starting.json"
NEEDED: Final = frozenset(
    {
        "code", "name_en", "name_zh_hans", "summary_en", "summary_zh_hans", "min_amount", "max_amount",
        "min_term_months", "max_term_months", "min_annual_rate", "max_annual_rate", "interest_method",
    }
)  # fmt: skip
register(
    {
        "products_unreadable": _("The file is not a JSON list of products: %(why)s."),
        "product_field_unknown": _("Product %(product)s: there is no field %(name)s."),
        "product_field_missing": _("Product %(product)s: the field %(name)s is missing."),
    }
)


class FileRefused(Refusal):
    """The file does not hold products."""


def read(path: Path) -> list[dict[str, Any]]:
    """Read products from a file, each with its code and its fields.

    :raises FileRefused: when it is no list of products, or one has a field too many or too few.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileRefused("products_unreadable", why=str(error)) from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FileRefused("products_unreadable", why="[{…}, …]")
    for number, row in enumerate(rows, start=1):
        _check(row, row.get("code", number))
    return rows


def _check(row: dict[str, Any], product: Any) -> None:
    for name in sorted(set(row) - {"code", *CONTENT}):
        raise FileRefused("product_field_unknown", product=product, name=name)
    for name in sorted(NEEDED - set(row)):
        raise FileRefused("product_field_missing", product=product, name=name)
