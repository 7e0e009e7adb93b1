"""The timeline of a report as inline SVG: a lane for the video, and one for each person."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from model_api.moderation.report import Person, Report
from model_api.moderation.segments import Segment
from model_api.moderation.texts import clock, name_of

WIDTH, LEFT, RIGHT = 1000, 96, 20  # in the drawing's own units; LEFT holds the lanes' names
LANE, BAR = 24, 14  # height of a lane, and of what lies in it
TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)  # seconds between two marks
MOST_TICKS = 10
LEAST_BAR = 3.0  # a second of a long video is still seen


def draw_timeline(report: Report, people: Sequence[Person]) -> str:
    """An <svg> element; `people`: whose lanes are drawn."""
    scale = (WIDTH - LEFT - RIGHT) / max(report.seconds, 1e-3)
    lanes = [_lane(0, "video", [_bar(segment, 0, scale) for segment in report.segments])]
    for row, person in enumerate(people, start=1):
        seen = f"{name_of(person)}: seen from {clock(person.first_seconds)} to {clock(person.last_seconds)}"
        presence = _rect("seen", person.first_seconds, person.last_seconds, row, scale, seen, height=BAR // 3)
        lanes.append(_lane(row, name_of(person), [presence, *(_bar(each, row, scale) for each in person.segments)]))
    bottom = LANE * len(lanes)
    return (
        f'<svg viewBox="0 0 {WIDTH} {bottom + 22}" role="img" aria-label="Timeline of who wore no mask when">'
        f"{_axis(report.seconds, scale, bottom)}{''.join(lanes)}</svg>"
    )


def _lane(row: int, name: str, bars: Sequence[str]) -> str:
    return f'<text x="0" y="{row * LANE + LANE // 2 + 5}">{escape(name)}</text>{"".join(bars)}'


def _bar(segment: Segment, row: int, scale: float) -> str:
    text = f"{clock(segment.start_seconds)} to {clock(segment.end_seconds)}"
    return _rect(segment.label.value, segment.start_seconds, segment.end_seconds, row, scale, text, height=BAR)


def _rect(kind: str, start: float, end: float, row: int, scale: float, title: str, *, height: int) -> str:
    width = max(LEAST_BAR, (end - start) * scale)
    x, y = min(LEFT + start * scale, WIDTH - RIGHT - LEAST_BAR), row * LANE + (LANE - height) / 2
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height}" rx="2">'
        f"<title>{escape(title)}</title></rect>"
    )


def _axis(seconds: float, scale: float, bottom: int) -> str:
    step = next((tick for tick in TICKS if seconds / tick <= MOST_TICKS), math.ceil(seconds / MOST_TICKS))
    marks = [(mark, LEFT + mark * scale) for mark in range(0, math.floor(seconds) + 1, step)]
    return "".join(
        f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{bottom}"/>'
        f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{clock(mark)}</text>'
        for mark, x in marks
    )
