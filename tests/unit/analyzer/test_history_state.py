"""How far back a camera's history can go."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pictures import at

from analyzer.history.state import LATE, History, State, dump, load


def after(*seconds):
    """The history of a camera whose pictures were captured then; its states are told apart by their number."""
    history = History.beginning(State())
    for number, each in enumerate(sorted(seconds)):
        history = history.advanced(State(captured_at=at(each), snapshot_id=f"{number:02}"))
    return history


def test_before_the_first_picture_there_is_nothing_to_go_back_to_and_nothing_is_too_late():
    history = after()
    assert history.newest.precedes(at(0), "00")
    assert not history.is_too_late(at(-1000))
    assert history.back_to(at(0)).newest == State()


def test_of_pictures_of_one_moment_the_greater_id_is_the_newer():
    state = State(captured_at=at(5), snapshot_id="b")
    assert [state.precedes(at(seconds), name) for seconds, name in ((5, "a"), (5, "b"), (5, "c"), (6, "a"))] == [
        False,
        False,
        True,
        True,
    ]


def test_a_state_to_go_back_to_has_all_pictures_of_its_moment():
    history = after(0, 0, 5)
    assert history.recent == State(captured_at=at(0), snapshot_id="01")
    assert history.back_to(at(3)).newest == history.recent
    assert history.back_to(at(0)).newest == State()


@given(st.lists(st.sampled_from([0.0, 1.0, 40.0, 119.0, 121.0]), min_size=1, max_size=30), st.floats(0, 120))
def test_every_picture_that_is_not_too_late_has_a_state_before_it(gaps, late):
    moments = [sum(gaps[: number + 1]) for number in range(len(gaps))]
    history, wanted = after(*moments), at(moments[-1] - late)
    assert not history.is_too_late(wanted)
    earlier = history.back_to(wanted).newest
    if earlier.captured_at is None:  # then all it knows is young
        assert history.newest.captured_at - at(moments[0]) <= LATE
    else:
        assert earlier.captured_at < wanted
        assert earlier.snapshot_id == f"{sum(at(each) <= earlier.captured_at for each in moments) - 1:02}"


def test_it_is_the_same_from_its_json():
    history = after(0, 5, 200)
    assert load(dump(history)) == history
