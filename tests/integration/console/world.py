"""A small installation on the embedded adapters, with a past: for the console's tests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import cv2
import numpy as np
from argon2 import PasswordHasher
from httpx import Client
from pydantic import TypeAdapter

from common.domain.alert import Alert, AlertState
from common.domain.alert_group import AlertGroup
from common.domain.camera import Camera
from common.domain.decision import Decision, Verdict
from common.domain.discovery import FoundCamera, Search, StreamProfile
from common.domain.event import Event, EventState
from common.domain.notification import Notification, NotificationKind, NotificationState
from common.domain.prediction import Face, Label, Prediction
from common.domain.probe import Probe
from common.domain.receiver import Receiver, ReceiverKind
from common.domain.rule import Rule, Severity
from common.domain.shot import Outcome, Shot, image_key, shot_id
from common.domain.status import CameraState, CameraStatus, status_key
from common.domain.user import Role, User
from common.errors import InvalidInput, MaskwatchError, StreamError
from console.auth import create_token
from console.context import Console

PASSWORD = "correct horse battery"
CAMERA_PASSWORD = "hunter2-of-the-camera"
_HASH = PasswordHasher().hash(PASSWORD)  # dear on purpose, so it is made once
START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WIDTH, HEIGHT = 640, 360


class AuthFailed(StreamError):
    """As the grabber raises it."""

    code = "auth_failed"


@dataclass
class Clock:
    """Moves only when told to."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


def picture(*, brightness: int = 150) -> bytes:
    """A corridor of sorts, with two heads in it, as JPEG."""
    ramp = np.linspace(brightness - 60, brightness + 40, HEIGHT, dtype=np.uint8)
    image = np.repeat(np.repeat(ramp[:, None, None], WIDTH, axis=1), 3, axis=2)
    image = np.ascontiguousarray(image)
    for x, y in ((200, 150), (430, 170)):
        cv2.ellipse(image, (x, y + 130), (80, 70), 0, 0, 360, (96, 72, 60), cv2.FILLED, cv2.LINE_AA)
        cv2.ellipse(image, (x, y), (42, 55), 0, 0, 360, (150, 180, 215), cv2.FILLED, cv2.LINE_AA)
        for eye in (-16, 16):
            cv2.circle(image, (x + eye, y - 8), 5, (40, 40, 40), cv2.FILLED, cv2.LINE_AA)
    cv2.ellipse(image, (430, 195), (38, 30), 0, 0, 360, (225, 190, 150), cv2.FILLED, cv2.LINE_AA)
    done, data = cv2.imencode(".jpg", image)
    assert done
    return data.tobytes()


FACES = (
    Face(
        box=(156.0, 92.0, 244.0, 208.0), score=0.97, landmarks=(), label=Label.NO_MASK,
        probabilities={"no_mask": 0.96, "mask_incorrect": 0.03, "mask_correct": 0.01},
    ),
    Face(
        box=(386.0, 112.0, 474.0, 228.0), score=0.95, landmarks=(), label=Label.MASK_INCORRECT,
        probabilities={"no_mask": 0.1, "mask_incorrect": 0.8, "mask_correct": 0.1}, uncovered=("NOSE",),
    ),
)  # fmt: skip


@dataclass
class Probing:
    """A scripted look at cameras: what it finds is decided by the address."""

    asked: list[Camera] = field(default_factory=list)

    def __call__(self, camera: Camera) -> Probe:
        self.asked.append(camera)
        if "locked" in camera.url:
            raise AuthFailed("The camera refused the user or the password.")
        return Probe(
            codec="h264", width=WIDTH, height=HEIGHT, fps=25.0, keyframe_interval_seconds=2.0, open_seconds=0.4,
            shot_cpu_ms=21.0, bytes_per_second=500_000.0, still=picture(),
        )  # fmt: skip


@dataclass
class Messaging:
    """A messenger that takes every message, or says what it was told to say."""

    tested: list[str] = field(default_factory=list)
    refusal: MaskwatchError | None = None

    def check(self, receiver: Receiver) -> None:
        if "unknown" in receiver.url:
            raise InvalidInput("nobody understands this URL")

    def test(self, receiver: Receiver) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.tested.append(receiver.name)


@dataclass
class Discovering:
    """A scripted network with one camera in it; its streams are for those who know the password."""

    asked: list[Search] = field(default_factory=list)

    def __call__(self, search: Search) -> list[FoundCamera]:
        self.asked.append(search)
        main = StreamProfile(name="Main", url="onvif://10.0.0.5/main", codec="H264", width=WIDTH, height=HEIGHT)
        profiles = (main,) if search.password == CAMERA_PASSWORD else ()
        return [FoundCamera(url="onvif://10.0.0.5", host="10.0.0.5", name="Acme", profiles=profiles)]


@dataclass
class World:
    """The ports, and ways to put a past into them."""

    console: Console
    clock: Clock
    probing: Probing
    discovering: Discovering
    messaging: Messaging
    numbers: count[int] = field(default_factory=lambda: count(1))

    def user(self, name: str, role: Role) -> None:
        with self.console.repository.begin() as unit:
            unit.users.save(
                User(id=f"id-of-{name}", name=name, password_hash=_HASH, role=role, created_at=self.clock())
            )

    def token(self, name: str) -> str:
        with self.console.repository.begin() as unit:
            user = unit.users.find(name)
            assert user is not None
            return create_token(unit, user, name="script", clock=self.clock)[1]

    def camera(self, name: str = "Door", **fields: Any) -> Camera:
        number = next(self.numbers)
        camera = Camera(
            id=f"camera{number}", name=name, url=f"rtsp://10.0.0.{number}/live", created_at=self.clock(),
            username="op", password=CAMERA_PASSWORD, **{"site": "North", "location": "Hall 1", **fields},
        )  # fmt: skip
        with self.console.repository.begin() as unit:
            unit.cameras.add(camera)
        return camera

    def snapshot(self, camera: Camera, *, age: float = 0, faces: tuple[Face, ...] = FACES) -> Shot:
        """A shot that was taken and predicted `age` seconds ago."""
        at = self.clock() - timedelta(seconds=age)
        shot = Shot(
            id=shot_id(camera.id, at), camera_id=camera.id, scheduled_at=at, captured_at=at, width=WIDTH, height=HEIGHT,
            outcome=Outcome.PREDICTED, image_key=image_key(camera.id, at),
        )  # fmt: skip
        prediction = Prediction(
            snapshot_id=shot.id, camera_id=camera.id, scheduled_at=at, captured_at=at, predicted_at=at, faces=faces,
            image_key=shot.image_key or "", width=WIDTH, height=HEIGHT, model={"detector": "d@1"},
        )  # fmt: skip
        self.console.store.put(shot.image_key or "", picture())
        with self.console.repository.begin() as unit:
            unit.shots.record(shot)
            unit.predictions.add(prediction)
            counts = dict(prediction.count())
            unit.statistics.add(camera.id, at, shots={Outcome.PREDICTED: 1}, faces=counts, people=counts)
        return shot

    def failed_shot(self, camera: Camera, *, age: float) -> None:
        at = self.clock() - timedelta(seconds=age)
        shot = Shot(id=shot_id(camera.id, at), camera_id=camera.id, scheduled_at=at, outcome=Outcome.FAILED)
        with self.console.repository.begin() as unit:
            unit.shots.record(shot)
            unit.statistics.add(camera.id, at, shots={Outcome.FAILED: 1})

    def status(self, camera: Camera, state: CameraState, *, code: str = "", error: str = "") -> None:
        said = CameraStatus(
            camera_id=camera.id, state=state, since=self.clock(), grabber="g1", error_code=code, error=error
        )
        value = TypeAdapter(CameraStatus).dump_json(said)
        self.console.coordination.put(status_key(camera.id), value, ttl=600)

    def rule(self, name: str = "No masks", **fields: Any) -> Rule:
        rule = Rule(id=f"rule{next(self.numbers)}", name=name, **fields)
        with self.console.repository.begin() as unit:
            unit.rules.add(rule)
        return rule

    def alert(
        self, camera: Camera, rule: Rule, *, age: float = 30, state: AlertState = AlertState.FIRING,
        severity: Severity = Severity.WARNING,
    ) -> Alert:  # fmt: skip
        shot, number = self.snapshot(camera, age=age), next(self.numbers)
        at = shot.scheduled_at
        began = at - timedelta(seconds=10)
        over = at + timedelta(seconds=20) if state is AlertState.RESOLVED else None
        event = Event(
            id=f"event{number}", rule_id=rule.id, camera_id=camera.id, started_at=began, last_true_at=at, fired_at=at,
            evaluated_at=at, state=EventState(state.value), resolved_at=over, peak_count=1, snapshot_id=shot.id,
        )  # fmt: skip
        alert = Alert(
            id=f"alert{number}", event_id=event.id, rule_id=rule.id, camera_id=camera.id, state=state, fired_at=at,
            severity=severity, summary=f"1 person without a mask at {camera.name} for 10 s", resolved_at=over,
            started_at=began, snapshot_id=shot.id, image_key=shot.image_key or "", count=1,
        )  # fmt: skip
        with self.console.repository.begin() as unit:
            unit.events.save(event)
            unit.alerts.save(alert)
        return alert

    def tell(self, alert: Alert, state: NotificationState, *, error: str = "") -> None:
        """A receiver, a decision to tell it, and what became of the message."""
        at = alert.fired_at
        said = Decision(
            alert_id=alert.id, number=0, at=at, stage="route", verdict=Verdict.PASSED, reason="goes to Anna"
        )
        with self.console.repository.begin() as unit:
            unit.receivers.add(
                Receiver(id="anna", name="Anna", kind=ReceiverKind.APPRISE, url="json://h", created_at=at)
            )
            unit.groups.save(AlertGroup(id="g", key="g", rule_id=alert.rule_id, place="", opened_at=at))
            unit.alerts.save(replace(alert, group_id="g"))
            unit.decisions.add(alert.id, [said])
            unit.notifications.add(
                Notification(
                    id="n", key="n", receiver_id="anna", kind=NotificationKind.FIRING, group_id="g", state=state,
                    alert_ids=(alert.id,), attempts=1, created_at=at, due_at=at, error=error,
                )
            )  # fmt: skip


def log_in(client: Client, name: str) -> Client:
    """Log the client in; from then on it sends its CSRF token with everything."""
    answer = client.post("/api/v1/login", json={"name": name, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return client
