"""Proofs that too few cases, and figures which give the outcome away, are named before anything is learned."""

import pytest

from lending.credit.learning.rows import LabeledRow, LearningRefused, check, fewest_to_split, splits, too_telling


def rows(of_bad, of_good, number=10):
    kinds = ((True, of_bad), (False, of_good))
    return [
        LabeledRow(f"{is_bad}{each}", {"recovered": figure(each), "steady": each}, is_bad)
        for is_bad, figure in kinds
        for each in range(number)
    ]


class TestFewestToSplit:
    @pytest.mark.parametrize("number", [2, 5, 10])
    def test_leaves_enough_in_every_split_and_one_less_does_not(self, number):
        def learned(of_each):
            held = rows(float, float, of_each)
            for inside, _outside in splits(held, number=number, seed=1):
                check([held[place] for place in inside])

        learned(fewest_to_split(number))
        with pytest.raises(LearningRefused, match="too_few_rows"):
            learned(fewest_to_split(number) - 1)


class TestTooTelling:
    @pytest.mark.parametrize(
        ("of_bad", "of_good", "named"),
        [
            (lambda each: each + 100, lambda each: each, ["recovered"]),
            (lambda each: -each - 1, lambda each: each, ["recovered"]),
            (lambda each: each + 9, lambda each: each, []),
            (lambda _each: 5, lambda _each: 5, []),
            (lambda each: each + 100 if each else None, lambda each: each, []),
        ],
        ids=["all above", "all below", "one alike", "the same for all", "known of too few"],
    )
    def test_names_what_parts_good_from_bad_without_an_exception(self, of_bad, of_good, named):
        assert too_telling(rows(of_bad, of_good)) == named
