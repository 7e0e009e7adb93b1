"""POST /v1/video over real HTTP, with tiny models that take coloured squares for faces."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from model_server import serving
from tiny_models import BLUE, GREEN, RED, write_repository
from video_files import sound_of, video_of

from common.settings import Settings
from model_api.local import open_local_detector

MAX_BYTES = 100_000
PATIENCE_SECONDS = 30
# Somebody without a mask for two seconds, with one for three; beside, somebody who wears it wrongly all the time.
FIVE_SECONDS = [{(1, 1): RED, (5, 3): GREEN}] * 2 + [{(1, 1): BLUE, (5, 3): GREEN}] * 3
VIDEO = video_of(FIVE_SECONDS)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = write_repository(tmp_path_factory.mktemp("video") / "models")
    settings = Settings(models=root, max_video_bytes=MAX_BYTES, max_video_seconds=60, max_image_pixels=100_000)
    detector = open_local_detector(settings)
    with serving(detector, settings) as address:
        yield f"{address}/v1/video"
    detector.close()


def _report(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def _problem(response: httpx.Response) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == response.status_code
    return body


def _when(report: dict[str, Any]) -> list[tuple[str, float, float, list[int]]]:
    return [(each["label"], each["start_seconds"], each["end_seconds"], each["people"]) for each in report["segments"]]


def test_a_video_gives_people_and_segments(url: str) -> None:
    report = _report(httpx.post(url, files={"video": ("door.mp4", VIDEO)}))
    assert report["source"] == "door.mp4"
    assert [(person["id"], person["label"]) for person in report["people"]] == [(1, "uncertain"), (2, "mask_incorrect")]
    assert report["people"][0]["counts"] == {"no_mask": 2, "mask_incorrect": 0, "mask_correct": 3, "uncertain": 0}
    assert _when(report) == [("mask_incorrect", 0.0, 5.0, [2]), ("no_mask", 0.0, 2.0, [1])]
    assert report["summary"]["share_of_frames"] == {"no_mask": 0.4, "mask_incorrect": 1.0}
    assert report["summary"]["seconds"] == {"no_mask": 2.0, "mask_incorrect": 5.0}
    assert report["summary"]["worst"]["counts"]["no_mask"] == 1
    video = report["video"]
    assert (video["width"], video["height"], video["frames"], video["frames_looked_at"]) == (256, 192, 50, 5)
    assert (report["truncated"], report["error"]) == (False, None)


@pytest.mark.parametrize("media_type", ["video/mp4", "application/octet-stream", None])
def test_the_video_may_be_the_body(url: str, media_type: str | None) -> None:
    headers = {"content-type": media_type} if media_type else {}
    assert len(_report(httpx.post(url, content=VIDEO, headers=headers))["segments"]) == 2


def test_the_query_chooses_interval_variant_and_score(url: str) -> None:
    query = {"every_seconds": "0.5", "variant": "lite", "min_score": "0.99"}
    report = _report(httpx.post(url, content=VIDEO, params=query))
    assert report["video"]["frames_looked_at"] == 10
    assert report["model"]["detector"] == "yoloface-lite@1"
    assert report["people"] == []  # the squares are not quite as colourful


def test_a_browser_gets_a_page(url: str) -> None:
    response = httpx.post(url, files={"video": ("<b>&.mp4", VIDEO)}, headers={"Accept": "text/html,*/*;q=0.1"})
    assert response.headers["content-type"].startswith("text/html")
    assert response.headers["cache-control"] == "no-store"
    page = response.text
    assert "<b>&.mp4" not in page
    assert "&lt;b&gt;&amp;.mp4" in page
    assert page.count("data:image/jpeg;base64,") >= 4  # the worst moment, and portraits
    assert "<svg" in page
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page


def test_who_prefers_it_is_answered_later(url: str) -> None:
    response = httpx.post(url, content=VIDEO, headers={"Prefer": "respond-async"})
    assert (response.status_code, response.headers["preference-applied"]) == (202, "respond-async")
    place = httpx.URL(url).join(response.headers["location"])
    run = _ended(place)
    assert (run["state"], run["progress"], run["error"]) == ("done", 1.0, None)
    assert (run["frames"], run["planned_frames"], run["total_seconds"]) == (5, 5, 5.0)
    assert len(_when(run["report"])) == 2
    page = httpx.get(f"{place}/report.html")
    assert (page.status_code, "<svg" in page.text) == (200, True)
    assert httpx.delete(place).status_code == 204
    assert _problem(httpx.get(place))["code"] == "not_found"


def test_progress_is_streamed_to_who_asks_for_events(url: str) -> None:
    response = httpx.post(url, content=VIDEO, headers={"Accept": "text/event-stream"})
    assert response.headers["content-type"].startswith("text/event-stream")
    events = [_event(text) for text in response.text.split("\n\n") if text.startswith("event:")]
    kinds = [kind for kind, _ in events]
    assert (kinds[0], kinds[-1], set(kinds)) == ("progress", "report", {"progress", "report"})
    assert 0 <= events[0][1]["progress"] <= 1
    assert len(_when(events[-1][1])) == 2


def test_what_goes_wrong_is_an_event_too(url: str) -> None:
    response = httpx.post(url, content=b"garbage", headers={"Accept": "text/event-stream"})
    kind, problem = _event(response.text.strip().split("\n\n")[-1])
    assert (kind, problem["status"], problem["code"]) == ("problem", 400, "unreadable_video")


def test_what_goes_wrong_later_is_told_by_the_run(url: str) -> None:
    response = httpx.post(url, content=b"garbage", headers={"Prefer": "respond-async"})
    place = httpx.URL(url).join(response.headers["location"])
    run = _ended(place)
    assert (run["state"], run["report"], run["error"]["code"]) == ("failed", None, "unreadable_video")
    assert _problem(httpx.get(f"{place}/report.html"))["status"] == 400


@pytest.mark.parametrize(
    ("request_", "status", "code", "sentence"),
    [
        pytest.param({"content": b""}, 400, "unreadable_video", "no video", id="nothing"),
        pytest.param({"content": b"\x00" * 9000}, 400, "unreadable_video", "no video", id="zeros"),
        pytest.param({"content": sound_of(1.0)}, 400, "unreadable_video", "only audio", id="sound alone"),
        pytest.param(
            {"content": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"}, 400, "unreadable_video", "no", id="list"
        ),
        pytest.param({"content": bytes(MAX_BYTES + 1)}, 413, "video_too_large", "100,000 bytes", id="bytes"),
        pytest.param({"files": {"video": bytes(MAX_BYTES + 1)}}, 413, "video_too_large", "bytes", id="bytes in a form"),
        pytest.param(
            {"content": video_of([{}] * 61, rate=2)}, 413, "video_too_large", "61 seconds, more than the 60", id="long"
        ),
        pytest.param({"content": b"<a/>", "headers": {"content-type": "text/xml"}}, 415, None, "video/*", id="type"),
        pytest.param({"files": {"film": VIDEO}}, 422, "invalid_input", "'video'", id="another field"),
        pytest.param({"json": {"link": "x"}}, 422, "invalid_input", "url", id="another JSON"),
        pytest.param({"content": VIDEO, "params": {"every_seconds": "0"}}, 422, None, "0.1", id="interval"),
        pytest.param({"content": VIDEO, "params": {"variant": "huge"}}, 422, None, "server, lite", id="variant"),
        pytest.param({"content": VIDEO, "headers": {"Accept": "image/png"}}, 406, None, "text/html", id="accept"),
    ],
)
def test_what_is_refused_says_why(
    url: str, request_: dict[str, Any], status: int, code: str | None, sentence: str
) -> None:
    response = httpx.post(url, **request_)
    assert response.status_code == status, response.text
    problem = _problem(response)
    assert sentence in problem["detail"]
    assert code in (None, problem["code"])


def test_a_video_that_breaks_off_gives_a_report_on_the_rest(url: str) -> None:
    whole = video_of(FIVE_SECONDS, form="matroska")
    report = _report(httpx.post(url, content=whole[: len(whole) * 6 // 10]))
    assert report["truncated"]
    assert "breaks off" in report["error"]
    assert 1 <= report["video"]["frames_looked_at"] < 5
    assert report["people"]


def test_nobody_knows_a_run_that_never_was(url: str) -> None:
    assert _problem(httpx.get(f"{url}/nothing"))["status"] == 404
    assert _problem(httpx.get(f"{url}/nothing/report.html"))["status"] == 404
    assert _problem(httpx.delete(f"{url}/nothing"))["status"] == 404


def test_it_is_described(url: str) -> None:
    paths = httpx.get(httpx.URL(url).join("/openapi.json")).json()["paths"]
    post = paths["/v1/video"]["post"]
    assert set(post["requestBody"]["content"]) >= {"multipart/form-data", "video/*", "application/json"}
    assert set(post["responses"]["200"]["content"]) == {"application/json", "text/html", "text/event-stream"}
    assert "Prefer" in [parameter["name"] for parameter in post["parameters"]]
    assert {"get", "delete"} <= set(paths["/v1/video/{run_id}"])


def _event(text: str) -> tuple[str, dict[str, Any]]:
    kind, data = text.split("\n", 1)
    return kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def _ended(place: httpx.URL) -> dict[str, Any]:
    for _ in range(PATIENCE_SECONDS * 20):
        run: dict[str, Any] = httpx.get(place).json()
        if run["state"] in ("done", "failed", "cancelled"):
            return run
        threading.Event().wait(0.05)
    raise AssertionError(f"the run did not end: {run}")
