"""The validation report: one page with plots and the same figures as tables, and the figures as JSON."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from lending.credit import readable, scorecards
from lending.credit.features import named
from lending.credit.learning.rows import LabeledRow
from lending.credit.learning.validation import SegmentLine, Validation
from portal.core.charts import Chart

BANDS: Final = 10


def write(folder: Path, validation: Validation, table: dict[str, Any], rows: Sequence[LabeledRow]) -> None:
    """Write `report.html` and `figures.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    named_segments = _named(validation.segments)
    told = {
        "validation": validation,
        "table": table,
        "measures": [validation.card, validation.challenger, validation.unfitted],
        "characteristics": [
            {"name": named(each["feature"].removesuffix(scorecards.IN_TRADE)).name, **each}
            for each in table["characteristics"]
        ],
        "charts": [_roc(validation), _spread(table, rows)],
        "calibration": _calibration(validation),
        "segments": [(f"{kind}: {value}", line) for kind, value, line in named_segments],
        "segment_charts": _by_segment(named_segments),
        "style": (Path(settings.BASE_DIR) / "static" / "css" / "portal.css").read_text(encoding="utf-8"),
    }
    (folder / "report.html").write_text(render_to_string("reports/validation.html", told), encoding="utf-8")
    (folder / "figures.json").write_text(json.dumps(_plain(validation), indent=1), encoding="utf-8")


def _named(segments: Sequence[SegmentLine]) -> list[tuple[str, str, SegmentLine]]:
    """Name each segment's kind and value as people read them."""
    sections = readable.section_names() if any(each.name == "section" for each in segments) else {}
    return [
        (str(readable.segment_kind(each.name)), str(readable.segment(each.name, each.value, sections)), each)
        for each in segments
    ]


def _by_segment(named_segments: Sequence[tuple[str, str, SegmentLine]]) -> list[Chart]:
    """Set expected beside observed in each kind of segment."""
    charts = []
    for kind in dict.fromkeys(kind for kind, _value, _line in named_segments):
        lines = {value: line for its, value, line in named_segments if its == kind}
        expected = [line.expected for line in lines.values()]
        observed = [line.bad / line.count for line in lines.values()]
        charts.append(Chart(kind, "percent", list(lines), [(_("Expected"), expected), (_("Observed"), observed)]))
    return charts


def _plain(validation: Validation) -> dict[str, Any]:
    raw = dataclasses.asdict(validation)
    return {name: value for name, value in raw.items() if name not in {"is_bad", "of_card", "of_challenger"}}


def _roc(validation: Validation) -> Chart:
    """Of the bad ones, the part that is found when so much of the good is given up."""
    steps = [step / 20 for step in range(21)]
    series = [
        (_("Scorecard"), _found(validation.of_card[0], validation.is_bad, steps)),
        (_("Challenger"), _found(validation.of_challenger[0], validation.is_bad, steps)),
        (_("Chance"), steps),
    ]
    return Chart(_("Bad ones found, by the part of good ones declined"), "percent", _shares(steps), series)


def _shares(steps: Sequence[float]) -> list[str]:
    return [f"{round(100 * step)}%" for step in steps]


def _found(probabilities: Sequence[float], is_bad: Sequence[bool], steps: Sequence[float]) -> list[float]:
    order = sorted(zip(probabilities, is_bad, strict=True), reverse=True)
    bad, good = sum(is_bad), len(is_bad) - sum(is_bad)
    found, seen_good, seen_bad = [], 0, 0
    place = 0
    for step in steps:
        while place < len(order) and (seen_good + (not order[place][1])) <= step * good:
            seen_bad += order[place][1]
            seen_good += not order[place][1]
            place += 1
        found.append(seen_bad / bad)
    return found


def _calibration(validation: Validation) -> Chart:
    lines = validation.grades
    series = [(_("Expected"), [line.expected for line in lines]), (_("Observed"), [line.observed for line in lines])]
    return Chart(_("Bad rate by grade"), "percent", [line.grade for line in lines], series)


def _spread(table: dict[str, Any], rows: Sequence[LabeledRow]) -> Chart:
    """How many good and bad ones stand in each band of points."""
    points = [scorecards.score(table, row.features).points for row in rows]
    low, high = min(points), max(points) + 1
    width = max(1, -(-(high - low) // BANDS))
    labels = [str(low + width * band) for band in range(BANDS)]
    counts = {kind: [0] * BANDS for kind in (False, True)}
    for each, row in zip(points, rows, strict=True):
        counts[row.is_bad][(each - low) // width] += 1
    return Chart(_("Points of the learned card"), "", labels, [(_("Good"), counts[False]), (_("Bad"), counts[True])])
