"""model_api.client against a real server."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from model_server import serving
from slow_models import Slow, slow_server, wait_until_cancelled
from tiny_models import BLUE, GREEN, RED, picture, write_repository

from common.errors import ImageTooLarge, InvalidInput, Overloaded, Unavailable, UnreadableImage
from common.settings import Settings
from model_api.client import Client, Decision, DetectOptions, Label, PictureResult
from model_api.draw import to_jpeg
from model_api.local import open_local_detector
from model_api.server import listen

LABELS = {RED: Label.NO_MASK, GREEN: Label.MASK_INCORRECT, BLUE: Label.MASK_CORRECT}
MAX_BYTES = 20_000


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = write_repository(tmp_path_factory.mktemp("client") / "models")
    settings = Settings(models=root, max_image_bytes=MAX_BYTES)
    detector = open_local_detector(settings)
    with serving(detector, settings) as address:
        yield address
    detector.close()


@pytest.fixture
def client(url: str) -> Iterator[Client]:
    with Client(url) as opened:
        yield opened


def _jpeg(colour: tuple[int, int, int] = RED) -> bytes:
    return to_jpeg(picture({(1, 1): colour}), quality=95)


def _label(result: PictureResult) -> Label:
    (face,) = result.faces
    return face.label


def test_a_picture_may_be_bytes_or_a_path(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(_jpeg(GREEN))
    for given in (_jpeg(GREEN), path, str(path)):
        assert _label(client.predict(given)) is Label.MASK_INCORRECT


def test_options_go_with_it(client: Client) -> None:
    result = client.predict(_jpeg(), options=DetectOptions(variant="lite", min_score=0.2, fit=False))
    assert result.model["detector"] == "yoloface-lite@1"
    assert result.faces[0].uncovered == ()
    with pytest.raises(InvalidInput, match="unknown variant 'huge'"):
        client.predict(_jpeg(), options=DetectOptions(variant="huge"))


def test_what_is_wrong_with_a_picture_is_raised(client: Client, tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage, match="this is no JPEG"):
        client.predict(b"garbage")
    with pytest.raises(ImageTooLarge, match="20,001 bytes"):
        client.predict(bytes(MAX_BYTES + 1))
    with pytest.raises(UnreadableImage, match=r"cannot read .*missing\.jpg: No such file"):
        client.predict(tmp_path / "missing.jpg")
    with pytest.raises(UnreadableImage, match="Is a directory"):
        client.gate(tmp_path)


def test_results_of_many_keep_the_order(client: Client) -> None:
    colours = [(RED, GREEN, BLUE)[number % 3] for number in range(50)]
    results = client.predict_many(map(_jpeg, colours), pictures_per_request=3, requests_at_once=4)
    assert [_label(result) for result in results] == [LABELS[colour] for colour in colours]


def test_a_bad_picture_or_file_fails_alone(client: Client, tmp_path: Path) -> None:
    given = [_jpeg(RED), b"garbage", tmp_path / "missing.jpg", bytes(MAX_BYTES + 1), _jpeg(BLUE)]
    for size in (1, 2, 5):
        first, *bad, last = client.predict_many(given, pictures_per_request=size)
        assert [_label(first), _label(last)] == [Label.NO_MASK, Label.MASK_CORRECT]
        assert [result.faces for result in bad] == [()] * 3
        for result, word in zip(bad, ("this is no JPEG", "cannot read", "20,001 bytes"), strict=True):
            assert result.error is not None
            assert word in result.error


def test_pictures_too_large_together_are_asked_apart(client: Client) -> None:
    heavy = _jpeg() + bytes(MAX_BYTES - 1000 - len(_jpeg()))  # what follows a JPEG's end is not looked at
    results = list(client.predict_many([heavy] * 20, pictures_per_request=20))
    assert [_label(result) for result in results] == [Label.NO_MASK] * 20


def test_no_pictures_no_results(client: Client) -> None:
    assert list(client.predict_many([])) == []


def test_only_what_is_under_way_is_taken_of_an_endless_stream(client: Client) -> None:
    taken = itertools.count()
    stream = client.predict_many((_jpeg() for _ in iter(taken.__next__, -1)), requests_at_once=2)
    for _ in range(3):
        assert _label(next(stream)) is Label.NO_MASK
    assert next(taken) <= 8 * 4  # three requests, and the first picture of the next
    stream.close()  # type: ignore[attr-defined]


def test_what_ends_the_pictures_ends_the_results(client: Client) -> None:
    def broken() -> Iterator[bytes]:
        yield from [_jpeg()] * 3
        raise RuntimeError("the disk is gone")

    results = client.predict_many(broken(), pictures_per_request=1, requests_at_once=1)
    with pytest.raises(RuntimeError, match="the disk is gone"):
        list(results)


@pytest.mark.parametrize(("colour", "decision"), [(RED, Decision.DENY), (BLUE, Decision.ALLOW)])
def test_the_gate_decides(client: Client, colour: tuple[int, int, int], decision: Decision) -> None:
    answer = client.gate(_jpeg(colour))
    assert answer.decision is decision
    assert answer.reason
    assert answer.face is not None
    assert answer.face.label is LABELS[colour]


def test_the_gate_sees_nobody(client: Client) -> None:
    answer = client.gate(to_jpeg(picture({})))
    assert (answer.decision, answer.face) == (Decision.RETRY, None)


def test_it_tells_what_is_served(client: Client) -> None:
    models = {model.name: model for model in client.models()}
    assert set(models) == {"yoloface-server", "yoloface-lite", "efficientnet-b0"}
    assert models["efficientnet-b0"].serving == "1"
    assert models["efficientnet-b0"].versions == ("1",)
    assert len(models["efficientnet-b0"].sha256) == 64


def test_it_is_ready_when_the_server_is(client: Client) -> None:
    assert client.ready()
    with listen("127.0.0.1", 0) as bound:
        port = bound.getsockname()[1]
    with Client(f"http://127.0.0.1:{port}") as nobody:
        assert not nobody.ready()


def test_threads_may_share_it(client: Client) -> None:
    colours = [(RED, GREEN, BLUE)[number % 3] for number in range(24)]
    with ThreadPoolExecutor(max_workers=8) as pool:
        results = list(pool.map(lambda colour: client.predict(_jpeg(colour)), colours))
    assert [_label(result) for result in results] == [LABELS[colour] for colour in colours]


@pytest.fixture
def slow() -> Iterator[Slow]:
    with slow_server(busy_with=_jpeg(BLUE)) as server:
        yield server


def test_closing_ends_what_waits_and_the_server_drops_it(slow: Slow) -> None:
    pipeline, detector, url = slow
    client = Client(url)
    with ThreadPoolExecutor(max_workers=3) as pool:
        waiting = [pool.submit(client.predict, _jpeg()) for _ in range(3)]
        for _ in waiting:
            detector.wait_until_taken()
        client.close()
        errors = [answer.exception(timeout=30) for answer in waiting]
    assert [type(error) for error in errors] == [Unavailable] * 3
    with pytest.raises(Unavailable, match="is closed"):
        client.predict(_jpeg())
    for answer in detector.answers[1:]:
        wait_until_cancelled(answer)
    pipeline.go.set()
    detector.close()
    assert pipeline.ran == [_jpeg(BLUE)]


def test_a_busy_server_is_asked_until_there_is_room(slow: Slow) -> None:
    pipeline, detector, url = slow
    waiting = detector.submit([_jpeg()] * 4)
    with Client(url) as client, ThreadPoolExecutor(max_workers=1) as pool:
        late = pool.submit(client.predict, _jpeg())
        detector.wait_until_refused()
        pipeline.go.set()
        assert late.result(timeout=30).width == 1
    assert all(answer.result().error is None for answer in waiting)


def test_a_server_that_stays_busy_is_given_up(slow: Slow) -> None:
    _, detector, url = slow
    detector.submit([_jpeg()] * 4)
    with Client(url, patience_seconds=0) as client:
        with pytest.raises(Overloaded, match="4 pictures wait already"):
            client.predict(_jpeg())
        with pytest.raises(Overloaded):
            next(client.predict_many([_jpeg()]))
