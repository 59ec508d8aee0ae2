"""The one blessed lock."""

from typing import Self, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


class LockableQuerySet(models.QuerySet[M]):
    """Rows that can be locked in primary-key order, so that two who lock the same rows never wait in a circle."""

    def locked(self) -> Self:
        """Lock the rows themselves until the transaction ends, leaving keys free for foreign keys."""
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")
