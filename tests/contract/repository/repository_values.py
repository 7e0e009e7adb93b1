"""Domain values with every field set, to see whether they come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from common.domain.alert import Alert, AlertState
from common.domain.camera import Camera, Zone, ZoneMode
from common.domain.event import Event, EventState
from common.domain.prediction import Face, Label, Prediction
from common.domain.rule import Condition, Rule, Severity
from common.domain.schedule import Schedule, Window
from common.domain.shot import Outcome, Shot, shot_id
from common.domain.user import Role, Token, TokenKind, User

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
SCHEDULE = Schedule(windows=(Window(days=("mon", "fri"), start=time(8, 30), end=time(17)),), timezone="Europe/Berlin")
CAMERA = Camera(
    id="cam",
    name="Entrance",
    url="rtsp://camera.example/stream?channel=1&x=%20",
    username="admin",
    password="s3cr:t@/ü",
    interval_seconds=2.5,
    weight=0.3,
    site="Shop",
    location="Door",
    tags=("inside", "north"),
    zones=(
        Zone(name="door", polygon=((0.1, 0.2), (1 / 3, 0.9), (1.0, 0.0))),
        Zone(name="poster", polygon=((0.0, 0.0), (0.5, 0.0), (0.5, 0.5)), mode=ZoneMode.IGNORE),
    ),
    min_face_px=24,
    schedule=SCHEDULE,
    retention_days=7,
    blur_faces=True,
    created_at=NOON,
)
BARE_CAMERA = Camera(id="bare", name="Bare", url="http://camera.example/still.jpg", created_at=NOON)
RULE = Rule(
    id="rule",
    name="No mask at the door",
    condition=Condition(label=Label.MASK_INCORRECT, count_at_least=None, share_above=0.2),
    cameras=("cam",),
    tags=("north",),
    zone="door",
    for_seconds=0.5,
    schedule=SCHEDULE,
    severity=Severity.CRITICAL,
    receivers=("security",),
)
EVENT = Event(
    id="event",
    rule_id="rule",
    camera_id="cam",
    state=EventState.PENDING,
    started_at=NOON,
    last_true_at=NOON + SECOND,
    evaluated_at=NOON + 2 * SECOND,
    peak_count=3,
    snapshot_id="cam-1",
)
ALERT = Alert(
    id="alert",
    event_id="event",
    rule_id="rule",
    camera_id="cam",
    state=AlertState.FIRING,
    severity=Severity.WARNING,
    summary="2 people without a mask at the door",
    started_at=NOON - SECOND,
    fired_at=NOON,
    snapshot_id="cam-1",
    image_key="snapshots/cam/1.jpg",
    count=2,
)
USER = User(
    id="user",
    name="ada",
    password_hash="$argon2id$x",
    role=Role.OPERATOR,
    sites=("Shop",),
    tags=("north", "inside"),
    subject="https://login.example 42",
    created_at=NOON,
)
TOKEN = Token(
    id="token",
    kind=TokenKind.API,
    user_id="user",
    name="script",
    secret_hash="ab" * 32,
    role=Role.VIEWER,
    scopes=("statistics", "alerts:read"),
    address="192.0.2.7",
    created_at=NOON,
    expires_at=NOON + HOUR,
    used_at=NOON + SECOND,
)


def shot(number: int = 0, *, camera_id: str = "cam", outcome: Outcome = Outcome.TAKEN, **fields: object) -> Shot:
    at = NOON + number * SECOND
    return replace(Shot(id=shot_id(camera_id, at), camera_id=camera_id, scheduled_at=at, outcome=outcome), **fields)


def face(label: Label) -> Face:
    return Face(
        box=(1.5, 2.25, 1 / 3 + 100, 200.0),
        score=0.1 + 0.2,
        landmarks=((1.0, 2.0), (3.0, 4.0), (5.0, 6.0), (7.0, 8.0), (9.0, 10.1)),
        label=label,
        probabilities={"no_mask": 0.7, "mask_incorrect": 0.2, "mask_correct": 0.1},
        uncovered=("NOSE", "MOUTH"),
    )


def prediction(number: int = 0, *labels: Label, camera_id: str = "cam") -> Prediction:
    at = NOON + number * SECOND
    return Prediction(
        snapshot_id=shot_id(camera_id, at),
        camera_id=camera_id,
        scheduled_at=at,
        captured_at=at + timedelta(microseconds=1),
        predicted_at=at + SECOND,
        image_key="snapshots/cam/1.jpg",
        width=1920,
        height=1080,
        faces=tuple(face(label) for label in labels),
        model={"detector": "yoloface-server@1", "classifier": "efficientnet-b0@1", "fit": None},
        timings_ms={"detect": 12.5},
    )
