"""The Python client against a real console: every operation of the API, pages, pictures, errors, the stream."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import httpx
import pytest
from scripted_models import ScriptedPipeline, crowd
from world import PASSWORD, World, picture

from common.settings import Settings
from console.api.build import create_api
from console.modelling import Models
from console.server import serve
from maskwatch.client import Client, InConflict, Interrupted, NotAllowed, NotThere, Problem, WrongInput
from maskwatch.looks import Looks
from maskwatch.records import TrainingFolder
from maskwatch.shelf import Shelf
from maskwatch.wiring import open_detector
from model_api.local import LocalDetector

CAMERA, RULE, ALERT, SHOT = "camera1", "rule2", "alert3", "SHOT"
NOBODY = "nobody"  # an id that is none
PERIOD = {"from": "2026-03-02T00:00:00Z", "to": "2026-03-02T01:00:00Z"}
CONDITION = {"label": "no_mask", "count": {">=": 1}}

# Every operation of the API as the client asks for it, by its id.
CALLS: dict[str, Callable[[Client], object]] = {
    "login_ways": lambda client: client.ways_to_log_in(),
    "me": lambda client: client.me(),
    "log_in": lambda client: client.account.log_in("admin", PASSWORD),
    "change_password": lambda client: client.account.change_password(old="x", new="y"),
    "list_sessions": lambda client: list(client.account.sessions()),
    "remove_session": lambda client: client.account.end_session(NOBODY),
    "list_cameras": lambda client: list(client.cameras.list()),
    "get_camera": lambda client: client.cameras.get(CAMERA),
    "add_camera": lambda client: client.cameras.add(name="Yard", url="rtsp://10.0.0.9/live"),
    "change_camera": lambda client: client.cameras.change(CAMERA, site="South"),
    "remove_camera": lambda client: client.cameras.remove(NOBODY),
    "try_draft": lambda client: client.cameras.test_draft(name="Yard", url="rtsp://10.0.0.9/live"),
    "try_saved": lambda client: client.cameras.test(CAMERA),
    "discover": lambda client: client.cameras.discover(),
    "camera_status": lambda client: client.cameras.status(CAMERA),
    "camera_history": lambda client: client.cameras.history(CAMERA),
    "latest_picture": lambda client: client.cameras.latest(CAMERA, boxes=True),
    "export_cameras": lambda client: client.cameras.export("yaml"),
    "import_cameras": lambda client: client.cameras.import_sheet(client.cameras.export(), update=True, dry_run=True),
    "wall": lambda client: list(client.cameras.wall()),
    "list_snapshots": lambda client: list(client.snapshots.list(label="no_mask")),
    "get_snapshot": lambda client: client.snapshots.get(_shot(client)),
    "snapshot_picture": lambda client: client.snapshots.picture(_shot(client), crop=0),
    "kept_face": lambda client: client.snapshots.kept_face(_shot(client), 0),
    "face_feedback": lambda client: client.feedback.judge_face(_shot(client), 0, verdict="right"),
    "alert_feedback": lambda client: client.feedback.judge_alert(ALERT, verdict="right"),
    "list_feedback": lambda client: list(client.feedback.list()),
    "list_rules": lambda client: list(client.rules.list()),
    "get_rule": lambda client: client.rules.get(RULE),
    "add_rule": lambda client: client.rules.add(name="Two", condition=CONDITION),
    "check_rule": lambda client: client.rules.check(name="Two", condition=CONDITION),
    "change_rule": lambda client: client.rules.change(RULE, for_seconds=30),
    "remove_rule": lambda client: client.rules.remove(NOBODY),
    "try_rule": lambda client: client.rules.test(RULE, **PERIOD),
    "try_draft_rule": lambda client: client.rules.test_draft({"name": "Two", "condition": CONDITION}, **PERIOD),
    "list_events": lambda client: list(client.events.list()),
    "get_event": lambda client: client.events.get("event3"),
    "list_alerts": lambda client: list(client.alerts.list(state="firing", acknowledged=False)),
    "get_alert": lambda client: client.alerts.get(ALERT),
    "acknowledge": lambda client: client.alerts.acknowledge(ALERT, note="on my way"),
    "snooze": lambda client: client.alerts.snooze(ALERT, 60),
    "write_note": lambda client: client.alerts.write_note(ALERT, "done"),
    "mark_false_positive": lambda client: client.alerts.mark_false_positive(ALERT),
    "alert_picture": lambda client: client.alerts.picture(ALERT, blur=True),
    "list_silences": lambda client: list(client.silences.list(past=True)),
    "get_silence": lambda client: client.silences.get(NOBODY),
    "add_silence": lambda client: client.silences.add(cameras=[CAMERA], seconds=60),
    "try_silence": lambda client: client.silences.preview(cameras=[CAMERA], seconds=60),
    "end_silence": lambda client: client.silences.end(NOBODY),
    "list_receivers": lambda client: list(client.receivers.list()),
    "get_receiver": lambda client: client.receivers.get(NOBODY),
    "add_receiver": lambda client: client.receivers.add(name="Ben", kind="apprise", url="json://10.0.0.3"),
    "change_receiver": lambda client: client.receivers.change(NOBODY, enabled=False),
    "remove_receiver": lambda client: client.receivers.remove(NOBODY),
    "try_receiver": lambda client: client.receivers.test(NOBODY),
    "list_notifications": lambda client: list(client.notifications.list(state="sent")),
    "send_again": lambda client: client.notifications.send_again(NOBODY),
    "statistics": lambda client: (list(client.statistics.rows(by="camera")), client.statistics.csv()),
    "reactions": lambda client: client.statistics.reactions(),
    "system": lambda client: client.system.get(),
    "list_dead_letters": lambda client: client.queues.dead_letters("jobs"),
    "replay_dead_letters": lambda client: client.queues.replay("jobs"),
    "purge_dead_letters": lambda client: client.queues.purge("jobs", ["1"]),
    "list_users": lambda client: list(client.users.list()),
    "get_user": lambda client: client.users.get("id-of-viewer"),
    "add_user": lambda client: client.users.add(name="anna", role="viewer"),
    "change_user": lambda client: client.users.change("id-of-viewer", sites=["North"]),
    "remove_user": lambda client: client.users.remove(NOBODY),
    "list_tokens": lambda client: list(client.tokens.list()),
    "add_token": lambda client: client.tokens.add(name="night report", days=7),
    "remove_token": lambda client: client.tokens.remove(NOBODY),
    "list_audit": lambda client: (list(client.audit.list(by="admin")), client.audit.csv()),
    "read_retention": lambda client: client.privacy.retention(),
    "list_erasures": lambda client: list(client.privacy.erasures()),
    "get_erasure": lambda client: client.privacy.erasure(NOBODY),
    "request_erasure": lambda client: client.privacy.erase(camera=NOBODY, reason="asked for"),
    "preview_erasure": lambda client: client.privacy.preview(camera=NOBODY, reason="asked for"),
    "what_can_be_tried": lambda client: client.trials.about(),
    "try_pictures": lambda client: client.trials.pictures([picture(), picture()], variant="lite"),
    "ask_gate": lambda client: client.trials.gate(picture()),
    "try_video": lambda client: client.trials.video(b"no video"),
    "list_models": lambda client: list(client.models.list()),
    "serving_models": lambda client: client.models.serving(),
    "list_model_changes": lambda client: list(client.models.history()),
    "get_model": lambda client: client.models.get("unet", "1"),
    "challenge_model": lambda client: client.models.challenge(NOBODY, "1"),
    "promote_model": lambda client: client.models.promote(NOBODY),
    "rollback_model": lambda client: client.models.rollback(NOBODY),
    "list_runs": lambda client: client.runs.list(),
    "get_run": lambda client: client.runs.get(NOBODY),
    "list_datasets": lambda client: client.datasets.list(),
    "stream": lambda client: next(client.stream()),
    "log_out": lambda client: client.account.log_out(),
}
BROWSERS_ONLY = {"leave_for_provider", "come_back_from_provider"}
# What is asked of an id that is none, or of something that is not there.
REFUSED = {"change_password", "kept_face", "try_video", "request_erasure", "preview_erasure", "purge_dead_letters"}


def _shot(client: Client) -> str:
    return next(client.snapshots.list()).id


class Noting(httpx.HTTPTransport):
    """The network, remembered."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, str]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.method.lower(), request.url.path))
        return super().handle_request(request)


@pytest.fixture(scope="module")
def pipeline() -> ScriptedPipeline:
    made = ScriptedPipeline(crowd())
    made.go.set()
    return made


@pytest.fixture
def app(world: World, pipeline: ScriptedPipeline) -> Iterator[Any]:
    """A console with a past, and with models."""
    camera, rule = world.camera(), world.rule()
    world.alert(camera, rule)
    detector, settings = LocalDetector(pipeline=pipeline), Settings()
    looks = Looks(settings, open_detector, detector=detector)
    models = Models(looking=looks, shelf=Shelf(settings), records=TrainingFolder(settings))
    world.console = replace(world.console, models=models)
    yield create_api(world.console)
    detector.close()


@pytest.fixture
def address(app: Any) -> Iterator[str]:
    stop = threading.Event()
    port, thread = serve(app, host="127.0.0.1", port=0, stop=stop)
    yield f"http://127.0.0.1:{port}"
    stop.set()
    thread.join()


@pytest.fixture
def client(world: World, address: str) -> Iterator[Client]:
    """An administrator's."""
    with Client(address, token=world.token("admin"), patience_seconds=0) as made:
        yield made


def test_every_operation_can_be_asked_for(app: Any, world: World, address: str) -> None:
    paths = app.openapi()["paths"]
    operations = {
        operation["operationId"]: (method, re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "$"))
        for path, methods in paths.items()
        for method, operation in methods.items()
        if path.startswith("/api/v1/")
    }
    assert set(CALLS) | BROWSERS_ONLY == set(operations)
    noting, unexpected = Noting(), dict[str, str]()
    with Client(address, token=world.token("admin"), patience_seconds=0, transport=noting) as client:
        for name, call in CALLS.items():
            noting.asked.clear()
            problem = _outcome(call, client)
            method, path = operations[name]
            assert any(one == method and path.match(asked) for one, asked in noting.asked), (name, noting.asked)
            is_refused = "NOBODY" in call.__code__.co_names or name in REFUSED
            unexpected |= {} if problem is None or is_refused else {name: str(problem)}
    assert unexpected == {}


def _outcome(call: Callable[[Client], object], client: Client) -> Problem | None:
    try:
        call(client)
    except Problem as problem:
        return problem
    return None


def test_lists_come_whole_however_many_pages_they_have(client: Client, world: World) -> None:
    for number in range(60):
        world.camera(f"Camera {number:02}")
    cameras = list(client.cameras.list())
    assert [camera.name for camera in cameras[:2]] == ["Camera 00", "Camera 01"]
    assert len(cameras) == 61
    assert len(list(islice(client.cameras.list(), 3))) == 3


def test_answers_have_types(client: Client, world: World) -> None:
    camera = client.cameras.get(CAMERA)
    assert (camera.name, camera.interval_seconds, camera.has_password) == ("Door", 5.0, True)
    latest = client.cameras.latest(CAMERA)
    assert latest.data.startswith(b"\xff\xd8")
    assert latest.captured_at is not None
    assert latest.snapshot_id == _shot(client)
    verdict = client.trials.gate(picture())
    assert (verdict.decision, verdict.face and verdict.face.label) == ("deny", "no_mask")
    kind, body = next(one for one in client.stream() if one[0] == "camera")
    assert (kind, body["camera_id"]) == ("camera", CAMERA)


def test_problems_are_exceptions_with_a_code(client: Client, world: World, address: str) -> None:
    with pytest.raises(NotThere) as missing:
        client.cameras.get("../users")
    assert (missing.value.status, missing.value.code) == (404, "not_found")
    with pytest.raises(WrongInput) as wrong:
        client.cameras.add(name="Yard", url="rtsp://10.0.0.9/live", interval_seconds=0)
    assert [field.field for field in wrong.value.fields] == ["interval_seconds"]
    with pytest.raises(InConflict):
        client.cameras.add(name="Door", url="rtsp://10.0.0.9/live")
    with Client(address, token=world.token("viewer")) as viewer, pytest.raises(NotAllowed) as refused:
        viewer.cameras.remove(CAMERA)
    assert refused.value.status == 403
    with Client("http://127.0.0.1:1", token="", patience_seconds=0) as nobody, pytest.raises(Interrupted):
        nobody.me()


def test_address_and_token_come_from_the_environment(
    world: World, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASKWATCH_SERVER", address)
    monkeypatch.setenv("MASKWATCH_TOKEN", world.token("operator"))
    with Client() as client:
        assert client.me().name == "operator"
        assert world.token("operator") not in repr(client)
