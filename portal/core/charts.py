"""Charts as geometry: where ticks, bars and lines stand in a drawing of fixed size. No Django, no markup."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import Final

Value = Decimal | int | float | None

WIDTH: Final = 360
HEIGHT: Final = 210
TOP: Final = 10
BOTTOM: Final = 26
RIGHT: Final = 6
LETTER: Final = 7.2  # width of a Latin letter in the drawing's units; a Chinese one takes about twice that
TICKS: Final = 4
WIDEST_LABEL: Final = 110
GROUP_SHARE: Final = 0.72  # how much of its slot a group of bars fills
WIDEST_BAR: Final = 36
MARKED_POINTS: Final = 24  # more points than this are drawn as a bare line


@dataclass(frozen=True)
class Band:
    """Between which two values something will lie; both are missing where nothing is told."""

    name: str
    lows: Sequence[Value]
    highs: Sequence[Value]


@dataclass(frozen=True)
class Chart:
    """Figures to be looked at. The unit is a currency code, "percent" (of fractions), or a word such as "days".

    A line chart may lay one band behind its lines.
    """

    title: str
    unit: str
    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[Value]]]
    band: Band | None = None

    def __post_init__(self) -> None:
        told = [values for _, values in self.series]
        told += [self.band.lows, self.band.highs] if self.band else []
        assert all(len(values) == len(self.labels) for values in told), "every series has a value per label"


@dataclass(frozen=True)
class Tick:
    """A label and where it stands: up the left side, or along the bottom."""

    at: str
    text: str


@dataclass(frozen=True)
class Bar:
    """One bar; the text says what it stands for."""

    series: int
    x: str
    y: str
    width: str
    height: str
    text: str


@dataclass(frozen=True)
class Point:
    """One marked point of a line; the text says what it stands for."""

    series: int
    x: str
    y: str
    text: str


@dataclass(frozen=True)
class Line:
    """One unbroken stretch of a line, as an SVG list of points."""

    series: int
    points: str


@dataclass(frozen=True)
class Drawing:
    """Everything a template needs to draw, in the units of a ``WIDTH`` by ``HEIGHT`` box."""

    left: str
    right: str
    zero: str
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = ()
    points: tuple[Point, ...] = ()
    areas: tuple[str, ...] = ()  # as SVG lists of points


@dataclass(frozen=True)
class Scale:
    """Places values in the box."""

    low: float
    high: float
    left: float
    slots: int

    @property
    def slot(self) -> float:
        """Give the width that one label owns."""
        return (WIDTH - RIGHT - self.left) / max(self.slots, 1)

    def x(self, index: int) -> float:
        """Give the middle of a slot."""
        return self.left + self.slot * (index + 0.5)

    def y(self, value: float) -> float:
        """Give the height of a value, counted from the top."""
        return TOP + (HEIGHT - TOP - BOTTOM) * (self.high - value) / (self.high - self.low)


def nice_ticks(low: float, high: float) -> list[float]:
    """Cover a range with about ``TICKS`` steps of 1, 2, 2.5 or 5 times a power of ten, zero included."""
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = 1.0
    rough = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


def width_of(text: str) -> float:
    """Estimate how wide a label is drawn."""
    return sum(LETTER if ord(letter) < 0x2E80 else LETTER * 1.8 for letter in text)


def bar_drawing(chart: Chart, *, axis: Callable[[float], str], full: Callable[[Value], str]) -> Drawing:
    """Stand the series' bars in groups, one group per label; a missing value leaves a gap.

    :param axis: writes a tick, short.
    :param full: writes a value, in full.
    """
    scale, frame = _frame(chart, axis)
    return replace(
        frame,
        bars=tuple(
            _bar(chart, scale, number, index, value, full)
            for number, (_, values) in enumerate(chart.series)
            for index, value in enumerate(values)
            if value is not None
        ),
    )


def line_drawing(chart: Chart, *, axis: Callable[[float], str], full: Callable[[Value], str]) -> Drawing:
    """Draw each series as a line that breaks where a value is missing.

    :param axis: writes a tick, short.
    :param full: writes a value, in full.
    """
    scale, frame = _frame(chart, axis)
    return replace(
        frame,
        lines=tuple(_lines(chart, scale)),
        points=tuple(_points(chart, scale, full)),
        areas=tuple(_areas(chart.band, scale)) if chart.band else (),
    )


def _frame(chart: Chart, axis: Callable[[float], str]) -> tuple[Scale, Drawing]:
    """Draw what stands around the figures, and give the scale by which these are placed."""
    told = [values for _, values in chart.series]
    told += [chart.band.lows, chart.band.highs] if chart.band else []
    known = [float(value) for values in told for value in values if value is not None]
    ticks = nice_ticks(min(known, default=0.0), max(known, default=0.0))
    texts = [axis(tick) for tick in ticks]
    left = max(width_of(text) for text in texts) + 8
    scale = Scale(low=ticks[0], high=ticks[-1], left=left, slots=len(chart.labels))
    return scale, Drawing(
        left=_unit(scale.left),
        right=_unit(WIDTH - RIGHT),
        zero=_unit(scale.y(0)),
        y_ticks=tuple(Tick(_unit(scale.y(tick)), text) for tick, text in zip(ticks, texts, strict=True)),
        x_ticks=_x_ticks(chart, scale),
    )


def _x_ticks(chart: Chart, scale: Scale) -> tuple[Tick, ...]:
    texts = [_shortened(str(label)) for label in chart.labels]
    widest = max((width_of(text) for text in texts), default=0.0) + LETTER
    every = max(1, math.ceil(widest / scale.slot))
    return tuple(Tick(_unit(scale.x(i)), text) for i, text in enumerate(texts) if i % every == 0)


def _shortened(label: str) -> str:
    if width_of(label) <= WIDEST_LABEL:
        return label
    while width_of(label) > WIDEST_LABEL - LETTER:
        label = label[:-1]
    return label.rstrip() + "…"


def _bar(
    chart: Chart, scale: Scale, number: int, index: int, value: Decimal | float, full: Callable[[Value], str]
) -> Bar:
    width = min(scale.slot * GROUP_SHARE / len(chart.series), WIDEST_BAR)
    x = scale.x(index) + width * (number - len(chart.series) / 2)
    top, bottom = sorted((scale.y(float(value)), scale.y(0)))
    return Bar(
        series=number + 1,
        x=_unit(x),
        y=_unit(top),
        width=_unit(width * 0.94),
        height=_unit(max(bottom - top, 0.6)),
        text=f"{chart.series[number][0]}, {chart.labels[index]}: {full(value)}",
    )


def _lines(chart: Chart, scale: Scale) -> list[Line]:
    stretches = []
    for number, (_, values) in enumerate(chart.series):
        for missing, run in groupby(enumerate(values), key=lambda pair: pair[1] is None):
            points = [f"{_unit(scale.x(i))},{_unit(scale.y(float(value or 0)))}" for i, value in run]
            if not missing and len(points) > 1:
                stretches.append(Line(number + 1, " ".join(points)))
    return stretches


def _areas(band: Band, scale: Scale) -> list[str]:
    """Go along the high edge of each unbroken stretch and back along the low one."""
    areas = []
    edges = enumerate(zip(band.lows, band.highs, strict=True))
    for missing, run in groupby(edges, key=lambda pair: None in pair[1]):
        if missing:
            continue
        stretch = [(scale.x(i), scale.y(float(low or 0)), scale.y(float(high or 0))) for i, (low, high) in run]
        corners = [(x, top) for x, _, top in stretch] + [(x, bottom) for x, bottom, _ in reversed(stretch)]
        areas.append(" ".join(f"{_unit(x)},{_unit(y)}" for x, y in corners))
    return areas


def _points(chart: Chart, scale: Scale, full: Callable[[Value], str]) -> list[Point]:
    crowded = len(chart.labels) > MARKED_POINTS
    return [
        Point(number + 1, _unit(scale.x(i)), _unit(scale.y(float(value))), f"{name}, {chart.labels[i]}: {full(value)}")
        for number, (name, values) in enumerate(chart.series)
        for i, value in enumerate(values)
        if value is not None and not (crowded and _has_neighbor(values, i))
    ]


def _has_neighbor(values: Sequence[Value], index: int) -> bool:
    around = [*values[max(index - 1, 0) : index], *values[index + 1 : index + 2]]
    return any(value is not None for value in around)


def _unit(length: float) -> str:
    return f"{length:.1f}"
