"""What is kept of people, blurred pictures and the faces beside them, and erasing, by the API."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from httpx import Client
from world import FACES, HEIGHT, START, WIDTH, World, picture

from analyzer.upkeep.erase import Erase
from common.domain.camera import Camera
from common.domain.crop import crop_key
from common.domain.prediction import Prediction
from common.domain.shot import Outcome, Shot, blurred_key, image_key, shot_id
from common.imaging import BLURRED_QUALITY, blur, cut_example, decode, encode

LEDGER = "/api/v1/privacy/erasures"


def blurred_snapshot(world: World, camera: Camera, *, age: float = 10) -> Shot:
    """As processor and analyzer leave it: blurred, the two faces at fault beside."""
    at = world.clock() - timedelta(seconds=age)
    original, pixels = image_key(camera.id, at), decode(picture())
    for place, face in enumerate(FACES):
        world.console.store.put(crop_key(original, place), cut_example(pixels, face.box))
    blur(pixels, [face.box for face in FACES])
    shot = Shot(
        id=shot_id(camera.id, at), camera_id=camera.id, scheduled_at=at, captured_at=at, width=WIDTH, height=HEIGHT,
        outcome=Outcome.PREDICTED, image_key=blurred_key(original),
    )  # fmt: skip
    prediction = Prediction(
        snapshot_id=shot.id, camera_id=camera.id, scheduled_at=at, captured_at=at, predicted_at=at, faces=FACES,
        image_key=blurred_key(original), width=WIDTH, height=HEIGHT, model={},
    )  # fmt: skip
    world.console.store.put(blurred_key(original), encode(pixels, quality=BLURRED_QUALITY))
    with world.console.repository.begin() as unit:
        unit.shots.record(shot)
        unit.predictions.add(prediction)
    return shot


def test_faces_beside_a_blurred_picture_are_for_operators_and_each_look_is_noted(
    viewer: Client, operator: Client, admin: Client, world: World
) -> None:
    camera = world.camera(blur_faces=True)
    shot = blurred_snapshot(world, camera)
    told = operator.get(f"/api/v1/snapshots/{shot.id}").json()
    assert told["is_blurred"]
    assert told["crops"] == [
        {"face": place, "image": f"/api/v1/snapshots/{shot.id}/crops/{place}.jpg"} for place in (0, 1)
    ]
    face = operator.get(told["crops"][0]["image"])
    assert (face.status_code, face.headers["cache-control"]) == (200, "no-store")
    assert decode(face.content).shape == decode(cut_example(decode(picture()), FACES[0].box)).shape
    assert viewer.get(told["crops"][0]["image"]).status_code == 403
    gone = operator.get(f"/api/v1/snapshots/{shot.id}/crops/7.jpg")
    assert (gone.status_code, "was not kept" in gone.json()["detail"]) == (404, True)
    [looks] = admin.get("/api/v1/audit", params={"action": "look", "by": "operator"}).json()["items"]
    assert looks["camera_id"] == camera.id


def test_a_blurred_picture_is_shown_as_it_is_stored(viewer: Client, world: World) -> None:
    shot = blurred_snapshot(world, world.camera(blur_faces=True))
    assert viewer.get(f"/api/v1/snapshots/{shot.id}/image.jpg").content == world.console.store.get(shot.image_key or "")
    boxed = viewer.get(f"/api/v1/snapshots/{shot.id}/image.jpg", params={"boxes": 1})
    assert boxed.status_code == 200
    assert boxed.content != world.console.store.get(shot.image_key or "")


def test_until_its_faces_are_known_a_picture_to_be_blurred_is_not_shown(viewer: Client, world: World) -> None:
    camera, at = world.camera(blur_faces=True), world.clock()
    shot = Shot(
        id=shot_id(camera.id, at), camera_id=camera.id, scheduled_at=at, outcome=Outcome.TAKEN,
        image_key=image_key(camera.id, at),
    )  # fmt: skip
    world.console.store.put(shot.image_key or "", picture())
    with world.console.repository.begin() as unit:
        unit.shots.record(shot)
    answer = viewer.get(f"/api/v1/snapshots/{shot.id}/image.jpg")
    assert (answer.status_code, "not known where this picture has faces" in answer.json()["detail"]) == (404, True)


def test_a_picture_of_before_is_blurred_when_it_is_shown(viewer: Client, world: World) -> None:
    shot = world.snapshot(world.camera(blur_faces=True))
    shown = decode(viewer.get(f"/api/v1/snapshots/{shot.id}/image.jpg").content).astype(int)
    x1, y1, x2, y2 = (int(value) for value in FACES[0].box)
    assert np.abs(shown - decode(picture()))[y1:y2, x1:x2].mean() > 5
    assert viewer.get(f"/api/v1/snapshots/{shot.id}").json()["crops"] == []


def test_a_judged_face_of_a_blurred_picture_is_the_one_that_was_kept(operator: Client, world: World) -> None:
    shot = blurred_snapshot(world, world.camera(blur_faces=True))
    world.console.store.delete([crop_key(shot.image_key or "", 1)])
    kept, gone = (
        operator.post(f"/api/v1/snapshots/{shot.id}/faces/{face}/feedback", json={"verdict": "right"}).json()
        for face in (0, 1)
    )
    assert (kept["has_crop"], gone["has_crop"]) == (True, False)
    [key] = world.console.store.list("feedback/")
    assert world.console.store.get(key) == world.console.store.get(crop_key(shot.image_key or "", 0))


def test_an_erasure_is_counted_asked_for_and_followed(admin: Client, operator: Client, world: World) -> None:
    camera, other = world.camera("Door"), world.camera("Hall")
    shot = blurred_snapshot(world, camera, age=3600)
    world.alert(camera, world.rule(), age=1800)
    kept = world.snapshot(other, age=3600)
    form = {"camera_id": camera.id, "start": "2026-03-02T10:30:00Z", "reason": "a visitor asked for it"}
    counted = admin.post(f"{LEDGER}/preview", json=form).json()
    assert counted == {"snapshots": 2, "pictures": 2, "crops": 2, "sightings": 0, "alerts": 1}
    assert operator.get(f"/api/v1/snapshots/{shot.id}/image.jpg").status_code == 200
    answer = admin.post(LEDGER, json=form)
    asked = answer.json()
    assert (answer.status_code, asked["state"], asked["by"], asked["camera"]) == (202, "requested", "admin", "Door")
    world.clock.pass_(minutes=20)
    Erase(repository=world.console.repository, store=world.console.store, clock=world.clock).run()
    done = admin.get(answer.headers["Location"]).json()
    assert (done["state"], done["gone"]) == ("done", counted)
    assert admin.get(LEDGER).json()["items"] == [done]
    assert operator.get(f"/api/v1/snapshots/{shot.id}/image.jpg").status_code == 404
    assert operator.get("/api/v1/alerts").json()["items"] == []
    assert operator.get(f"/api/v1/snapshots/{kept.id}/image.jpg").status_code == 200


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"camera_id": "nowhere"}, "camera_id"),
        ({"start": "2026-03-02T10:00:00Z", "end": "2026-03-02T10:00:00Z"}, "body"),
        ({"start": "0001-01-01T00:00:00+14:00"}, "start"),
        ({"reason": "x" * 501}, "reason"),
        ({"cameras": []}, "cameras"),
    ],
)
def test_an_erasure_of_nothing_is_refused(admin: Client, form: dict[str, object], field: str) -> None:
    for path in (LEDGER, f"{LEDGER}/preview"):
        answer = admin.post(path, json=form)
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
    assert admin.get(LEDGER).json()["items"] == []


def test_of_the_future_nothing_is_erased(admin: Client) -> None:
    asked = admin.post(LEDGER, json={"end": "2099-01-01T00:00:00Z"}).json()
    assert asked["end"] == "2026-03-02T12:00:00Z"
    assert (asked["camera_id"], asked["camera"]) == (None, None)


def test_only_administrators_of_everything_erase(viewer: Client, operator: Client, stranger: Client) -> None:
    for client, status in ((viewer, 403), (operator, 403), (stranger, 401)):
        assert client.get(LEDGER).status_code == status
        assert client.post(LEDGER, json={}).status_code == status


def test_retention_tells_how_long_and_how_much(viewer: Client, world: World) -> None:
    camera = world.camera(blur_faces=True, retention_days=7)
    world.snapshot(camera, age=3600)
    world.snapshot(camera, age=60)
    told = viewer.get("/api/v1/privacy/retention").json()
    assert told["cameras"] == [
        {
            "id": camera.id, "name": "Door", "site": "North", "retention_days": 7, "blur_faces": True, "shots": 2,
            "oldest_at": (START - timedelta(hours=1)).isoformat().replace("+00:00", "Z"),
        }
    ]  # fmt: skip
    assert (told["settings"]["crops_hours"], told["settings"]["alert_days"]) == (72, None)
