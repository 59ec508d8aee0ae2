"""Proofs of mobile numbers."""

import pytest

from accounts.identity import phones


class TestNormalized:
    @pytest.mark.parametrize(
        "text", ["138 0013 8000", "13800138000", "+86 138-0013-8000", "008613800138000", "１３８００１３８０００"]
    )
    def test_writes_a_local_number_in_one_form(self, text):
        assert phones.normalized(text) == "+8613800138000"

    def test_keeps_a_foreign_number(self):
        assert phones.normalized("+49 1512 3456789") == "+4915123456789"

    @pytest.mark.parametrize("text", ["", "12", "010 6552 9988", "wang@example.org", "138001380001234"])
    def test_knows_no_mobile_number_in(self, text):
        assert phones.normalized(text) is None


class TestReadable:
    def test_leaves_the_code_out_at_home(self):
        assert phones.readable("+8613800138000") == "138 0013 8000"

    def test_writes_the_code_abroad(self):
        assert phones.readable("+4915123456789") == "+49 1512 3456789"
