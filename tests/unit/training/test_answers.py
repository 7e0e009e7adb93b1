"""Finders' answers on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

import cv2

from training.dataset.pixel_cache import Pixels
from training.errors import BrokenAnswers, DataMissing
from training.finders.found import FoundFaces
from training.labels import answers
from training.labels.answers import ask, load_answers


class CountingFinder:
    """Finds as many faces as the picture is bright, in tens; stops working after `patience` pictures."""

    def __init__(self, patience: int = 100) -> None:
        self.seen: list[int] = []
        self._patience = patience

    def find(self, image: Pixels) -> FoundFaces:
        if len(self.seen) == self._patience:
            raise KeyboardInterrupt
        grey = int(image.mean())
        self.seen.append(grey)
        count = grey // 10
        return FoundFaces(
            boxes=np.full((count, 4), grey, np.float32),
            scores=np.full(count, 0.5, np.float32),
            landmarks=np.full((count, 5, 2), np.nan, np.float32),
        )


def draw(folder: Path, *greys: int) -> list[Path]:
    paths = [folder / f"{grey}.png" for grey in greys]
    for path, grey in zip(paths, greys, strict=True):
        cv2.imwrite(str(path), np.full((8, 8, 3), grey, np.uint8))
    return paths


def test_a_finder_is_asked_once_and_its_answers_come_in_the_asked_order(tmp_path: Path) -> None:
    paths, store, finder = draw(tmp_path, 20, 0, 10), tmp_path / "cache" / "x.npz", CountingFinder()
    first = ask(lambda: finder, paths, store)
    again = ask(lambda: finder, paths[::-1], store)
    assert finder.seen == [20, 0, 10]
    assert [len(found.boxes) for found in first] == [2, 0, 1]
    assert [found.boxes.tolist() for found in again] == [found.boxes.tolist() for found in first[::-1]]
    assert np.isnan(again[0].landmarks).all()


def test_a_finder_is_not_even_opened_when_all_is_known(tmp_path: Path) -> None:
    paths, store = draw(tmp_path, 20), tmp_path / "x.npz"
    ask(CountingFinder, paths, store)

    def gone() -> CountingFinder:
        raise DataMissing("no weights")

    assert len(ask(gone, paths, store)[0].boxes) == 2
    with pytest.raises(DataMissing, match="no weights"):
        ask(gone, draw(tmp_path, 30), store)


def test_only_new_and_changed_pictures_are_asked_about(tmp_path: Path) -> None:
    paths, store, finder = draw(tmp_path, 20, 30), tmp_path / "x.npz", CountingFinder()
    ask(lambda: finder, paths, store)
    cv2.imwrite(str(paths[0]), np.full((40, 40, 3), 50, np.uint8))
    found = ask(lambda: finder, paths + draw(tmp_path, 10), store)
    assert finder.seen == [20, 30, 50, 10]
    assert [len(one.boxes) for one in found] == [5, 3, 1]


def test_an_interrupted_round_goes_on_where_it_was_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "SAVE_EVERY", 2)
    paths, store = draw(tmp_path, 10, 20, 30, 40, 50), tmp_path / "x.npz"
    with pytest.raises(KeyboardInterrupt):
        ask(lambda: CountingFinder(patience=3), paths, store)
    finder = CountingFinder()
    assert [len(found.boxes) for found in ask(lambda: finder, paths, store)] == [1, 2, 3, 4, 5]
    assert finder.seen == [30, 40, 50]


def test_noise_is_not_kept(tmp_path: Path) -> None:
    class Noisy:
        def find(self, image: Pixels) -> FoundFaces:
            scores = np.asarray([0.9, 0.02], np.float32)
            return FoundFaces(boxes=np.zeros((2, 4), np.float32), scores=scores, landmarks=np.zeros((2, 5, 2)))

    assert ask(Noisy, draw(tmp_path, 10), tmp_path / "x.npz")[0].scores.tolist() == pytest.approx([0.9])


@pytest.mark.parametrize("content", [b"nothing", b"PK\x03\x04 half a file"])
def test_a_file_that_holds_something_else_is_named(tmp_path: Path, content: bytes) -> None:
    store = tmp_path / "x.npz"
    store.write_bytes(content)
    with pytest.raises(BrokenAnswers, match=r"x\.npz"):
        ask(CountingFinder, draw(tmp_path, 10), store)


def test_answers_of_the_wrong_columns_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", boxes=np.zeros((0, 4)))
    with pytest.raises(BrokenAnswers):
        load_answers(tmp_path / "x.npz")


def test_a_missing_picture_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"gone\.png"):
        ask(CountingFinder, [tmp_path / "gone.png"], tmp_path / "x.npz")
