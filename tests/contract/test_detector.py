"""What every Detector promises, in process and over HTTP: on networks whose right answer is known."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from model_server import serving
from tiny_models import BLUE, GREEN, RED, picture, write_repository

from common.adapters.detectors.http import HttpDetector
from common.domain.prediction import Label
from common.errors import InvalidInput, Unavailable
from common.ports.detector import DetectOptions, Detector
from common.settings import Settings
from model_api.draw import to_jpeg
from model_api.local import open_local_detector

LABELS = {RED: Label.NO_MASK, GREEN: Label.MASK_INCORRECT, BLUE: Label.MASK_CORRECT}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A detector, and how its models go away."""

    detector: Detector
    end: Callable[[], None]


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    root = write_repository(tmp_path_factory.mktemp("contract") / "models")
    return Settings(models=root, max_image_pixels=1_000_000)


def _local(settings: Settings, stack: ExitStack) -> Detector:
    detector = open_local_detector(settings)
    stack.callback(detector.close)
    return detector


def _http(settings: Settings, stack: ExitStack) -> Detector:
    models = open_local_detector(settings)
    stack.callback(models.close)
    return HttpDetector(stack.enter_context(serving(models, settings)))


@pytest.fixture(params=[_local, _http], ids=["local", "http"])
def subject(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Subject]:
    stack = ExitStack()
    detector = request.param(settings, stack)
    yield Subject(detector=detector, end=stack.close)
    detector.close()
    stack.close()


@pytest.fixture
def detector(subject: Subject) -> Detector:
    return subject.detector


def _jpeg(squares: dict[tuple[int, int], tuple[int, int, int]], **size: int) -> bytes:
    return to_jpeg(picture(squares, **size), quality=95)


def test_faces_come_in_falling_score_with_what_is_known_of_each(detector: Detector) -> None:
    (result,) = detector.predict([_jpeg({(1, 1): RED, (4, 2): GREEN, (7, 5): BLUE})])
    assert (result.width, result.height, result.error) == (256, 192, None)
    assert result.model == {"detector": "yoloface-server@1", "classifier": "efficientnet-b0@1", "fit": None}
    assert set(result.timings_ms) == {"decode", "detect", "classify", "fit"}
    assert [face.score for face in result.faces] == sorted((face.score for face in result.faces), reverse=True)
    found = {tuple(round(value) for value in face.box): face for face in result.faces}
    assert {box: face.label for box, face in found.items()} == {
        (32, 32, 64, 64): Label.NO_MASK,
        (128, 64, 160, 96): Label.MASK_INCORRECT,
        (224, 160, 256, 192): Label.MASK_CORRECT,
    }
    bare = found[32, 32, 64, 64]
    assert [(round(x), round(y)) for x, y in bare.landmarks] == [(42, 45), (54, 45), (48, 50), (43, 56), (53, 56)]
    assert sum(bare.probabilities.values()) == pytest.approx(1, abs=1e-3)
    assert max(bare.probabilities, key=bare.probabilities.__getitem__) == "no_mask"
    assert bare.uncovered == ("NOSE", "MOUTH", "CHIN")
    assert found[224, 160, 256, 192].uncovered == ()


def test_boxes_are_pixels_of_the_given_picture_whatever_its_size(detector: Detector) -> None:
    large = picture({(2, 1): RED}).repeat(3, axis=0).repeat(3, axis=1)
    (result,) = detector.predict([to_jpeg(large, quality=95)])
    (face,) = result.faces
    assert (result.width, result.height) == (768, 576)
    assert face.box == pytest.approx((192, 96, 288, 192), abs=0.5)


def test_a_face_between_two_classes_is_uncertain(detector: Detector) -> None:
    (result,) = detector.predict([_jpeg({(3, 3): (250, 250, 5)})])
    (face,) = result.faces
    assert face.label is Label.UNCERTAIN
    assert face.uncovered == ()
    assert face.probabilities["no_mask"] == pytest.approx(face.probabilities["mask_incorrect"], abs=0.1)


def test_how_a_face_looks_is_told_where_it_is_asked_for(detector: Detector) -> None:
    shown = [_jpeg({(1, 1): RED, (5, 3): BLUE}), _jpeg({(6, 2): RED}), _jpeg({})]
    both, one, none = detector.predict(shown, options=DetectOptions(appearance=True))
    looks = dict(zip((face.label for face in both.faces), both.appearances, strict=True))
    assert {len(each) for each in (*both.appearances, *one.appearances)} == {32}
    assert looks[Label.NO_MASK][:23] == one.appearances[0][:23] != looks[Label.MASK_CORRECT][:23]
    assert none.appearances == ()
    assert not any(result.appearances for result in detector.predict(shown))


def test_no_pictures_no_answers(detector: Detector) -> None:
    assert detector.predict([]) == []


def test_a_picture_without_a_face_has_none(detector: Detector) -> None:
    (result,) = detector.predict([_jpeg({})])
    assert (result.faces, result.error) == ((), None)


def test_answers_keep_the_order_of_many_pictures_of_several_shapes(detector: Detector) -> None:
    colours = [(RED, GREEN, BLUE)[number % 3] for number in range(80)]  # more than one request or batch takes
    shapes = [{"width": 256, "height": 192}, {"width": 192, "height": 256}]
    pictures = [_jpeg({(2, 2): colour}, **shapes[number % 2]) for number, colour in enumerate(colours)]
    results = detector.predict(pictures)
    assert [[face.label for face in result.faces] for result in results] == [[LABELS[colour]] for colour in colours]
    assert [result.width for result in results] == [shapes[number % 2]["width"] for number in range(80)]


def _oversized() -> bytes:
    data = _jpeg({})
    frame = data.index(b"\xff\xc0\x00\x11\x08") + 5
    return data[:frame] + struct.pack(">HH", 60_000, 60_000) + data[frame + 4 :]


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (b"", "the picture is empty"),
        (b"garbage", "this is no JPEG, PNG or WebP picture"),
        (_jpeg({})[:-100], "the JPEG picture breaks off before its end"),
        (_oversized(), "the picture has 60,000 x 60,000 pixels, more than the 1,000,000 allowed"),
    ],
    ids=["empty", "garbage", "truncated", "oversized"],
)
def test_a_bad_picture_fails_alone_with_one_clear_sentence(detector: Detector, bad: bytes, sentence: str) -> None:
    good = _jpeg({(1, 1): RED})
    first, broken, last = detector.predict([good, bad, good])
    assert [len(first.faces), len(last.faces)] == [1, 1]
    assert (broken.error, broken.faces) == (sentence, ())
    (alone,) = detector.predict([bad])
    assert (alone.error, alone.faces) == (sentence, ())


def test_the_score_to_reach_may_be_given(detector: Detector) -> None:
    faint = _jpeg({(1, 1): (150, 70, 70), (4, 4): RED})
    assert len(detector.predict([faint])[0].faces) == 1
    assert len(detector.predict([faint], options=DetectOptions(min_score=0.2))[0].faces) == 2
    assert detector.predict([faint], options=DetectOptions(min_score=1.0))[0].faces == ()


def test_the_light_variant_may_be_chosen(detector: Detector) -> None:
    (result,) = detector.predict([_jpeg({(2, 2): RED, (3, 2): RED, (2, 3): RED, (3, 3): RED})], options=LITE)
    assert result.model["detector"] == "yoloface-lite@1"
    assert [tuple(round(value) for value in face.box) for face in result.faces] == [(64, 64, 128, 128)]


LITE = DetectOptions(variant="lite")


def test_what_is_uncovered_may_be_left_out(detector: Detector) -> None:
    (result,) = detector.predict([_jpeg({(1, 1): RED})], options=DetectOptions(fit=False))
    assert result.faces[0].uncovered == ()


@pytest.mark.parametrize("options", [DetectOptions(variant="huge"), DetectOptions(min_score=1.5)])
def test_options_that_nothing_satisfies_are_refused(detector: Detector, options: DetectOptions) -> None:
    with pytest.raises(InvalidInput):
        detector.predict([_jpeg({})], options=options)


def test_callers_at_the_same_time_get_their_own_answers(detector: Detector) -> None:
    colours = [(RED, GREEN, BLUE)[number % 3] for number in range(24)]
    with ThreadPoolExecutor(max_workers=8) as pool:
        results = list(pool.map(lambda colour: detector.predict([_jpeg({(1, 1): colour})])[0], colours))
    assert [result.faces[0].label for result in results] == [LABELS[colour] for colour in colours]


def test_it_is_ready_until_its_models_go_away(subject: Subject) -> None:
    subject.detector.check()
    subject.end()
    with pytest.raises(Unavailable):
        subject.detector.check()
    with pytest.raises(Unavailable):
        subject.detector.predict([_jpeg({})])


def test_a_missing_repository_is_an_error_at_the_start(tmp_path: Path) -> None:
    from model_api.errors import ModelNotFound

    with pytest.raises(ModelNotFound, match="there is no model efficientnet-b0"):
        open_local_detector(Settings(models=tmp_path))
