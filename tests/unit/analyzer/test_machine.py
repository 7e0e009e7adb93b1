"""The life of an event."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import at, make_rule

from analyzer.machine import Change, Sight, close_silent, event_id, silence_limit, step
from analyzer.rules import Reading
from common.domain.event import EventState

NOTHING = (Change.NONE, None)


class Watch:
    """Plays pictures against one rule and remembers every change."""

    def __init__(self, **rule_fields):
        self.rule = make_rule(**rule_fields)
        self.event = None
        self.closed = []
        self.changes = []

    def see(self, seconds, people):
        reading = Reading(holds=people > 0, count=people)
        sight = Sight(camera_id="door", snapshot_id=f"s{seconds:g}", captured_at=at(seconds))
        if self.event is not None:
            self._take(close_silent(self.event, self.rule, sight.captured_at))
        self._take(step(self.event, self.rule, reading, sight))
        return self.changes[-1]

    def play(self, *pictures):
        for seconds, people in pictures:
            self.see(seconds, people)
        return [change for change in self.changes if change not in (Change.NONE, Change.CONTINUED)]

    def _take(self, transition):
        self.changes.append(transition.change)
        if transition.change is Change.RESOLVED:
            self.closed.append(transition.event)
        self.event = None if transition.change in (Change.RESOLVED, Change.DROPPED) else transition.event

    @property
    def history(self):
        return [*self.closed, *([self.event] if self.event is not None else [])]


def test_nothing_happens_while_the_condition_is_false():
    watch = Watch()
    assert watch.play((0, 0), (2, 0)) == []
    assert watch.event is None


def test_it_fires_once_the_condition_has_held_long_enough_by_capture_times():
    watch = Watch(for_seconds=4)
    assert watch.see(0, 1) is Change.STARTED
    assert watch.see(2, 1) is Change.CONTINUED
    assert watch.see(4, 1) is Change.FIRED
    assert watch.event.state is EventState.FIRING
    assert (watch.event.started_at, watch.event.fired_at) == (at(0), at(4))


def test_with_no_duration_it_fires_at_once():
    watch = Watch(for_seconds=0)
    assert watch.see(7, 1) is Change.FIRED
    assert watch.event.fired_at == at(7)


def test_a_pending_event_is_dropped_when_the_condition_ends():
    watch = Watch(for_seconds=4)
    assert watch.play((0, 1), (2, 0), (4, 1), (6, 1)) == [Change.STARTED, Change.DROPPED, Change.STARTED]
    assert watch.event.started_at == at(4)


def test_it_keeps_firing_through_a_short_pause_and_resolves_after_a_long_one():
    watch = Watch(for_seconds=0, keep_firing_seconds=4)
    changes = watch.play((0, 1), (2, 0), (3, 1), (5, 0), (6, 0), (7, 0))
    assert changes == [Change.FIRED, Change.RESOLVED]
    assert watch.closed[0].resolved_at == at(7)
    assert watch.closed[0].last_true_at == at(3)


def test_with_nothing_to_keep_it_resolves_with_the_first_picture_that_is_false():
    watch = Watch(for_seconds=0, keep_firing_seconds=0)
    assert watch.play((0, 1), (2, 0)) == [Change.FIRED, Change.RESOLVED]


def test_after_it_was_resolved_the_next_time_is_a_new_event():
    watch = Watch(for_seconds=0, keep_firing_seconds=0)
    watch.play((0, 1), (2, 0), (4, 1))
    assert [event.id for event in watch.history] == [event_id("rule", "door", "s0"), event_id("rule", "door", "s4")]


def test_the_picture_with_most_people_is_remembered_and_the_first_of_equals():
    watch = Watch(for_seconds=4)
    watch.play((0, 1), (2, 3), (4, 2), (6, 3))
    assert (watch.event.peak_count, watch.event.snapshot_id) == (3, "s2")


def test_an_overtaken_picture_changes_nothing():
    watch = Watch(for_seconds=4)
    watch.play((0, 1), (3, 1))
    before = watch.event
    assert watch.see(2, 0) is Change.NONE
    assert watch.see(1, 9) is Change.NONE
    assert watch.event == before


def test_what_was_not_seen_is_not_claimed_after_a_long_silence():
    watch = Watch(for_seconds=4, keep_firing_seconds=4)
    assert watch.play((0, 1), (3600, 1)) == [Change.STARTED, Change.DROPPED, Change.STARTED]
    assert watch.event.started_at == at(3600)


def test_a_firing_event_ends_with_the_silence_limit_and_not_when_somebody_notices():
    watch = Watch(for_seconds=0, keep_firing_seconds=4)
    assert watch.play((0, 1), (3600, 1)) == [Change.FIRED, Change.RESOLVED, Change.FIRED]
    assert watch.closed[0].resolved_at == at(60)


@pytest.mark.parametrize(("keep", "limit"), [(4, 60), (300, 300)])
def test_the_silence_limit_is_never_shorter_than_what_the_rule_keeps(keep, limit):
    watch = Watch(for_seconds=0, keep_firing_seconds=keep)
    watch.see(0, 1)
    assert silence_limit(watch.rule).total_seconds() == limit
    assert close_silent(watch.event, watch.rule, at(limit)).change is Change.NONE
    assert close_silent(watch.event, watch.rule, at(limit + 0.001)).change is Change.RESOLVED


def test_a_change_of_the_rule_counts_from_the_next_picture_on():
    watch = Watch(for_seconds=100)
    watch.play((0, 1), (10, 1))
    watch.rule = replace(watch.rule, for_seconds=5)
    assert watch.see(11, 1) is Change.FIRED


gaps_and_people = st.lists(st.tuples(st.sampled_from([0.5, 1, 2, 5, 30, 90]), st.integers(0, 3)), max_size=40)
rules = st.fixed_dictionaries(
    {"for_seconds": st.sampled_from([0, 1, 4, 10]), "keep_firing_seconds": st.sampled_from([0, 4, 100])}
)


def as_pictures(steps):
    now, pictures = 0.0, []
    for gap, people in steps:
        now += gap
        pictures.append((now, people))
    return pictures


@given(gaps_and_people, rules, st.data())
def test_pictures_that_come_again_make_the_same_events(steps, rule_fields, data):
    once, again = Watch(**rule_fields), Watch(**rule_fields)
    pictures = as_pictures(steps)
    once.play(*pictures)
    for index, picture in enumerate(pictures):
        again.see(*picture)
        # Any pictures seen so far while an event is open; without one the record of predictions keeps them away.
        repeats = data.draw(st.lists(st.integers(0, index), max_size=3))
        again.play(*(pictures[repeat] for repeat in repeats if again.event is not None))
    assert again.history == once.history


@given(gaps_and_people, rules)
def test_every_event_is_in_order_and_says_only_what_was_seen(steps, rule_fields):
    watch = Watch(**rule_fields)
    pictures = as_pictures(steps)
    watch.play(*pictures)
    true_at = {at(seconds) for seconds, people in pictures if people}
    for event in watch.history:
        assert event.started_at <= event.last_true_at <= event.evaluated_at
        assert {event.started_at, event.last_true_at} <= true_at
        if event.state is not EventState.PENDING:
            assert (event.fired_at - event.started_at).total_seconds() >= watch.rule.for_seconds
    for earlier, later in zip(watch.history, watch.history[1:], strict=False):
        assert earlier.resolved_at <= later.started_at
