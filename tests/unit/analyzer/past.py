"""Stored predictions for back-tests."""

from __future__ import annotations

import json
from dataclasses import asdict

from hypothesis import strategies as st
from pictures import BARE, MASKED, UNSURE, make_face, make_prediction

from common.domain.prediction import CLASSES, Face, Label, Prediction
from common.ports.repository import PlainPrediction

PLACES = ((10, 30, 40, 60), (80, 30, 110, 60), (150, 30, 180, 60))


def plain(prediction: Prediction) -> PlainPrediction:
    """As the database keeps it."""
    faces = json.dumps([asdict(face) for face in prediction.faces])
    return PlainPrediction(prediction.snapshot_id, prediction.captured_at, prediction.width, prediction.height, faces)


def doubtful(label: Label, share: float, box: tuple[float, float, float, float]) -> Face:
    """A face that is likely, but not surely, what it is called."""
    shares = {each.value: share if each is label else (1 - share) / 2 for each in CLASSES}
    return Face(box=box, score=0.8, landmarks=(), label=label, probabilities=shares)


@st.composite
def pasts(draw: st.DrawFn, most: int = 60) -> list[Prediction]:
    """Pictures in the order of capture: long rests, people who stay, people about whom the model changes its mind."""
    seconds, pictures = 0.0, []
    for number in range(draw(st.integers(1, most))):
        seconds += draw(st.sampled_from([0.5, 2.0, 2.0, 5.0, 5.0, 20.0, 70.0, 130.0]))
        labels = draw(
            st.lists(st.sampled_from([None, None, None, BARE, MASKED, MASKED, UNSURE]), min_size=3, max_size=3)
        )
        share = draw(st.sampled_from([0.45, 0.7, 0.998]))
        faces = tuple(
            make_face(label, box) if label is UNSURE or share > 0.9 else doubtful(label, share, box)
            for label, box in zip(labels, PLACES, strict=True)
            if label is not None
        )
        pictures.append(make_prediction(seconds, faces=faces, snapshot_id=f"door-{number:03}"))
    return pictures
