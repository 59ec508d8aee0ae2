"""Proofs of the fields that settlement's forms share."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.settlement.forms import PercentField


class TestPercentField:
    @pytest.mark.parametrize(
        ("written", "read"), [("12.5", "0.125"), (" 3 ", "0.03"), ("１２", "0.12"), (3, "0.03"), ("0", "0")]
    )
    def test_reads_percent_as_a_fraction(self, written, read):
        assert PercentField().clean(written) == Decimal(read)

    @pytest.mark.parametrize("written", ["1e1", "1E1", "1_0", "NaN", "ten"])
    def test_refuses_what_is_not_plain_digits(self, written):
        with pytest.raises(ValidationError, match="number"):
            PercentField().clean(written)
