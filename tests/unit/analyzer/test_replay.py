"""A back-test leaves out what changes nothing: its events are those of every picture folded one by one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from past import PLACES, pasts, plain
from pictures import BARE, MASKED, UNSURE, at, make_camera, make_face, make_prediction, make_rule

from analyzer.backtest import replay as replaying
from analyzer.backtest.replay import replay
from analyzer.history.fold import fold, scene_of
from analyzer.history.state import History, State
from analyzer.machine import Change, close_silent
from analyzer.zones import look_at
from common.domain.camera import Camera, Zone, ZoneMode
from common.domain.event import Event
from common.domain.prediction import Prediction
from common.domain.rule import Condition, Rule

END = at(1_000_000)
LEFT = Zone(name="left", polygon=((0, 0), (0.3, 0), (0.3, 1), (0, 1)))
POSTER = Zone(name="poster", polygon=((0.7, 0), (1, 0), (1, 1), (0.7, 1)), mode=ZoneMode.IGNORE)
ANYWHERE = Zone(name="all", polygon=((0, 0), (1, 0), (1, 1), (0, 1)))
RULES = (
    make_rule(for_seconds=0, keep_firing_seconds=0),
    make_rule(for_seconds=10, keep_firing_seconds=200),
    make_rule(condition=Condition(count_at_least=2)),
    make_rule(condition=Condition(label=UNSURE)),
    make_rule(condition=Condition(label=MASKED, count_at_least=None, share_above=0.5)),
    make_rule(zone="left", for_seconds=0),
)


def folded(pictures: Iterable[Prediction], rule: Rule, camera: Camera, end: datetime) -> dict[str, Event]:
    """Every event that fired, with each picture folded."""
    scene, history, found = scene_of(camera, [rule]), History.beginning(State()), {}
    for picture in pictures:
        story = fold(history, [look_at(camera, picture)], scene, {})
        history = story.history
        found |= {event.id: event for event in (*story.resolved, *history.newest.events)}
    for event in history.newest.events:
        ending = close_silent(event, rule, end)
        if ending.change is Change.RESOLVED and ending.event is not None:
            found[event.id] = ending.event
    return {key: event for key, event in found.items() if event.fired_at is not None}


def replayed(pictures: Iterable[Prediction], rule: Rule, camera: Camera, end: datetime) -> dict[str, Event]:
    told = replay(scene_of(camera, [rule]), rule, [plain(each) for each in pictures], end=end)
    return {each.turn.event.id: each.turn.event for each in told}


def what_shows(events: dict[str, Event]) -> dict[str, tuple[object, ...]]:
    return {
        key: (event.state, event.started_at, event.fired_at, event.resolved_at, event.peak_count, event.reason)
        for key, event in events.items()
    }


@settings(deadline=None, max_examples=150)
@given(pasts(), st.sampled_from(RULES), st.booleans())
def test_the_same_events_as_of_every_picture_folded(past: list[Prediction], rule: Rule, is_zoned: bool) -> None:
    camera = make_camera(zones=(LEFT, ANYWHERE, POSTER), min_face_px=20) if is_zoned else make_camera()
    assert what_shows(replayed(past, rule, camera, END)) == what_shows(folded(past, rule, camera, END))


def test_pictures_of_people_who_matter_to_nobody_are_not_folded() -> None:
    masked = [make_prediction(5 * number, MASKED, MASKED) for number in range(50)]
    bare = [make_prediction(1000 + 5 * number, BARE) for number in range(5)]
    with patch.object(replaying, "fold", wraps=fold) as folding:
        found = replayed([*masked, *bare], RULES[0], make_camera(), END)
    assert len(found) == 1
    assert folding.call_count == len(bare)


def test_a_crowd_that_never_ends_is_followed_once_enough_pictures_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "MOST_WAITING", 10)
    crowd = [make_prediction(5 * number, MASKED) for number in range(25)]
    faces = (make_face(BARE, PLACES[2]), make_face(MASKED, (0, 30, 30, 60)))
    bare = [make_prediction(5 * number, faces=faces) for number in range(25, 30)]
    past = [*crowd, *bare]
    found = replayed(past, RULES[0], make_camera(), END)
    assert what_shows(found) == what_shows(folded(past, RULES[0], make_camera(), END))
    assert len(found) == 1


def test_what_still_goes_on_at_the_end_is_not_over() -> None:
    past = [make_prediction(5 * number, BARE) for number in range(5)]
    [event] = replayed(past, RULES[0], make_camera(), at(25)).values()
    assert event.resolved_at is None
    [ended] = replayed(past, RULES[0], make_camera(), at(500)).values()
    assert (ended.resolved_at, ended.reason) == (at(80), "no_pictures")


def test_more_people_are_told_as_they_come() -> None:
    alone = [make_prediction(2 * number, BARE) for number in range(5)]
    both = [make_prediction(10 + 2 * number, BARE, BARE) for number in range(5)]
    rule = make_rule(for_seconds=0)
    pictures = [plain(each) for each in (*alone, *both)]
    fired, grown = replay(scene_of(make_camera(), [rule]), rule, pictures, end=at(20))
    assert (fired.turn.change, fired.turn.event.peak_count) == (Change.FIRED, 1)
    assert (grown.turn.change, grown.turn.event.peak_count) == (Change.CONTINUED, 2)
    assert fired.at < at(10) <= grown.at
