"""Proofs that rows written by COPY are what an INSERT would have written."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from portal.core.copying import copy_in
from portal.core.models import Job

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


class TestCopyIn:
    def test_keeps_texts_moments_and_what_is_missing(self):
        odd = 'a "quoted", long\nline \\N 汉字'
        times = {"asked_at": AT, "due_at": AT}
        with transaction.atomic():
            copy_in([Job(name=odd, reference="", **times), Job(name="b", reference="r", done_at=AT, **times)])
        kept = Job.objects.order_by("reference").values_list("name", "reference", "asked_at", "done_at", "attempts")
        assert list(kept) == [(odd, "", AT, None, 0), ("b", "r", AT, AT, 0)]

    def test_holds_to_the_constraints(self):
        twice = [Job(name="a", reference="r", asked_at=AT, due_at=AT) for _ in range(2)]
        with pytest.raises(IntegrityError), transaction.atomic():
            copy_in(twice)

    def test_of_nothing_writes_nothing(self):
        with transaction.atomic():
            copy_in([])
