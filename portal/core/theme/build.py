"""Writes ``static/css/portal.css``: ``python -m portal.core.theme.build``; with ``--check`` it only compares."""

import argparse
import gzip
import sys
from importlib import resources
from pathlib import Path
from typing import Final

from portal.core.theme.purge import purged
from portal.core.theme.usage import Usage

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[2]
OUTPUT: Final = ROOT / "static" / "css" / "portal.css"
LARGEST: Final = 14 * 1024  # bytes after gzip: a quarter of the first page's budget
PACKAGES: Final = ("portal", "accounts", "lending", "training")
BANNER: Final = "/*! Made by portal.core.theme.build; Bootstrap 5.3 (MIT) is part of it. Do not edit. */\n"

# crispy-bootstrap5's templates that our forms render with and that we do not write ourselves.
CRISPY: Final = (
    "display_form.html", "inputs.html", "table_inline_formset.html", "uni_form.html", "uni_formset.html",
    "whole_uni_form.html", "whole_uni_formset.html", "layout/baseinput.html", "layout/button.html",
    "layout/buttonholder.html", "layout/column.html", "layout/div.html", "layout/field_file.html",
    "layout/fieldset.html", "layout/formactions.html", "layout/row.html",
)  # fmt: skip
# Markdown lessons, widgets and crispy's own layout classes: nothing in a template shows them.
CLASSES: Final = (
    "row", "col", "col-md", "btn", "btn-primary", "form-control", "form-select", "form-check", "form-check-input",
    "form-check-label", "form-check-inline", "is-invalid", "invalid-feedback", "form-text", "form-label", "input-group",
    "input-group-text", "visually-hidden", "visually-hidden-focusable", "text-end", "text-nowrap", "text-break",
    "table", "table-responsive", "alert", "alert-success", "alert-info", "alert-warning", "alert-danger",
)  # fmt: skip
ELEMENTS: Final = (
    "html", "body", "h1", "h2", "h3", "h4", "h5", "h6", "p", "a", "ul", "ol", "li", "dl", "dt", "dd", "strong", "b",
    "em", "small", "code", "pre", "blockquote", "hr", "img", "svg", "table", "caption", "thead", "tbody", "tfoot", "tr",
    "th", "td", "input", "select", "optgroup", "textarea", "button", "label", "fieldset", "legend", "progress",
    "summary", "output",
)  # fmt: skip


def usage_of_pages() -> Usage:
    """Read what the whole portal wears."""
    usage = Usage(classes=set(CLASSES), elements=set(ELEMENTS))
    for template in sorted((ROOT / "templates").rglob("*.html")):
        usage.add_template(template.read_text(encoding="utf-8"))
    crispy = resources.files("crispy_bootstrap5") / "templates" / "bootstrap5"
    for name in CRISPY:
        usage.add_template((crispy / name).read_text(encoding="utf-8"))
    for package in PACKAGES:
        for module in sorted((ROOT / package).rglob("*.py")):
            if not {"tests", "migrations", "theme"} & set(module.relative_to(ROOT).parts):
                usage.add_python(module.read_text(encoding="utf-8"))
    return usage


def stylesheet() -> str:
    """Build the stylesheet from the sources and from what pages use."""
    bootstrap = (HERE / "bootstrap.css").read_text(encoding="utf-8")
    ours = (HERE / "portal.css").read_text(encoding="utf-8")
    return BANNER + purged(bootstrap, usage_of_pages(), override=ours)


def main() -> int:
    """Write the stylesheet, or tell whether the one in place is stale or too large."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the stylesheet is stale")
    check = parser.parse_args().check
    built = stylesheet()
    size = len(gzip.compress(built.encode(), mtime=0))
    if check and (not OUTPUT.exists() or OUTPUT.read_text(encoding="utf-8") != built):
        sys.stderr.write(f"{OUTPUT.relative_to(ROOT)} is stale: run python -m portal.core.theme.build\n")
        return 1
    if not check:
        OUTPUT.write_text(built, encoding="utf-8")
    sys.stdout.write(f"{OUTPUT.relative_to(ROOT)}: {len(built)} bytes, {size} after gzip\n")
    return int(size > LARGEST)


if __name__ == "__main__":
    raise SystemExit(main())
