"""No form of the house says what is wrong in the framework's words, to owners or to staff."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
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


def test_nothing_is_marked_for_translation_within_an_f_string():
    """What collects the strings does not read those, so that nobody would translate them."""
    marks = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext", "pgettext_lazy", "npgettext"}
    sources = [path for part in OURS for path in Path(settings.BASE_DIR, part[:-1]).rglob("*.py")]
    unread = [
        f"{path}:{call.lineno}"
        for path in sources
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in marks
    ]
    assert len(sources) > 200
    assert unread == []
