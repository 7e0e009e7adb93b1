"""The three kinds of plots, as inline SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.evaluation.page.markup import Markup, joined, tag

COLOURS = ("#0b62c4", "#c2410c", "#15803d", "#7e22ce", "#a16207", "#be185d", "#0e7490", "#525252", "#4d7c0f")
BAR_PX, LABEL_PX, SCALE_PX = 22, 180, 300
SIDE_PX, LEFT_PX, BOTTOM_PX = 300, 44, 40
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One value with its interval, 0..1."""

    label: str
    value: float
    interval: tuple[float, float] | None
    colour: str = COLOURS[0]


def bars(rows: Sequence[Bar], *, title: str) -> Markup:
    """Horizontal bars on a scale of 0..1 with whiskers for the intervals."""
    height = BAR_PX * len(rows) + 24
    parts = [_vertical(LABEL_PX + SCALE_PX * step / 10, 0, height - 20, strong=step in (0, 10)) for step in range(11)]
    parts += [
        _text(f"{step / 5:.1f}", LABEL_PX + SCALE_PX * step / 5, height - 6, anchor="middle") for step in range(6)
    ]
    for place, row in enumerate(rows):
        parts += _bar(row, place * BAR_PX)
    return _svg(parts, LABEL_PX + SCALE_PX + 50, height, title)


def _bar(row: Bar, top: float) -> list[Markup]:
    middle = top + BAR_PX / 2
    parts = [
        _text(row.label, LABEL_PX - 8, middle + 4, anchor="end"),
        _box(LABEL_PX, top + 4, SCALE_PX * row.value, 14, row.colour),
        _text(f"{row.value:.3f}", LABEL_PX + SCALE_PX + 8, middle + 4),
    ]
    if row.interval is not None:
        low, high = (LABEL_PX + SCALE_PX * end for end in row.interval)
        path = f"M{low:.1f} {middle:.1f}H{high:.1f}M{low:.1f} {middle - 4:.1f}v8M{high:.1f} {middle - 4:.1f}v8"
        parts.append(tag("path", d=path, stroke="#111", fill="none", stroke_width="1.4"))
    return parts


def curves(lines: Mapping[str, Points], *, title: str, across: str, up: str) -> Markup:
    """Lines in the unit square with a legend; the first is drawn thickest and on top."""
    parts = _axes(across, up)
    for place, (_, points) in reversed(list(enumerate(lines.items()))):
        path = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
        width = "2.6" if place == 0 else "1.4"
        parts.append(tag("polyline", points=path, fill="none", stroke=_colour(place), stroke_width=width))
    for place, name in enumerate(lines):
        top = 18 + 18 * place
        parts.append(_box(LEFT_PX + SIDE_PX + 16, top - 9, 14, 4, _colour(place)))
        parts.append(_text(name, LEFT_PX + SIDE_PX + 36, top - 3))
    return _svg(parts, LEFT_PX + SIDE_PX + 170, SIDE_PX + BOTTOM_PX + 8, title)


def reliability(bins: Sequence[tuple[float, float, tuple[float, float], int]], *, title: str) -> Markup:
    """Share of right answers over mean probability, with intervals; the diagonal is perfect. Discs grow with counts."""
    parts = _axes("mean probability of the answer", "share that is right")
    diagonal = f"M{_x(0):.1f} {_y(0):.1f}L{_x(1):.1f} {_y(1):.1f}"
    parts.append(tag("path", d=diagonal, stroke="#888", fill="none", stroke_dasharray="5 4"))
    most = max((count for *_, count in bins), default=1)
    for confidence, accuracy, (low, high), count in bins:
        whisker = f"M{_x(confidence):.1f} {_y(low):.1f}V{_y(high):.1f}"
        parts.append(tag("path", d=whisker, stroke="#111", fill="none", stroke_width="1.2"))
        radius = 3 + 7 * (count / most) ** 0.5
        parts.append(
            tag("circle", cx=f"{_x(confidence):.1f}", cy=f"{_y(accuracy):.1f}", r=f"{radius:.1f}", fill=COLOURS[0])
        )
        parts.append(_text(f"{count}", _x(confidence) + radius + 3, _y(accuracy) + 4))
    return _svg(parts, LEFT_PX + SIDE_PX + 50, SIDE_PX + BOTTOM_PX + 8, title)


def _axes(across: str, up: str) -> list[Markup]:
    parts = []
    for step in range(6):
        share, strong = step / 5, step == 0
        parts.append(_vertical(_x(share), 8, SIDE_PX + 8, strong=strong))
        line = f"M{LEFT_PX} {_y(share):.1f}H{LEFT_PX + SIDE_PX}"
        parts.append(tag("path", d=line, stroke="#888" if strong else "#ddd", fill="none"))
        parts.append(_text(f"{share:.1f}", _x(share), SIDE_PX + 22, anchor="middle"))
        parts.append(_text(f"{share:.1f}", LEFT_PX - 6, _y(share) + 4, anchor="end"))
    parts.append(_text(across, LEFT_PX + SIDE_PX / 2, SIDE_PX + 40, anchor="middle"))
    turned = f"translate(12 {SIDE_PX / 2 + 8:.0f}) rotate(-90)"
    parts.append(tag("g", _text(up, 0, 0, anchor="middle"), transform=turned))
    return parts


def _x(share: float) -> float:
    return LEFT_PX + SIDE_PX * share


def _y(share: float) -> float:
    return 8 + SIDE_PX * (1 - share)


def _colour(place: int) -> str:
    return COLOURS[place % len(COLOURS)]


def _vertical(x: float, top: float, bottom: float, *, strong: bool) -> Markup:
    colour = "#888" if strong else "#ddd"
    return tag("path", d=f"M{x:.1f} {top:.1f}V{bottom:.1f}", stroke=colour, fill="none")


def _box(left: float, top: float, width: float, height: float, colour: str) -> Markup:
    sides = {"x": left, "y": top, "width": width, "height": height}
    return tag("rect", **{name: f"{side:.1f}" for name, side in sides.items()}, fill=colour)


def _text(content: str, x: float, y: float, *, anchor: str = "start") -> Markup:
    return tag("text", content, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor)


def _svg(parts: Sequence[Markup], width: float, height: float, title: str) -> Markup:
    view = f"0 0 {width:.0f} {height:.0f}"
    return tag("svg", tag("title", title), joined(parts), viewBox=view, width=f"{width:.0f}", role="img")
