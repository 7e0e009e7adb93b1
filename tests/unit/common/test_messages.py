"""Queue messages: what is written is read, anything else is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from common.domain.job import Job
from common.domain.prediction import Face, Label, Prediction
from common.domain.shot import Outcome, Shot
from common.errors import MalformedMessage
from common.messages import decode, encode

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
JOB = Job(
    snapshot_id="cam-1",
    camera_id="cam",
    scheduled_at=NOON,
    captured_at=NOON,
    expires_at=NOON + timedelta(minutes=1),
    image_key="snapshots/cam/1.jpg",
    width=1920,
    height=1080,
)
SHOT = Shot(id="cam-1", camera_id="cam", scheduled_at=NOON, outcome=Outcome.REJECTED, reason="smeared")
FACE = Face(
    box=(1 / 3, 2.0, 30.5, 40.25),
    score=0.1 + 0.2,
    landmarks=((1.0, 2.0), (3.0, 4.0), (5.0, 6.0), (7.0, 8.0), (9.0, 10.0)),
    label=Label.UNCERTAIN,
    probabilities={"no_mask": 0.4, "mask_incorrect": 0.3, "mask_correct": 0.3},
    uncovered=("NOSE",),
)
PREDICTION = Prediction(
    snapshot_id="cam-1",
    camera_id="cam",
    scheduled_at=NOON,
    captured_at=NOON,
    predicted_at=NOON,
    image_key="snapshots/cam/1.jpg",
    width=1920,
    height=1080,
    faces=(FACE, replace(FACE, label=Label.NO_MASK)),
    model={"detector": "yoloface-server@1", "fit": None},
    timings_ms={"detect": 12.5},
)


@pytest.mark.parametrize("message", [JOB, SHOT, PREDICTION])
def test_a_message_comes_back_as_it_was(message: Job | Shot | Prediction) -> None:
    assert decode(type(message), encode(message)) == message


def test_a_message_is_json_with_its_type_and_version() -> None:
    envelope = json.loads(encode(JOB))
    assert (envelope["type"], envelope["version"]) == ("job", 1)
    assert envelope["body"]["scheduled_at"] == "2026-11-22T12:00:00.123456Z"


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"[]", b"null", b'"job"', b"{}", b'{"type": "job"}'])
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedMessage, match="Job"):
        decode(Job, data)


def test_another_type_is_refused() -> None:
    with pytest.raises(MalformedMessage, match="expected Job version 1, got shot version 1"):
        decode(Job, encode(SHOT))


def test_another_version_is_refused() -> None:
    envelope = json.loads(encode(JOB)) | {"version": 2}
    with pytest.raises(MalformedMessage, match="got job version 2"):
        decode(Job, json.dumps(envelope).encode())


def test_a_message_without_a_field_is_refused_by_name() -> None:
    envelope = json.loads(encode(JOB))
    del envelope["body"]["image_key"]
    with pytest.raises(MalformedMessage, match="image_key"):
        decode(Job, json.dumps(envelope).encode())
    del envelope["body"]
    with pytest.raises(MalformedMessage, match="incomplete"):
        decode(Job, json.dumps(envelope).encode())
