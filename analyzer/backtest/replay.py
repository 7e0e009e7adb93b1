"""One camera's past: when a rule would have fired, from the pictures in the order of capture.

The analyzer's own fold, one picture after the other. What it could not change anything by is left out: while nobody is
in view and nothing is open, people who come and go are followed only once a face is seen that can make one of them be
called what the rule looks for (plausible.py); then from the moment on at which they came. Nothing else is different.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from pydantic_core import from_json

from analyzer.backtest.plausible import is_plausible
from analyzer.history.fold import Scene, fold
from analyzer.history.state import History, State
from analyzer.history.turns import Turn, events_after, turns
from analyzer.machine import Change, close_silent
from analyzer.sightings.follow import MOST_MISSES, MOST_SECONDS, Look
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
    """The pictures since somebody came, as long as anybody of them may still be there."""

    pictures: list[PlainPrediction] = field(default_factory=list)
    seen_at: datetime | None = None
    misses: int = 0

    def add(self, picture: PlainPrediction) -> None:
        """With one more picture; it is empty once all are forgotten."""
        has_faces = picture.faces != NOBODY
        self.misses = 0 if has_faces else self.misses + 1
        if self.seen_at is None or (picture.captured_at - self.seen_at).total_seconds() > MOST_SECONDS:
            self.pictures.clear()
        if has_faces:
            self.seen_at = picture.captured_at
        if has_faces or self.pictures:
            self.pictures.append(picture)
        if self.misses >= MOST_MISSES:
            self.pictures.clear()

    def take(self) -> list[PlainPrediction]:
        """All of it, to be followed."""
        taken, self.pictures = self.pictures, []
        return taken


def replay(scene: Scene, rule: Rule, pictures: Iterable[PlainPrediction], *, end: datetime) -> Iterator[Told]:
    """What the rule, one of the scene's, makes of the pictures, which are in order, up to `end`."""
    history, stay = History.beginning(State()), _Stay()
    for picture in pictures:
        if history.newest.people or history.newest.events:
            due = [picture]
        else:
            stay.add(picture)
            if not stay.pictures or not _must_follow(rule, picture, stay):
                continue
            due = stay.take()
        for each in due:
            look = _look(scene.camera, each)
            before = history.newest.events
            story = fold(history, [look], scene, {})
            history = story.history
            if story.resolved or history.newest.events != before:
                yield from _told(before, events_after(story), look.at)
    for event in history.newest.events:
        ending = close_silent(event, rule, end)
        if ending.event is not None and ending.change is Change.RESOLVED:
            yield from _told([event], {event.id: ending.event}, end)


def _must_follow(rule: Rule, picture: PlainPrediction, stay: _Stay) -> bool:
    if len(stay.pictures) >= MOST_WAITING:
        return True
    return picture.faces != NOBODY and is_plausible(rule.condition.label, from_json(picture.faces))


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
