"""The cache of decoded pictures is built once, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")
pytest.importorskip("tqdm", reason="needs tqdm (pip install 'maskwatch[training]')")

from tests.unit.training.drawing import draw_scene, save_picture
from training.dataset import pixel_cache
from training.dataset.building import alone
from training.dataset.pixel_cache import PixelCache, open_cache, read_rgb


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    for number in range(3):
        save_picture(draw_scene(number, width=40, height=30), tmp_path / f"{number}.png")
    return [tmp_path / f"{number}.png" for number in range(3)]


def test_who_comes_second_waits_for_the_first_and_builds_nothing(
    paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[PixelCache] = []
    second = Thread(target=lambda: opened.append(open_cache(paths, 100, tmp_path / "cache")))

    def slowly(path: Path) -> pixel_cache.Pixels:
        if not second.is_alive():
            second.start()  # it comes while the first one builds
        return read_rgb(path)

    reads: list[Path] = []
    monkeypatch.setattr(pixel_cache, "read_rgb", lambda path: (reads.append(path), slowly(path))[1])
    opened.append(open_cache(paths, 100, tmp_path / "cache"))
    second.join()
    assert reads == paths
    assert all(np.array_equal(cache[2], read_rgb(paths[2])) for cache in opened)


def test_an_interrupted_build_leaves_nothing_to_trip_over(
    paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(file: Path, **_columns: object) -> None:
        file.write_bytes(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(np, "savez", interrupted)
        with pytest.raises(KeyboardInterrupt):
            open_cache(paths, 100, tmp_path / "cache")
    assert np.array_equal(open_cache(paths, 100, tmp_path / "cache")[1], read_rgb(paths[1]))


def test_a_lock_is_given_back_when_building_fails(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no"), alone(tmp_path / "thing.npz"):
        raise ValueError("no")
    with alone(tmp_path / "thing.npz"):
        pass
