"""Whether to open a turnstile for who stands in front of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from common.domain.prediction import Face, Label, PictureResult


class Decision(StrEnum):
    """RETRY: take another picture, this one does not tell."""

    ALLOW = "allow"
    DENY = "deny"
    RETRY = "retry"


@dataclass(frozen=True, kw_only=True)
class GateAnswer:
    """The decision and why; `face` is the one that was judged."""

    decision: Decision
    reason: str
    face: Face | None = None


_BY_LABEL = {
    Label.MASK_CORRECT: (Decision.ALLOW, "the mask is worn properly"),
    Label.MASK_INCORRECT: (Decision.DENY, "the mask does not cover what it should"),
    Label.NO_MASK: (Decision.DENY, "no mask is worn"),
    Label.UNCERTAIN: (Decision.RETRY, "the picture does not show whether a mask is worn"),
}


def decide(result: PictureResult) -> GateAnswer:
    """Judge the largest face: it is the nearest, and those behind it wait for their turn."""
    if not result.faces:
        return GateAnswer(decision=Decision.RETRY, reason="no face is seen")
    nearest = max(result.faces, key=lambda face: face.size)
    decision, reason = _BY_LABEL[nearest.label]
    return GateAnswer(decision=decision, reason=reason, face=nearest)
