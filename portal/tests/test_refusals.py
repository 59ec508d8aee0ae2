"""Proofs of the sentences of refusals."""

import pytest
from django.utils import translation

import portal.urls  # noqa: F401 - every slice has taught its sentences
from portal.core import refusals


class TestSentences:
    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_can_all_be_outlined(self, language):
        with translation.override(language):
            for code in refusals.codes():
                assert "%(" not in refusals.outline_of(code), code

    def test_may_tell_of_percent_where_they_name_nothing(self):
        assert refusals.sentence_of("share_not_possible", {}) == "Enter a share between 0% and 100%."
