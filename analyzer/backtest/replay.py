"""One camera's past: when a rule would have fired, from the pictures in the order of capture.

The analyzer's own fold, one picture after the other. What it could not change anything by is left out: while nothing is
open, pictures wait until faces in them can have made somebody be called what the rule looks for (plausible.py). Then
all that wait are folded; if everybody has left before that, none is. Nothing else is different.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic_core import from_json

from analyzer.backtest.plausible import NEEDED, gain, lead
from analyzer.history.fold import Scene, fold
from analyzer.history.state import History, State
from analyzer.history.turns import Turn, events_after, turns
from analyzer.machine import Change, close_silent
from analyzer.sightings.follow import MOST_MISSES, MOST_SECONDS, Look, Person
from analyzer.zones import look_at
from common.domain.camera import Camera
from common.domain.event import Event
from common.domain.prediction import Face, Label, Prediction
from common.domain.rule import Rule
from common.ports.repository import PlainPrediction

NOBODY = "[]"
MOST_WAITING = 2000  # pictures of people who go on coming and going: then they are followed without a reason


@dataclass(frozen=True, kw_only=True)
class Told:
    """What happened to an event that has fired, and when that would have been noticed."""

    at: datetime
    turn: Turn


@dataclass(kw_only=True)
class _Stay:
    """The pictures since somebody came, or was last followed, as long as any of these people may still be there."""

    label: Label
    pictures: list[PlainPrediction] = field(default_factory=list)
    lead: float = 0.0  # no lead of anybody is larger
    seen_at: datetime | None = None
    misses: int = 0

    def begin(self, people: Sequence[Person]) -> None:
        """Of those who are there already."""
        self.pictures.clear()
        self.lead = max((max(0.0, lead(self.label, person.evidence)) for person in people), default=0.0)
        self.seen_at = max((person.seen_at for person in people), default=None)
        self.misses = min((person.misses for person in people), default=0)

    def add(self, picture: PlainPrediction) -> None:
        """With one more picture."""
        self.pictures.append(picture)
        if picture.faces == NOBODY:
            self.misses += 1
            return
        self.misses, self.seen_at = 0, picture.captured_at
        if self.lead < NEEDED:
            self.lead += gain(self.label, from_json(picture.faces))

    def is_over(self, at: datetime) -> bool:
        """Whether a picture of that time finds all of them forgotten."""
        if self.seen_at is None:
            return True
        return self.misses >= MOST_MISSES or (at - self.seen_at).total_seconds() > MOST_SECONDS

    @property
    def matters(self) -> bool:
        """Whether somebody may be called the label by now, or too many pictures wait to be kept."""
        return self.lead >= NEEDED or len(self.pictures) >= MOST_WAITING


def replay(scene: Scene, rule: Rule, pictures: Iterable[PlainPrediction], *, end: datetime) -> Iterator[Told]:
    """What the rule, one of the scene's, makes of the pictures, which are in order, up to `end`."""
    label = rule.condition.label
    state, stay = State(), _Stay(label=label)
    for picture in pictures:
        if stay.is_over(picture.captured_at):
            if stay.seen_at is not None:
                state = replace(state, people=())
                stay.begin(())
            if picture.faces == NOBODY and not state.events:
                continue
        stay.add(picture)
        if not state.events and not stay.matters and all(person.label is not label for person in state.people):
            continue
        for each in stay.pictures:
            look, before = _look(scene.camera, each), state.events
            story = fold(History.beginning(state), [look], scene, {})
            state = story.history.newest
            if story.resolved or state.events != before:
                yield from _told(before, events_after(story), look.at)
        stay.begin(state.people)
    for event in state.events:
        ending = close_silent(event, rule, end)
        if ending.event is not None and ending.change is Change.RESOLVED:
            yield from _told([event], {event.id: ending.event}, end)


def _told(before: Iterable[Event], after: dict[str, Event], at: datetime) -> Iterator[Told]:
    for turn in turns({event.id: event for event in before}, after):
        if turn.event.fired_at is not None:
            yield Told(at=turn.event.resolved_at or at, turn=turn)


def _look(camera: Camera, picture: PlainPrediction) -> Look:
    faces = from_json(picture.faces) if picture.faces != NOBODY else ()
    prediction = Prediction(
        snapshot_id=picture.snapshot_id,
        camera_id=camera.id,
        scheduled_at=picture.captured_at,
        captured_at=picture.captured_at,
        predicted_at=picture.captured_at,
        image_key="",
        width=picture.width,
        height=picture.height,
        faces=tuple(
            Face(
                box=tuple(face["box"]),
                score=face["score"],
                landmarks=(),  # they say which picture of somebody is the best one, and no more
                label=Label(face["label"]),
                probabilities=face["probabilities"],
            )
            for face in faces
        ),
        model={},
    )
    return look_at(camera, prediction)
