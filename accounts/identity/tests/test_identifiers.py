"""Proofs of the numbers that identify enterprises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.identity import identifiers


class TestNormalized:
    @pytest.mark.parametrize(
        "text",
        [
            "91110108551385082Q",
            "91110108551385082q",
            "9111 0108 5513 8508 2Q",
            "9111-0108-5513-85082Q",
            "９１１１０１０８５５１３８５０８２Ｑ",
        ],
    )
    def test_writes_a_credit_code_in_one_form(self, text):
        assert identifiers.normalized("uscc", text) == "91110108551385082Q"

    @pytest.mark.parametrize("text", ["91110108551385082R", "9111010855138508", "", "not a number", "110101202300001"])
    def test_knows_no_credit_code_in(self, text):
        assert identifiers.normalized("uscc", text) is None

    def test_takes_a_household_number(self):
        number = identifiers.household_number("330122104205", 17)
        assert identifiers.normalized("farm_household", f" {number[:6]} {number[6:]}") == number

    def test_knows_no_household_number_with_a_mistyped_digit(self):
        number = identifiers.household_number("330122104205", 17)
        mistyped = number[:9] + str((int(number[9]) + 1) % 10) + number[10:]
        assert identifiers.normalized("farm_household", mistyped) is None

    def test_takes_each_number_for_its_own_kind_only(self):
        assert identifiers.normalized("farm_household", "91110108551385082Q") is None


class TestFaultIn:
    @pytest.mark.parametrize(
        ("kind", "text", "fault"),
        [
            ("uscc", "9111 0108 5513 8508", ("identifier_length", {"typed": 16, "needed": 18})),
            ("uscc", "911101085513850822Q", ("identifier_length", {"typed": 19, "needed": 18})),
            ("uscc", "91110108551385O82Q", ("identifier_character", {"place": 15, "sign": "O"})),
            ("uscc", "9111A108551385082Q", ("identifier_character", {"place": 5, "sign": "A"})),
            ("farm_household", "91110108551385082Q", ("identifier_character", {"place": 18, "sign": "Q"})),
            ("uscc", "91110108551385082R", ("identifier_invalid", {})),
        ],
    )
    def test_names_only_what_is_sure(self, kind, text, fault):
        assert identifiers.fault_in(kind, text) == fault


class TestHouseholdNumber:
    @given(village=st.from_regex(r"[1-9][0-9]{11}", fullmatch=True), household=st.integers(1, 99_999))
    def test_checks_itself(self, village, household):
        assert identifiers.is_household_number(identifiers.household_number(village, household))
