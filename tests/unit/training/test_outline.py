"""The parts of a face from 68 points, and guessed from five."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from training.augment.outline import PARTS, fit_parts, five_of, trace
from training.dataset.faces68 import load_faces68
from training.errors import BrokenAnnotations, DataMissing

FACES68 = Path(__file__).parents[4] / "shared" / "data" / "fit" / "faces68"
FIVE = np.asarray([[80, 80], [120, 80], [100, 104], [84, 126], [116, 126]], np.float32)


def test_the_frame_takes_points_there_and_back() -> None:
    frame = trace(FIVE).frame
    assert frame.unit == pytest.approx(46)
    assert frame.to_face(FIVE)[3:].mean(axis=0) == pytest.approx([0, 1], abs=1e-5)
    assert frame.to_picture(frame.to_face(FIVE)) == pytest.approx(FIVE, abs=1e-3)


def test_a_face_in_front_is_symmetric_and_in_order() -> None:
    outline = trace(FIVE)
    assert outline.turn == pytest.approx(0.5, abs=1e-4)
    for left, right in (outline.cheek, outline.jowl, outline.jaw, outline.nostril):
        assert left[0] == pytest.approx(-right[0], abs=1e-4)
        assert left[1] == pytest.approx(right[1], abs=1e-4)
    heights = [outline.bridge[1], outline.nose_base[1], outline.lower_lip[1], outline.chin[1]]
    assert heights == sorted(heights)
    assert heights[1] < 1 < heights[2], "the mouth's corners lie at 1, between nose and lower lip"


def test_a_tilted_face_has_the_same_outline_tilted() -> None:
    turn = np.asarray([[0.8, 0.6], [-0.6, 0.8]], np.float32)
    upright, tilted = trace(FIVE), trace((FIVE @ turn).astype(np.float32))
    assert tilted.chin == pytest.approx(upright.chin, abs=1e-4)
    assert tilted.frame.to_picture(tilted.chin) == pytest.approx(
        upright.frame.to_picture(upright.chin) @ turn, abs=0.05
    )


def test_a_missing_or_broken_points_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"points\.csv"):
        load_faces68(tmp_path)
    header = "file," + ",".join(f"x{point},y{point}" for point in range(68))
    for row in ("a_1.webp,1,2,3", "a_1.webp," + ",".join(["1"] * 135 + ["wide"])):
        (tmp_path / "points.csv").write_text(f"{header}\n{row}\n")
        with pytest.raises(BrokenAnnotations, match=r"a_1\.webp has not 68 points"):
            load_faces68(tmp_path)


def test_points_are_read_with_a_box_around_them(tmp_path: Path) -> None:
    header = "file," + ",".join(f"x{point},y{point}" for point in range(68))
    numbers = ",".join(f"{10 + point},{20 + 2 * point}" for point in range(68))
    (tmp_path / "points.csv").write_text(f"{header}\nAnn_Lee_7.webp,{numbers}\n")
    (face,) = load_faces68(tmp_path)
    assert face.path == tmp_path / "images" / "Ann_Lee_7.webp"
    assert face.points[67].tolist() == [77, 154]
    left, top, right, bottom = face.box()
    assert (left, right, bottom) == (10, 77, 154)
    assert top < 20


@pytest.mark.skipif(not FACES68.is_dir(), reason="needs the shared data (fit/faces68)")
def test_the_table_of_parts_is_what_the_recorded_faces_give() -> None:
    faces = np.stack([face.points for face in load_faces68(FACES68)])
    for name, table in fit_parts(faces).items():
        assert table == pytest.approx(np.asarray(PARTS[name]), abs=2e-3), name


@pytest.mark.skipif(not FACES68.is_dir(), reason="needs the shared data (fit/faces68)")
def test_five_points_tell_the_outline_of_recorded_faces() -> None:
    misses = []
    for face in load_faces68(FACES68)[::5]:
        known, guessed = trace(face.points), trace(five_of(face.points))
        misses.append([float(np.hypot(*(known.chin - guessed.chin))), float(np.hypot(*(known.jaw - guessed.jaw)[0]))])
    assert np.median(misses, axis=0).max() < 0.12, "of the distance from eyes to mouth"
