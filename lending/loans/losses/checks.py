"""Whether the rules of a file can be read, and each version names one edition: told before anything starts."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import connections

from lending.loans.losses.classes import SHIPPED, editions
from lending.loans.losses.models import LossRules


@register
def check_file(**_kwargs: Any) -> list[Error]:
    """Tell that the file cannot be read, or says what no rules may say."""
    try:
        editions()
    except (ArithmeticError, AssertionError, LookupError, OSError, TypeError, ValueError) as error:
        return [Error(f"Rules for losses in {_file()}: {type(error).__name__}: {error}", id="lending.E001")]
    return []


@register(Tags.database)
def check_versions(databases: Iterable[str] | None = None, **_kwargs: Any) -> list[Error]:
    """Tell which versions of the file are also those of editions that the bank proposed since.

    What was posted by one of them would not tell by which.
    """
    table = LossRules._meta.db_table  # noqa: SLF001
    if check_file() or not any(table in connections[each].introspection.table_names() for each in databases or ()):
        return []
    taken = LossRules.objects.filter(version__in=[each.version for each in editions()]).order_by("version")
    versions = ", ".join(map(str, taken.values_list("version", flat=True)))  # other columns may be yet to come
    told = f"Rules for losses in {_file()}: the bank's own editions have version {versions} as well."
    return [Error(told, hint="Give those in the file other numbers.", id="lending.E002")] if versions else []


def _file() -> Any:
    return settings.LOSS_RULES_FILE or SHIPPED
