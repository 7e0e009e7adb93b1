"""The report as one page of HTML that needs nothing else: no script, no other file, no network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from importlib.resources import files

from common.domain.prediction import Label
from model_api.moderation.report import Moment, Person, Report
from model_api.moderation.segments import VIOLATIONS, Segment
from model_api.moderation.texts import NAMES, clock, coverage, name_of
from model_api.moderation.timeline import draw_timeline

MOST_PEOPLE = 200  # on the page, with their portraits; the JSON has all
MOST_LANES = 40  # of the timeline
MOST_FACES = 8  # beside a segment
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def to_page(report: Report) -> str:
    """A whole HTML document. The worst come first, and everything that a stranger wrote is escaped."""
    people = sorted(report.people, key=_gravity)
    shown = people[:MOST_PEOPLE]
    name = escape(report.source)
    style = files("model_api.moderation").joinpath("page.css").read_text(encoding="utf-8")
    body = "".join(
        [
            f"<h1>{name}</h1>{_notes(report)}{_tiles(report)}",
            f'<h2>Timeline</h2><div class="scroll">{draw_timeline(report, shown[:MOST_LANES])}</div>',
            _moment(report.worst),
            _segments(report.segments, {person.id: person for person in people}),
            _people(shown, len(people)),
            _footer(report),
        ]
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Masks in {name}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><style>{style}</style></head>'
        f"<body>{body}</body></html>"
    )


def _gravity(person: Person) -> tuple[float, ...]:
    lengths = [
        sum(each.end_seconds - each.start_seconds for each in person.segments if each.label is label)
        for label in VIOLATIONS
    ]
    return (*(-length for length in lengths), person.id)


def _notes(report: Report) -> str:
    looked = (
        f'<p class="faint">{clock(report.seconds)} of video, {report.width} × {report.height}. {coverage(report)}.</p>'
    )
    return looked + (
        f'<p class="note">{escape(report.error[0].upper() + report.error[1:])}.</p>' if report.error else ""
    )


def _tiles(report: Report) -> str:
    counts = report.people_by_label()
    tiles = [f'<div class="tile"><b>{len(report.people)}</b>people seen</div>']
    tiles += [
        f'<div class="tile"><b class="{label.value}">{counts[label.value]}</b>{name}</div>'
        for label, name in NAMES.items()
    ]
    for label, what in ((Label.NO_MASK, "somebody with no mask"), (Label.MASK_INCORRECT, "one worn wrongly")):
        share = report.coverage.frames_by_segment[label.value] / report.coverage.frames
        tiles.append(f'<div class="tile"><b>{share:.0%}</b>of frames: {what}</div>')
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _moment(worst: Moment | None) -> str:
    if worst is None:
        said = "Nobody was seen without a mask, or wearing it wrongly, for certain."
        return f"<h2>No segment without a mask</h2><p>{said}</p>"
    counts = ", ".join(f"{worst.counts[label.value]} {NAMES[label]}" for label in NAMES if worst.counts[label.value])
    when = clock(worst.seconds)
    picture = f'<img class="moment" src="{_data(worst.picture)}" alt="The frame at {when}, with its faces marked">'
    return f"<h2>Worst moment: {when}</h2><p>{counts}</p>{picture}"


def _segments(segments: Sequence[Segment], people: dict[int, Person]) -> str:
    if not segments:
        return ""
    rows = "".join(
        f'<tr><td>{clock(each.start_seconds)} to {clock(each.end_seconds)}</td><td><b class="{each.label.value}">'
        f"{NAMES[each.label]}</b></td><td>{_faces(each, people)}</td></tr>"
        for each in segments
    )
    return f"<h2>When</h2>{_table(('time', 'what', 'who'), rows)}"


def _faces(segment: Segment, people: dict[int, Person]) -> str:
    portraits = " ".join(_portrait(people[number]) for number in segment.people[:MOST_FACES])
    more = len(segment.people) - MOST_FACES
    return portraits + (f" and {more} more" if more > 0 else "")


def _people(people: Sequence[Person], total: int) -> str:
    rows = "".join(
        f'<tr><td>{_portrait(person)}</td><td>{name_of(person)}</td><td><b class="{person.label.value}">'
        f"{NAMES[person.label]}</b></td><td>{_counts(person)}</td>"
        f"<td>{_seen(person)}</td></tr>"
        for person in people
    )
    if not rows:
        return "<h2>Who</h2><p>Nobody was seen.</p>"
    more = f"<p>and {total - len(people)} more people, in the JSON report</p>" if total > len(people) else ""
    return f"<h2>Who</h2>{_table(('', 'who', 'on the whole', 'frame by frame', 'seen'), rows)}{more}"


def _seen(person: Person) -> str:
    first, last = clock(person.first_seconds), clock(person.last_seconds)
    return first if first == last else f"{first} to {last}"


def _counts(person: Person) -> str:
    return ", ".join(
        f"{person.counts[label.value]} {name}" for label, name in NAMES.items() if person.counts[label.value]
    )


def _table(heads: Sequence[str], rows: str) -> str:
    head = "".join(f"<th>{each}</th>" for each in heads)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _portrait(person: Person) -> str:
    name = name_of(person)
    return f'<img class="portrait" src="{_data(person.portrait)}" alt="{name}" title="{name}">'


def _data(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{b64encode(jpeg).decode('ascii')}"


def _footer(report: Report) -> str:
    models = ", ".join(name for name in report.model.values() if name)
    return (
        f"<footer><p>By {escape(models)}, in {report.took_seconds:.1f} s. People are told apart by place and time, "
        "within this video only: who leaves and comes back is counted again, and two who cross may be exchanged. "
        f"{report.unconfirmed} faces seen once and not clearly are left out.</p></footer>"
    )
