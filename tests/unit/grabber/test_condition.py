"""A camera is degraded by what happens again and again, and no longer than it does."""

import pytest

from grabber.condition import ADVICE, LAST, MOST_REJECTED, Condition
from grabber.quality import DEAD, UNUSUAL


def after(*said: str | None) -> str | None:
    condition = Condition()
    for refusal in said:
        condition.note(refusal)
    return condition.trouble


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        ((), None),
        ((None,) * LAST, None),
        (("corrupt",) * MOST_REJECTED, None),
        (("corrupt",) * (MOST_REJECTED + 1), "corrupt"),
        (("corrupt", None) * LAST, None),
        (("torn", "grey", "torn", "torn"), "torn"),
        ((*["corrupt"] * LAST, *[None] * 2), "corrupt"),
        ((*["corrupt"] * LAST, *[None] * 3), None),
    ],
)
def test_more_than_half_of_the_last_pictures_must_be_refused(said: tuple[str | None, ...], trouble: str | None) -> None:
    assert after(*said) == trouble


def test_every_reason_of_the_gate_has_its_advice() -> None:
    reasons = {check.__name__.removeprefix("is_") for check in (*DEAD, *UNUSUAL)}
    assert set(ADVICE) == reasons
