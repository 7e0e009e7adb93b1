"""A camera whose pictures are refused says so wherever a camera's state is shown."""

from httpx import Client
from world import World

from common.domain.status import CameraState

WHY = "Something covers the lens."


def test_its_status_and_the_wall_tell_why(viewer: Client, world: World) -> None:
    camera = world.camera()
    world.snapshot(camera, age=2)  # the last good one is not old yet
    world.status(camera, CameraState.DEGRADED, code="covered", error=WHY)
    (on_the_wall,) = viewer.get("/api/v1/wall").json()["items"]
    for sight in (viewer.get(f"/api/v1/cameras/{camera.id}/status").json(), on_the_wall):
        assert (sight["state"], sight["code"], sight["detail"]) == ("degraded", "covered", WHY)
