"""No form of the house says what is wrong in the framework's words, to owners or to staff."""

import re
from importlib import import_module

import pytest
from django import forms
from django.utils import translation

OURS = ("accounts.", "lending.", "training.", "portal.")
STOCK = re.compile(
    r"field is required|Ensure |Select a valid|is not a valid choice|Enter a (number|whole|valid|list)|No file was"
    r"|submitted file is|这个字段|必填|确保|选择一个有效|输入一个|没有提交"
)
SHOWN = {
    "required",
    "invalid",
    "invalid_choice",
    "invalid_list",
    "empty",
    "missing",
    "max_length",
    "min_value",
    "max_value",
}


def every_form(base=forms.BaseForm):
    for made in base.__subclasses__():
        yield made
        yield from every_form(made)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_field_speaks_in_the_words_of_the_bank(language):
    import_module("portal.urls")
    declared = [
        (f"{form.__module__}.{form.__name__}.{name}", field)
        for form in every_form()
        if form.__module__.startswith(OURS) and "tests" not in form.__module__
        for name, field in form.base_fields.items()
    ]
    with translation.override(language):
        said = {f"{where}: {text}" for where, field in declared for text in _words_of(field)}
    assert len(declared) > 200
    assert sorted(each for each in said if STOCK.search(each)) == []


def _words_of(field):
    return [str(text) for code, text in field.error_messages.items() if code in SHOWN]


def test_limits_are_told_in_the_same_words():
    """What validators say, which no field declares."""
    for field, value in (
        (forms.CharField(max_length=3), "four"),
        (forms.CharField(min_length=3), "2"),
        (forms.IntegerField(min_value=3), "2"),
        (forms.IntegerField(max_value=3), "4"),
        (forms.DecimalField(max_digits=3, decimal_places=1), "1.25"),
        (forms.EmailField(), "no"),
        (forms.URLField(assume_scheme="https"), "no"),
        (forms.SlugField(), "a b"),
    ):
        with pytest.raises(forms.ValidationError) as refused:
            field.clean(value)
        assert not STOCK.search(" ".join(refused.value.messages)), refused.value.messages
