"""The main job: RTSP camera in; alert, picture and statistics out, compared with the scene's truth, in both modes."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import cv2
import httpx
import numpy as np
import pytest

from maskwatch.simulation import start_camera
from tests.acceptance.installation import Installation, free_port, wait_for

INTERVAL = 2.0
WATCHED_SECONDS = 40  # long enough for the scene's first person without a mask to come, be told of, and leave
VISIBLE_PX = 60  # shorter side of a true face that must be found
ALERT_SECONDS = 75  # a cold start on a busy machine, the person's entrance, the rule's patience


@pytest.fixture(scope="module")
def camera() -> Iterator[object]:
    with start_camera() as handle:
        yield handle


@pytest.fixture
def embedded(tmp_path, camera) -> Iterator[Installation]:
    with Installation(tmp_path, {}) as installation:
        installation.command("cameras", "add", camera.url, "--name", "Door", "--interval", str(INTERVAL))
        installation.start("up")
        installation.log_in()
        yield installation


DISTRIBUTED = ("model-api", "analyzer", "processor", "grabber", "console")


@pytest.fixture(scope="module")
def distributed(tmp_path_factory, services, camera) -> Iterator[Installation]:
    """One for all tests here, for five processes are dear to start; the last test may take it apart."""
    model_port = free_port()
    settings = {
        **services.environment,
        "MASKWATCH_DETECTOR": f"http://127.0.0.1:{model_port}",
        "MASKWATCH_MODEL_API_PORT": str(model_port),
    }
    with Installation(tmp_path_factory.mktemp("distributed"), settings) as installation:
        installation.command("db", "upgrade")
        installation.command("cameras", "add", camera.url, "--name", "Door", "--interval", str(INTERVAL))
        installation.model_port = model_port
        for service in DISTRIBUTED:
            installation.start(service)
        installation.log_in()
        yield installation


def test_embedded(embedded, camera):
    check_main_job(embedded, camera)
    assert embedded.stop("up") == 0


@pytest.mark.services
def test_distributed(distributed, camera):
    check_main_job(distributed, camera)
    for service in DISTRIBUTED:
        check_health(distributed, service)
    check_logs(distributed)


@pytest.mark.services
def test_killing_the_processor_loses_no_snapshot_and_all_services_stop_cleanly(distributed):
    wait_for(lambda: len(predicted(distributed)) >= 3, seconds=ALERT_SECONDS, what="three predictions")
    for _ in range(2):
        distributed.kill("processor")
        count = len(shots(distributed))
        # Let work pile up that nobody takes, then let a new processor find it.
        wait_for(lambda c=count: len(shots(distributed)) >= c + 3, seconds=30, what="snapshots without a processor")
        distributed.start("processor")
        wait_for(lambda c=count: len(predicted(distributed)) >= c + 3, seconds=60, what="the new processor to catch up")
    stop_cleanly(distributed, "grabber")
    wait_for(lambda: not waiting(distributed), seconds=60, what="every snapshot to come to its end")
    everything = shots(distributed)
    assert Counter(shot["outcome"] for shot in everything)["taken"] == 0
    check_no_slot_is_missing(everything)
    assert all(queue["dead"] == 0 for queue in distributed.get("system")["queues"])
    for service in DISTRIBUTED:
        if service != "grabber":
            stop_cleanly(distributed, service)


def stop_cleanly(installation: Installation, service: str) -> None:
    assert installation.stop(service) == 0, f"{service} did not stop cleanly:\n{installation.log(service)[-2000:]}"


def check_main_job(installation: Installation, camera) -> None:
    [alert, *_] = wait_for(lambda: installation.items("alerts"), seconds=ALERT_SECONDS, what="an alert")
    check_alert(installation, alert, camera)
    wait_for(
        lambda: installation.get(f"alerts/{alert['id']}")["state"] == "resolved",
        seconds=60,
        what="the alert to resolve",
    )
    wait_for(lambda: len(predicted(installation)) >= WATCHED_SECONDS / INTERVAL, seconds=90, what="enough pictures")
    compare_with_truth(predicted(installation), camera.scene)
    check_statistics(installation)
    check_picture(installation)
    check_no_slot_is_missing(shots(installation))


def check_health(installation: Installation, service: str) -> None:
    """Every service tells a probe and a Prometheus how it is."""
    ports = {"console": installation.port, "model-api": installation.model_port}
    address = f"http://127.0.0.1:{ports.get(service) or installation.health_ports[service]}"
    assert httpx.get(f"{address}/healthz", timeout=10).status_code == 200
    assert httpx.get(f"{address}/readyz", timeout=10).json()["status"] == "ok"
    assert "maskwatch_" in httpx.get(f"{address}/metrics", timeout=10).text


def check_logs(installation: Installation) -> None:
    """One snapshot can be followed by its id through the JSON logs of every service that had it in hand."""
    snapshot_id = predicted(installation)[5]["id"]
    for service in ("grabber", "processor", "model-api", "analyzer"):
        records = [json.loads(line) for line in installation.log(service).splitlines() if line.startswith("{")]
        assert all(record["service"] == service for record in records)
        assert any(snapshot_id in line for line in installation.log(service).splitlines()), f"{service} never names it"


def check_alert(installation: Installation, alert: dict, camera) -> None:
    assert alert["camera"] == "Door"
    fired_at = time_of(alert["fired_at"])
    truth = [camera.scene.truth(fired_at - timedelta(seconds=back)) for back in (0, 1, 2)]
    assert any(face.label == "no_mask" for faces in truth for face in faces), "nobody was without a mask"
    picture = installation.request("GET", f"alerts/{alert['id']}/image.jpg", params={"boxes": 1})
    assert picture.status_code == 200
    assert decode(picture.content).shape == (720, 1280, 3)


def compare_with_truth(snapshots: list[dict], scene) -> None:
    """Faces big enough to see are found, few others are, and the labels are right, over all pictures."""
    found = expected = matched = right = extra = 0
    for snapshot in snapshots:
        truth = list(scene.truth(time_of(snapshot["captured_at"])))
        faces = snapshot["prediction"]["faces"]
        found += len(faces)
        for true in truth:
            x1, y1, x2, y2 = true.box
            match = next((face for face in faces if iou(face["box"], true.box) >= 0.3), None)
            if min(x2 - x1, y2 - y1) >= VISIBLE_PX:
                expected += 1
                matched += match is not None
                right += match is not None and match["label"] == true.label
        extra += sum(all(iou(face["box"], true.box) < 0.1 for true in truth) for face in faces)
    assert expected >= 10, "the scene showed hardly anybody"
    assert matched / expected >= 0.8, f"found {matched} of {expected} faces"
    assert right / matched >= 0.7, f"labelled {right} of {matched} faces rightly"
    assert extra <= 0.1 * found, f"{extra} of {found} faces are not there"


def check_statistics(installation: Installation) -> None:
    """The statistics are the sums of the very predictions that the console lists: nothing twice, nothing lost."""

    def settled() -> bool:
        before = predicted(installation)
        [row] = installation.get("statistics", by="camera")["items"]
        after = predicted(installation)
        if len(before) != len(after):
            return False  # a picture came in between: look again
        labels = Counter(face["label"] for snapshot in after for face in snapshot["prediction"]["faces"])
        assert {label: count for label, count in row["faces"].items() if count} == dict(labels)
        assert row["shots"]["predicted"] == len(after)
        return True

    wait_for(settled, seconds=30, what="a moment between two pictures")


def check_picture(installation: Installation) -> None:
    [camera] = installation.items("cameras")
    latest = installation.request("GET", f"cameras/{camera['id']}/latest.jpg", params={"boxes": 1})
    assert latest.status_code == 200
    assert decode(latest.content).std() > 10, "the picture is empty"


def check_no_slot_is_missing(everything: list[dict]) -> None:
    times = sorted(time_of(shot["scheduled_at"]) for shot in everything)
    assert len(set(times)) == len(times), "a slot was counted twice"
    gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(times)]
    assert all(gap == pytest.approx(INTERVAL, abs=0.01) for gap in gaps), f"slots are missing: {gaps}"


def shots(installation: Installation) -> list[dict]:
    return installation.items("snapshots")


def predicted(installation: Installation) -> list[dict]:
    return [shot for shot in shots(installation) if shot["outcome"] == "predicted"]


def waiting(installation: Installation) -> bool:
    return any(shot["outcome"] == "taken" for shot in shots(installation))


def time_of(text: str) -> datetime:
    return datetime.fromisoformat(text)


def decode(jpeg: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)


def iou(first, second) -> float:
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return both / (areas - both)
