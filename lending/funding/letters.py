"""The letter that passes an introduction on: only what was agreed to, as PDF or as CSV."""

import csv
import io
from typing import Any

from django.utils.translation import gettext as _

from lending.funding import presentation
from lending.funding.models import Introduction
from portal.core import formats, pdf
from portal.core.language import bank_name, localized


def as_pdf(introduction: Introduction, *, language: str) -> bytes:
    """Set the letter in the reader's language."""
    return pdf.render("introduction", _content(introduction), language=language)


def as_csv(introduction: Introduction) -> bytes:
    """Write the same rows for a program's own system, in UTF-8 with the mark that spreadsheets look for."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow([_("Item"), _("Field"), _("What it says")])
    for section in _sections(introduction):
        lines.writerows([_safe(section.title), _safe(row["label"]), _safe(row["value"])] for row in section.rows)
    return text.getvalue().encode("utf-8-sig")


def _safe(text: str) -> str:
    """Keep a spreadsheet from taking a value for a formula; a number in E.164 form stays one."""
    return f"'{text}" if text[:1] in set("=@-\t\r") or (text[:1] == "+" and not text[1:].isdigit()) else text


def _sections(introduction: Introduction) -> list[presentation.Section]:
    return presentation.shared(introduction.shared, request=presentation.request_of(introduction))


def _content(introduction: Introduction) -> dict[str, Any]:
    return {
        "bank": bank_name(),
        "title": _("Introduction"),
        "reference": introduction.reference,
        "to": localized(introduction.program, "run_by"),
        "opening": _("We introduce this customer of ours to you, at the customer's own request."),
        "sections": [
            {"title": section.title, "rows": [[row["label"], row["value"]] for row in section.rows]}
            for section in _sections(introduction)
        ],
        "closing": _(
            "The customer agreed on %(moment)s that exactly this is passed on to you, for this purpose only. The bank "
            "does not vouch for the customer by it."
        )
        % {"moment": formats.moment(introduction.asked_at)},
        "branch": f"{localized(introduction.enterprise.branch, 'name')} {introduction.enterprise.branch.phone}",
    }
