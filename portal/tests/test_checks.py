"""Proofs about the checks that are our own."""

import gettext
import os
from pathlib import Path

import pytest

from portal import catalogs
from portal.checks import pins, templates, translations


class TestTemplates:
    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("<p style='color: red'>{{ a }}</p>", "style within the page"),
            ("<script>{{ a }}</script>", "code within the page"),
            ("<a href='#' onclick='{{ a }}'>{{ b }}</a>", "code within the page: onclick"),
            ("<img src='{{ a }}'>", "picture without alt"),
            ("<script src='https://cdn.example/x.js'></script>", "loaded from another host: https://cdn.example/x.js"),
            ("<p>Hello</p>", "text outside translations: 'Hello'"),
            ("<a aria-label='Close'></a>", "text outside translations: aria-label='Close'"),
            ("{{ a|safe }}", "escaping is turned off"),
        ],
    )
    def test_names_what_no_page_may_contain(self, text: str, problem: str) -> None:
        assert templates.problems(f"\n{text}") == [(2, problem)]

    @pytest.mark.parametrize(
        "text",
        [
            "<p>{% translate 'Hello' %} {{ name }}, 12 %</p>",
            "<p>{% blocktranslate trimmed %}Hello <b>you</b>{% endblocktranslate %}</p>",
            "{# Inputs: name. #}<{{ tag }} class='a'>{{ name }}</{{ tag }}>",
            "<code>make demo</code><span translate='no'>English</span>",
        ],
    )
    def test_accepts_what_is_translated_or_not_for_translation(self, text: str) -> None:
        assert templates.problems(text) == []


class TestPins:
    def test_names_what_is_not_pinned_as_installed(self) -> None:
        files = {"requirements.txt": ["Django==5.2  # frame"], "constraints.txt": ["asgiref==3.0"]}
        assert pins.problems({"django": "5.2", "asgiref": "3.1", "stray": "1", "pip": "9"}, files) == [
            "asgiref 3.1 is installed, pinned is 3.0: run `make constraints`",
            "stray 1 is installed, pinned is nothing: run `make constraints`",
        ]

    def test_names_requirements_without_pin_or_purpose(self) -> None:
        lines = ["# heading", "-c constraints.txt", "celery>=5  # tasks", "redis[hiredis]==8"]
        assert pins.problems({}, {"requirements.txt": lines}) == [
            "requirements.txt: not pinned: celery>=5  # tasks",
            "requirements.txt: no purpose given: redis[hiredis]==8",
        ]


class TestTranslations:
    def test_names_what_is_missing_or_in_doubt(self, tmp_path: Path) -> None:
        catalog = tmp_path / "django.po"
        catalog.write_text(
            'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
            '#: a.py:1\nmsgid "Loan"\nmsgstr "贷款"\n\n'
            '#: a.py:2\nmsgid "Rate"\nmsgstr ""\n\n'
            '#: a.py:3\n#, fuzzy\nmsgid "Offer"\nmsgstr "贷款"\n'
        )
        assert translations.problems(catalog) == ["a.py:2: not translated: 'Rate'", "a.py:3: in doubt (fuzzy): 'Offer'"]


class TestCatalogs:
    def test_compiles_what_is_newer_and_nothing_twice(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(catalogs, "LOCALE", tmp_path)
        catalog = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
        catalog.parent.mkdir(parents=True)
        catalog.write_text(
            'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Loan"\nmsgstr "贷款"\n'
        )
        assert catalogs.compile_stale() == [catalog]
        with catalog.with_suffix(".mo").open("rb") as compiled:
            assert gettext.GNUTranslations(compiled).gettext("Loan") == "贷款"
        assert catalogs.compile_stale() == []
        later = catalog.stat().st_mtime + 10
        os.utime(catalog, (later, later))
        assert catalogs.compile_stale() == [catalog]
