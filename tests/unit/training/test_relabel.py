"""From pictures, labels and teachers to cleaner labels."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

import cv2
from typer.testing import CliRunner

from training.cli import app
from training.dataset.coco import load_coco
from training.dataset.pixel_cache import Pixels
from training.errors import DataMissing, TooFewTeachers, UnknownFinder
from training.finders.found import FoundFaces
from training.finders.table import FINDERS
from training.labels import relabel as labels_relabel
from training.labels.portraits import Framed, load_portraits, shows_any
from training.labels.relabel import RelabelOrder, relabel
from training.labels.teachers import open_teacher

SQUARE = 24


class BlobFinder:
    """Finds bright squares of one colour channel; each is a face."""

    def __init__(self, channels: str) -> None:
        self._channels = ["RGB".index(channel) for channel in channels]

    def find(self, image: Pixels) -> FoundFaces:
        bright = (image[..., self._channels] > 200).any(axis=2).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(bright)
        boxes = np.asarray([[x, y, x + w, y + h] for x, y, w, h, _ in stats[1:]], np.float32).reshape(-1, 4)
        landmarks = np.repeat(((boxes[:, :2] + boxes[:, 2:]) / 2)[:, None], 5, axis=1)
        return FoundFaces(boxes=boxes, scores=np.full(len(boxes), 0.7, np.float32), landmarks=landmarks)


def draw(path: Path, squares: dict[tuple[int, int], tuple[int, int, int]], seed: int = 0) -> None:
    """Squares of RGB colours by their corners, on grey noise; only the same seed gives a near-duplicate."""
    coarse = np.random.default_rng(seed).integers(0, 190, (6, 8, 1))
    image = np.kron(coarse, np.ones((16, 16, 3))).astype(np.uint8)
    for (x, y), colour in squares.items():
        image[y : y + SQUARE, x : x + SQUARE] = colour
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), image[..., ::-1])


def label(path: Path, names: list[str], boxes: list[tuple[int, list[int], int]]) -> None:
    """A COCO file: for each (picture number, xywh, iscrowd) an annotation of category 4."""
    images = [
        {"id": number, "file_name": name, "width": 128, "height": 96, "source": "drawn"}
        for number, name in enumerate(names)
    ]
    rows = [
        {"id": number, "image_id": image, "category_id": 4, "bbox": box, "iscrowd": crowd}
        for number, (image, box, crowd) in enumerate(boxes)
    ]
    path.write_text(json.dumps({"images": images, "annotations": rows, "categories": []}))


WHITE, RED, GREEN, BLUE = (255, 255, 255), (255, 0, 0), (0, 255, 0), (0, 0, 255)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A masks picture with a labelled and a forgotten face, a crowd, two portraits and the copy of a held-out one."""
    root = tmp_path / "data"
    draw(root / "masks/images/a.png", {(8, 8): WHITE, (60, 50): WHITE, (95, 10): RED})
    draw(root / "masks/images/v.png", {(40, 40): WHITE}, seed=5)
    label(root / "masks/train.json", ["a.png"], [(0, [8, 8, SQUARE, SQUARE], 0)])
    label(root / "masks/val.json", ["v.png"], [(0, [40, 40, SQUARE, SQUARE], 0)])
    draw(root / "crowds/images/c.png", {(8, 8): WHITE, (60, 50): (0, 255, 255)})
    head = [58, 46, 28, 30]
    label(root / "crowds/pseudo.json", ["c.png"], [(0, [8, 8, 24, 24], 0), (0, [95, 8, 24, 24], 0), (0, head, 1)])
    draw(root / "crops/images/p.png", {(50, 30): WHITE}, seed=7)
    draw(root / "crops/images/unclear.png", {(50, 30): RED}, seed=8)
    draw(root / "crops/images/copy.png", {(40, 40): WHITE}, seed=5)
    rows = ["p.png,photo,no", "unclear.png,photo+box,no", "copy.png,photo,no", "gone.png,crop,no", "gone.png,photo,yes"]
    lines = [",".join([*row.split(",")[:1], "no_mask", "drawn", *row.split(",")[1:]]) for row in rows]
    (root / "crops/labels.csv").write_text("\n".join(["file,label,source,kind,synthetic", *lines]) + "\n")
    return root


@pytest.fixture
def _teachers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three that see white; the first sees red, the others green and blue, too."""

    def make(channels: str) -> Callable[[Path, int | None], BlobFinder]:
        return lambda _, longer_side: BlobFinder(channels)

    for name, channel in (("yunet-s", "R"), ("green", "G"), ("blue", "B")):
        monkeypatch.setitem(FINDERS, name, make(channel))


def order(data: Path, *names: str) -> RelabelOrder:
    folder = data.parent
    return RelabelOrder(data=data, cache=folder / "cache", output=folder / "labels", teachers=names)


@pytest.mark.usefixtures("_teachers")
def test_labels_get_landmarks_and_forgotten_faces_become_regions(data: Path) -> None:
    report = relabel(order(data, "yunet-s", "green"))
    picture = load_coco(data.parent / "labels/masks.json")[0]
    assert picture.path.is_file()
    assert picture.boxes.tolist() == [[8, 8, 32, 32]]
    assert picture.points[0].tolist() == [[20, 20]] * 5
    assert picture.ignored.tolist() == [[60, 50, 84, 74]], "the red one has one vote only"
    counts = report["sets"]["masks"]["drawn"]
    assert counts == {"pictures": 1, "faces": 1, "regions": 1, "landmarks_lent": 1, "ignored": 1}


@pytest.mark.usefixtures("_teachers")
def test_the_maker_of_the_crowds_labels_does_not_confirm_them(data: Path) -> None:
    relabel(order(data, "yunet-s", "green", "blue"))
    crowd = load_coco(data.parent / "labels/crowds.json")[0]
    assert crowd.boxes.tolist() == [[8, 8, 32, 32], [60, 50, 84, 74]], "one confirmed, one found in a head's region"
    assert crowd.ignored.tolist() == [[95, 8, 119, 32]], "nobody sees the other pseudo label"


@pytest.mark.usefixtures("_teachers")
def test_portraits_need_agreement_and_no_validation_face(data: Path) -> None:
    report = relabel(order(data, "yunet-s", "green"))
    assert report["portraits_left_out"] == {"no_agreement": 1, "held_out": 1}
    portraits = load_coco(data.parent / "labels/portraits.json")
    assert [picture.path.name for picture in portraits] == ["p.png"]
    assert portraits[0].boxes.tolist() == [[50, 30, 74, 54]]
    assert portraits[0].categories.tolist() == [4]


@pytest.mark.usefixtures("_teachers")
def test_held_out_portraits_and_their_twins_are_left_out(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    portrait = data / "crops/images/p.png"
    (data / "crops/images/unclear.png").write_bytes(portrait.read_bytes())
    monkeypatch.setattr(labels_relabel, "held_out_crops", lambda: frozenset({"p.png"}))
    relabel(order(data, "yunet-s", "green"))
    assert load_coco(data.parent / "labels/portraits.json") == []


@pytest.mark.usefixtures("_teachers")
def test_every_change_but_landmarks_is_listed(data: Path) -> None:
    relabel(order(data, "yunet-s", "green"))
    lines = (data.parent / "labels/changes.jsonl").read_text().splitlines()
    rows = {(row["file"], row["change"]): row for row in map(json.loads, lines)}
    assert set(rows) == {("a.png", "ignored"), ("c.png", "demoted"), ("p.png", "added")}
    assert rows["a.png", "ignored"] == {
        "set": "masks",
        "source": "drawn",
        "file": "a.png",
        "box": [60, 50, 84, 74],
        "change": "ignored",
        "votes": 2,
        "score": 0.7,
    }
    assert json.loads((data.parent / "labels/report.json").read_text())["rules"]["votes"] == 2


@pytest.mark.usefixtures("_teachers")
def test_a_third_teacher_sees_only_what_the_first_two_disagree_on(data: Path) -> None:
    relabel(order(data, "yunet-s", "green", "blue"))
    cache = data.parent / "cache"
    asked = {path.stem: np.load(path)["keys"].tolist() for path in cache.glob("answers-portraits-*.npz")}
    assert len(asked["answers-portraits-green@256"]) == 3
    assert [key.split(":")[0] for key in asked["answers-portraits-blue@256"]] == ["unclear.png"]


@pytest.mark.usefixtures("_teachers")
@pytest.mark.parametrize("names", [("yunet-s",), ("yunet-s", "yunet-s")])
def test_one_teacher_agrees_with_nobody(data: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(TooFewTeachers):
        relabel(order(data, *names))


def test_an_unknown_teacher_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownFinder, match="yunet-s"):
        open_teacher("nobody", tmp_path)


def test_new_own_weights_get_new_answers(tmp_path: Path) -> None:
    folder = tmp_path / "yoloface-server" / "2"
    folder.mkdir(parents=True)
    (folder / "model.json").write_text("{}")
    (folder / "model.onnx").write_bytes(b"old")
    old = open_teacher(str(folder), tmp_path).name
    (folder / "model.onnx").write_bytes(b"new")
    new = open_teacher(str(folder), tmp_path).name
    assert old != new
    assert old.startswith("yoloface-server-2-")


def test_a_framed_finder_answers_in_the_pictures_own_pixels() -> None:
    image = np.zeros((20, 40, 3), np.uint8)
    image[:, 10:30] = 255
    assert Framed(BlobFinder("R")).find(image).boxes.tolist() == [[10, 0, 30, 20]]


def test_portraits_without_a_label_file_are_missing_data(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"labels\.csv"):
        load_portraits(tmp_path)


def test_nothing_is_a_twin_of_nothing(data: Path) -> None:
    assert shows_any(load_coco(data / "masks/train.json"), []) == [False]


@pytest.mark.usefixtures("_teachers")
def test_the_command_says_what_became_of_each_source(data: Path) -> None:
    options = ["--data", str(data), "--cache", str(data.parent / "cache"), "--output", str(data.parent / "labels")]
    result = CliRunner().invoke(app, ["data", "relabel", *options, "--teacher", "yunet-s", "--teacher", "green"])
    assert result.exit_code == 0, result.output
    assert "masks drawn: 1 pictures, 1 faces, 1 regions, 1 landmarks_lent, 1 ignored" in result.output
    assert "portraits left out: 1 no_agreement, 1 held_out" in result.output
