"""What people say of a face, as JSON."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from common.domain.feedback import Feedback

NO_FACE = "no_face"


class VerdictForm(BaseModel):
    """Whether the model was right, and else what the face is."""

    model_config = ConfigDict(extra="forbid")
    verdict: Literal["right", "wrong"]
    label: Literal["no_mask", "mask_incorrect", "mask_correct", "no_face"] | None = None


def feedback_json(said: Feedback) -> dict[str, Any]:
    """What was said of a face; `meant` is "no_face" where there is none."""
    return {
        "id": said.id,
        "snapshot_id": said.snapshot_id,
        "camera_id": said.camera_id,
        "face": said.face,
        "said": said.said.value,
        "meant": said.meant.value if said.meant else NO_FACE,
        "alert_id": said.alert_id or None,
        "has_crop": bool(said.crop_key),
        "model": said.model,
        "by": said.by,
        "at": said.at,
    }
