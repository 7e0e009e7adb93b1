"""The ledger finds whatever is wrong: else the other tests of this folder would prove nothing."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from common.domain.camera import Camera
from common.domain.shot import Outcome, Shot, image_key, shot_id
from grabber.slots import due_slots
from tests.chaos.ledger import Ledger, Page

BEGAN = datetime(2026, 3, 4, 12, tzinfo=UTC)
ENDED = BEGAN + timedelta(seconds=10)
CAMERA = Camera(id="cam", name="Door", url="http://door/", interval_seconds=1, created_at=BEGAN)


def shot(slot: datetime) -> Shot:
    return Shot(
        id=shot_id("cam", slot),
        camera_id="cam",
        scheduled_at=slot,
        outcome=Outcome.PREDICTED,
        image_key=image_key("cam", slot),
    )


def page(*shots: Shot) -> Page:
    """A page in which everything agrees with the shots."""
    return Page(
        camera=CAMERA,
        shots=shots,
        counted=dict(Counter(each.outcome for each in shots)),
        predicted=frozenset(each.id for each in shots if each.outcome is Outcome.PREDICTED),
        pictures=frozenset(each.image_key for each in shots if each.image_key),
    )


SHOTS = [shot(slot) for slot in due_slots(CAMERA, after=BEGAN, until=ENDED)]
WHOLE = page(*SHOTS)
OPEN = replace(SHOTS[3], outcome=Outcome.TAKEN)


def faults(*, waiting: int = 0, **changes: object) -> list[str]:
    changed = replace(WHOLE, **changes)  # type: ignore[arg-type]
    return Ledger(pages=(changed,), waiting={"jobs": waiting}, began=BEGAN, ended=ENDED).faults


def test_a_whole_ledger_has_no_faults() -> None:
    assert faults() == []


@pytest.mark.parametrize("number", [0, 4, len(SHOTS) - 3])
def test_a_missing_slot_is_found_wherever_it_lies(number: int) -> None:
    kept = page(*SHOTS[:number], *SHOTS[number + 1 :])
    assert [fault.split(" ", 1)[1] for fault in faults(**vars(kept))] == [
        f"the slot at {SHOTS[number].scheduled_at:%T.%f} has no outcome"
    ]


def test_a_camera_that_was_never_looked_at_is_found() -> None:
    assert len(faults(**vars(page()))) >= 8


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"waiting": 2}, "2 messages wait"),
        (vars(page(*SHOTS[:3], OPEN, *SHOTS[4:])), "still on its way"),
        (vars(page(*SHOTS, shot(ENDED + timedelta(milliseconds=1)))), "was no slot"),
        ({"counted": {Outcome.PREDICTED: len(SHOTS) + 1}}, "the statistics count"),
        ({"predicted": WHOLE.predicted - {SHOTS[2].id}}, "predicted without a prediction"),
        ({"predicted": WHOLE.predicted | {"cam-7"}}, "a prediction and another outcome"),
        ({"pictures": WHOLE.pictures - {SHOTS[5].image_key}}, "no picture"),
        ({"pictures": WHOLE.pictures | {"snapshots/cam/stray.jpg"}}, "nobody knows the picture"),
    ],
)
def test_each_kind_of_fault_is_told(changes: dict[str, object], told: str) -> None:
    assert [fault for fault in faults(**changes) if told in fault]
