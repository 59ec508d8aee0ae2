"""Bringing products out."""

from typing import Any

from django.db import transaction

from lending.products.models import LoanProduct


@transaction.atomic(durable=True)
def bring_out(code: str, **fields: Any) -> LoanProduct:
    """Offer a product from now on; an earlier version of the same code is no longer offered."""
    earlier = LoanProduct.objects.filter(code=code)
    earlier.filter(is_offered=True).update(is_offered=False)
    version = max(earlier.values_list("version", flat=True), default=0) + 1
    product = LoanProduct(code=code, version=version, **fields)
    product.full_clean()
    product.save(force_insert=True)
    return product
