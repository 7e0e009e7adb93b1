"""How long what is kept, where no camera says it: the operator's limits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """0 means: no such limit; of crops: none is kept."""

    clean_days: float = 0  # pictures in which every mask is worn properly
    store_megabytes: int = 0  # of all pictures together
    alert_days: float = 0  # resolved alerts, with their pictures
    feedback_days: float = 0  # what people said of faces
    keeps_judged_faces: bool = False  # with those faces, as examples for training
    crops_hours: float = 72  # faces at fault of cameras that blur faces
    audit_days: float = 0  # who did what, and who looked at whose pictures
    follows_looks: bool = True  # how people look, as numbers, in memory for five minutes


NOTHING_SAID = Keeping()
