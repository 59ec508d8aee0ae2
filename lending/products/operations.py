"""Bringing products out."""

from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from lending.products.models import LoanProduct
from portal.core import audit

VERSIONS_LOCK: Final = 7_203_011  # a code's first version has no row yet that could be locked


@transaction.atomic(durable=True)
def bring_out(code: str, *, by: str, at: datetime, **fields: Any) -> LoanProduct:
    """Offer a product from now on; an earlier version of the same code is no longer offered.

    :raises ValidationError: when a field is out of its range.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [VERSIONS_LOCK])
    earlier = LoanProduct.objects.filter(code=code)
    earlier.filter(is_offered=True).update(is_offered=False)
    version = max(earlier.values_list("version", flat=True), default=0) + 1
    product = LoanProduct(code=code, version=version, **fields)
    product.full_clean()
    product.save(force_insert=True)
    audit.record("products.brought_out", subject=product.reference, by=by, at=at, details={"version": version})
    return product


@transaction.atomic(durable=True)
def withdraw(product: LoanProduct, *, by: str, at: datetime) -> None:
    """Offer a product no longer; what was applied for goes on."""
    if LoanProduct.objects.filter(pk=product.pk, is_offered=True).update(is_offered=False):
        audit.record("products.withdrawn", subject=product.reference, by=by, at=at)
    product.refresh_from_db()
