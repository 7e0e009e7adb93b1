"""The challenger sees live pictures when all is quiet; what it says is counted and answered to nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from prometheus_client import REGISTRY

from common.domain.prediction import Face, Label, PictureResult
from common.errors import Unavailable
from common.ports.detector import DetectOptions
from model_api.contest import Contest
from model_api.engines import REFERENCE
from model_api.load import Loaded
from model_api.pipeline import Request
from model_api.repository import Description, Model
from model_api.shadow import MOST_BYTES, MOST_PICTURES, Shadow, ShadowedPipeline

CHAMPION = {"detector": "net@1", "classifier": "judge@1", "fit": None}
CHALLENGER = {"detector": "net@1", "classifier": "judge@2", "fit": None}


def _face(label: Label, *, left: float = 0.0, score: float = 0.5) -> Face:
    return Face(box=(left, 0, left + 10, 10), score=score, landmarks=(), label=label, probabilities={})


def _model(name: str, version: str) -> Model:
    return Model(description=Description(name=name, version=version, sha256="0" * 64, input_size=32), path=Path("/"))


class Scripted:
    """Answers every picture alike; held until it is let go."""

    variants = ("server",)

    def __init__(self, model: dict[str, str | None], *faces: Face) -> None:
        self._result = PictureResult(width=1, height=1, model=model, faces=faces)
        self.seen: list[bytes] = []
        self.begun = threading.Event()
        self.go = threading.Event()
        self.go.set()
        self.error: Exception | None = None
        self.is_closed = False

    def run(self, requests: Sequence[Request]) -> list[PictureResult]:
        self.seen += [request.data for request in requests]
        self.begun.set()
        assert self.go.wait(60)
        if self.error:
            raise self.error
        return [self._result for _ in requests]

    def close(self) -> None:
        self.is_closed = True


class Idle:
    """How long the models have been at rest, as the test says."""

    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def _contest(challenger: Scripted) -> Contest:
    models = (_model("net", "1"), _model("judge", "2"))
    loaded = Loaded(pipeline=challenger, models=models, choice=REFERENCE)
    return Contest(champion=frozenset({"net@1", "judge@1"}), challenger=loaded)


def _requests(*data: bytes) -> list[Request]:
    return [Request(data=each, options=DetectOptions()) for each in data]


def _wait_for(condition: Callable[[], bool]) -> None:
    while not condition():
        threading.Event().wait(0.01)


@pytest.fixture
def idle() -> Idle:
    return Idle()


@pytest.fixture
def open_shadow(idle: Idle) -> Iterator[Callable[..., Shadow]]:
    opened: list[Shadow] = []

    def build(share: float = 1.0) -> Shadow:
        shadow = Shadow(share=share, idle_seconds=idle, rng=np.random.default_rng(1), quiet_seconds=0.05)
        opened.append(shadow)
        return shadow

    yield build
    for shadow in opened:
        shadow.close()


def _compared(shadow: Shadow) -> int:
    summary = shadow.summary()
    assert summary is not None
    return summary["pictures"]["compared"]


def test_what_both_say_is_counted(open_shadow: Callable[..., Shadow]) -> None:
    champion = Scripted(
        CHAMPION, _face(Label.NO_MASK), _face(Label.MASK_CORRECT, left=50), _face(Label.NO_MASK, left=90)
    )
    challenger = Scripted(
        CHALLENGER,
        _face(Label.UNCERTAIN, score=0.7),
        _face(Label.MASK_CORRECT, left=51),
        _face(Label.NO_MASK, left=200),
    )
    before = REGISTRY.get_sample_value("maskwatch_shadow_faces_total", {"found_by": "both"}) or 0
    shadow = open_shadow()
    shadow.begin(_contest(challenger))
    results = ShadowedPipeline(champion, shadow).run(_requests(b"a", b"b"))
    assert [result.model for result in results] == [CHAMPION, CHAMPION]
    _wait_for(lambda: _compared(shadow) == 2)
    summary = shadow.summary()
    assert summary is not None
    assert summary["challenger"] == ["judge@2"]
    assert summary["faces"] == {"both": 4, "champion": 2, "challenger": 2}
    assert summary["labels"] == {"mask_correct": {"mask_correct": 2}, "no_mask": {"uncertain": 2}}
    assert summary["label_agreement"] == 0.5
    assert summary["score_difference"] == pytest.approx(0.1)
    assert REGISTRY.get_sample_value("maskwatch_shadow_faces_total", {"found_by": "both"}) == before + 4


def test_nothing_is_looked_at_before_it_is_quiet(open_shadow: Callable[..., Shadow], idle: Idle) -> None:
    idle.seconds = 0.0
    challenger = Scripted(CHALLENGER)
    shadow = open_shadow()
    shadow.begin(_contest(challenger))
    shadow.offer(_requests(b"a"), [PictureResult(model=CHAMPION)])
    threading.Event().wait(0.2)
    assert challenger.seen == []
    idle.seconds = 1000.0
    assert challenger.begun.wait(60)


def test_a_slow_challenger_needs_a_longer_quiet_time(open_shadow: Callable[..., Shadow], idle: Idle) -> None:
    idle.seconds = 1.0
    challenger = Scripted(CHALLENGER)
    challenger.go.clear()
    shadow = open_shadow()
    shadow.begin(_contest(challenger))
    shadow.offer(_requests(b"a", b"b"), [PictureResult(model=CHAMPION)] * 2)
    assert challenger.begun.wait(60)
    threading.Event().wait(0.4)  # four times this is more than the second that `idle` says
    challenger.go.set()
    _wait_for(lambda: _compared(shadow) == 1)
    threading.Event().wait(0.2)
    assert challenger.seen == [b"a"]
    idle.seconds = 1000.0
    _wait_for(lambda: _compared(shadow) == 2)


def test_what_finds_no_room_is_dropped_and_counted_and_nobody_waits(
    open_shadow: Callable[..., Shadow], idle: Idle
) -> None:
    idle.seconds = 0.0
    shadow = open_shadow()
    shadow.begin(_contest(Scripted(CHALLENGER)))
    many = MOST_PICTURES + 3
    shadow.offer(_requests(*[b"a"] * many), [PictureResult(model=CHAMPION)] * many)
    summary = shadow.summary()
    assert summary is not None
    assert summary["pictures"] == {"compared": 0, "dropped": 3, "failed": 0}


def test_pictures_that_wait_are_limited_in_bytes_too(open_shadow: Callable[..., Shadow], idle: Idle) -> None:
    idle.seconds = 0.0
    shadow = open_shadow()
    shadow.begin(_contest(Scripted(CHALLENGER)))
    shadow.offer(_requests(bytes(MOST_BYTES), b"a"), [PictureResult(model=CHAMPION)] * 2)
    summary = shadow.summary()
    assert summary is not None
    assert summary["pictures"]["dropped"] == 1


def test_a_share_of_the_pictures_is_taken(open_shadow: Callable[..., Shadow], idle: Idle) -> None:
    idle.seconds = 0.0
    shadow = open_shadow(share=0.25)
    shadow.begin(_contest(Scripted(CHALLENGER)))
    shadow.offer(_requests(*[b"a"] * 400), [PictureResult(model=CHAMPION)] * 400)
    summary = shadow.summary()
    assert summary is not None
    assert 70 < MOST_PICTURES + summary["pictures"]["dropped"] < 130


@pytest.mark.parametrize(
    "result",
    [
        pytest.param(PictureResult(error="this is no picture"), id="no answer"),
        pytest.param(PictureResult(model={**CHAMPION, "classifier": "judge@0"}), id="an earlier champion's answer"),
        pytest.param(PictureResult(model={"detector": "net@1", "classifier": None}), id="the same models answer"),
    ],
)
def test_what_tells_nothing_of_the_challenger_is_not_shown_to_it(
    open_shadow: Callable[..., Shadow], result: PictureResult
) -> None:
    challenger = Scripted(CHALLENGER)
    shadow = open_shadow()
    shadow.begin(_contest(challenger))
    shadow.offer(_requests(b"nothing", b"something"), [result, PictureResult(model=CHAMPION)])
    _wait_for(lambda: _compared(shadow) == 1)
    assert challenger.seen == [b"something"]


@pytest.mark.parametrize("error", [Unavailable("the engine failed"), RuntimeError("a surprise")])
def test_a_challenger_that_fails_is_counted_and_hurts_nobody(
    open_shadow: Callable[..., Shadow], error: Exception
) -> None:
    challenger = Scripted(CHALLENGER)
    challenger.error = error
    shadow = open_shadow()
    shadow.begin(_contest(challenger))
    pipeline = ShadowedPipeline(Scripted(CHAMPION), shadow)
    assert pipeline.run(_requests(b"a"))[0].error is None
    _wait_for(lambda: (shadow.summary() or {})["pictures"]["failed"] == 1)  # type: ignore[typeddict-item]
    challenger.error = None
    pipeline.run(_requests(b"b"))
    _wait_for(lambda: _compared(shadow) == 1)


def test_a_slow_challenger_keeps_nobody_waiting(open_shadow: Callable[..., Shadow]) -> None:
    challenger = Scripted(CHALLENGER)
    challenger.go.clear()
    shadow = open_shadow()
    shadow.begin(_contest(challenger))
    pipeline = ShadowedPipeline(Scripted(CHAMPION), shadow)
    pipeline.run(_requests(b"a"))
    assert challenger.begun.wait(60)
    for _ in range(100):  # answered while the challenger hangs
        assert pipeline.run(_requests(b"b"))[0].model == CHAMPION
    assert _compared(shadow) == 0
    challenger.go.set()


def test_a_new_challenger_begins_new_counts_and_the_former_is_closed(open_shadow: Callable[..., Shadow]) -> None:
    first, second = Scripted(CHALLENGER), Scripted(CHALLENGER)
    shadow = open_shadow()
    shadow.begin(_contest(first))
    shadow.offer(_requests(b"a"), [PictureResult(model=CHAMPION)])
    _wait_for(lambda: _compared(shadow) == 1)
    shadow.begin(_contest(second))
    assert first.is_closed
    assert _compared(shadow) == 0
    shadow.begin(None)
    assert second.is_closed
    assert shadow.summary() is None
    shadow.offer(_requests(b"a"), [PictureResult(model=CHAMPION)])


def test_closing_finishes_the_picture_in_hand_and_frees_the_challenger(open_shadow: Callable[..., Shadow]) -> None:
    challenger = Scripted(CHALLENGER)
    challenger.go.clear()
    shadow = open_shadow()
    shadow.begin(_contest(challenger))
    shadow.offer(_requests(b"a", b"b"), [PictureResult(model=CHAMPION)] * 2)
    assert challenger.begun.wait(60)
    threading.Timer(0.05, challenger.go.set).start()
    shadow.close()
    assert challenger.seen == [b"a"]
    assert challenger.is_closed
