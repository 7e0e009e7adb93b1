"""Labels keep their meaning through every format, and what is wrong is said with its place."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from tests.unit.training.drawing import draw_scene, save_picture
from training.dataset.coco import load_coco
from training.dataset.exports import ExportOrder, export_labels
from training.dataset.formats.coco import CATEGORIES
from training.dataset.imports import ImportOrder, import_labels, read_class_map
from training.errors import BrokenAnnotations, DataMissing, InvalidOption, UnknownClass

KEYPOINTS = [30, 30, 2, 40, 30, 2, 35, 35, 2, 32, 42, 2, 0, 0, 0]


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Two pictures: a worn mask, a face with landmarks and a region to ignore; and an empty one."""
    folder = tmp_path / "ours"
    for name in ("a", "b"):
        save_picture(draw_scene(ord(name), width=200, height=100), folder / "images" / f"{name}.png")
    size = {"width": 200, "height": 100, "source": "drawn"}
    document = {
        "images": [{"id": 5, "file_name": "a.png", **size}, {"id": 9, "file_name": "b.png", **size}],
        "annotations": [
            {"id": 1, "image_id": 5, "category_id": 3, "bbox": [10.5, 20, 30, 40]},
            {"id": 2, "image_id": 5, "category_id": 4, "bbox": [25, 20, 20, 25], "keypoints": KEYPOINTS},
            {"id": 3, "image_id": 5, "category_id": 4, "bbox": [100, 0, 100, 50], "iscrowd": 1},
        ],
        "categories": CATEGORIES,
    }
    (folder / "train.json").write_text(json.dumps(document))
    return folder / "train.json"


def take_in(folder: Path, label_format: str, output: Path, *entries: str) -> Path:
    table = read_class_map(entries)
    import_labels(ImportOrder(folder=folder, format=label_format, output=output, class_map=table))
    return output / "labels.json"


@pytest.mark.parametrize("label_format", ["coco", "yolo", "voc"])
@pytest.mark.parametrize("is_copying", [True, False], ids=["copied", "linked"])
def test_boxes_and_classes_survive_the_way_out_and_back(
    label_format: str, is_copying: bool, labels: Path, tmp_path: Path
) -> None:
    export_labels(ExportOrder(labels=labels, format=label_format, output=tmp_path / "out", is_copying=is_copying))
    back = load_coco(take_in(tmp_path / "out", label_format, tmp_path / "back"))
    assert [picture.path.name for picture in back] == ["a.png", "b.png"]
    assert all(picture.path.is_file() for picture in back)
    assert back[0].categories.tolist() == [3, 4]
    assert back[0].boxes == pytest.approx(np.asarray([[10.5, 20, 40.5, 60], [25, 20, 45, 45]]), abs=0.01)
    assert back[1].boxes.shape == (0, 4)


@pytest.mark.parametrize(("label_format", "kept"), [("coco", 1), ("voc", 1), ("yolo", 0)])
def test_regions_to_ignore_survive_where_the_format_has_a_place(
    label_format: str, kept: int, labels: Path, tmp_path: Path
) -> None:
    export_labels(ExportOrder(labels=labels, format=label_format, output=tmp_path / "out"))
    back = load_coco(take_in(tmp_path / "out", label_format, tmp_path / "back"))
    assert back[0].ignored.tolist() == [[100, 0, 200, 50]] * kept


def test_coco_keeps_landmarks_and_sources(labels: Path, tmp_path: Path) -> None:
    export_labels(ExportOrder(labels=labels, format="coco", output=tmp_path / "out"))
    picture = load_coco(tmp_path / "out" / "labels.json")[0]
    assert picture.source == "drawn"
    assert picture.points[1, :4].tolist() == [[30, 30], [40, 30], [35, 35], [32, 42]]
    assert np.isnan(picture.points[1, 4]).all()


def test_crops_are_the_faces_with_a_mask_label(labels: Path, tmp_path: Path) -> None:
    export_labels(ExportOrder(labels=labels, format="crops", output=tmp_path / "out"))
    head, row = (tmp_path / "out" / "labels.csv").read_text().splitlines()
    assert head == "file,label,source,kind,synthetic"
    assert row.endswith(",mask_correct,drawn,crop,no")
    assert (tmp_path / "out" / "images" / row.split(",")[0]).is_file()


def test_classes_are_renamed_ignored_and_dropped(labels: Path, tmp_path: Path) -> None:
    document = json.loads(labels.read_text())
    document["categories"] = [{"id": 3, "name": "with_mask"}, {"id": 4, "name": "statue"}]
    document["annotations"].append({"id": 4, "image_id": 9, "category_id": 3, "bbox": [0, 0, 10, 10]})
    labels.write_text(json.dumps(document))
    first, second = load_coco(take_in(labels, "coco", tmp_path / "back", "with_mask=mask_incorrect", "statue=ignore"))
    assert (first.categories.tolist(), second.categories.tolist()) == ([2], [2])
    assert len(first.ignored) == 2
    dropped = load_coco(take_in(labels, "coco", tmp_path / "less", "with_mask=drop", "statue=face"))
    assert [picture.categories.tolist() for picture in dropped] == [[4], []]


def test_an_unknown_class_is_named_with_its_place_and_the_way_out(labels: Path, tmp_path: Path) -> None:
    document = json.loads(labels.read_text())
    document["categories"][2]["name"] = "with_mask"
    labels.write_text(json.dumps(document))
    with pytest.raises(UnknownClass, match=r"train\.json: annotation 1: unknown class 'with_mask'.*--map"):
        take_in(labels, "coco", tmp_path / "back")
    assert not (tmp_path / "back").exists(), "nothing may be written when something is wrong"


@pytest.fixture
def yolo(tmp_path: Path) -> Path:
    folder = tmp_path / "yolo"
    save_picture(draw_scene(1, width=200, height=100), folder / "images" / "a.png")
    (folder / "labels").mkdir()
    (folder / "labels" / "a.txt").write_text("0 0.5 0.5 0.2 0.4\n")
    (folder / "classes.txt").write_text("no_mask\n")
    return folder


def test_yolo_shares_become_pixels(yolo: Path, tmp_path: Path) -> None:
    (picture,) = load_coco(take_in(yolo, "yolo", tmp_path / "back"))
    assert picture.boxes == pytest.approx(np.asarray([[80, 30, 120, 70]]))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("0 0.5 0.5 0.2", "not a class and four numbers"),
        ("mask 0.5 0.5 0.2 0.4", "not a class and four numbers"),
        ("1 0.5 0.5 0.2 0.4", "class 1 is not among the 1"),
        ("-1 0.5 0.5 0.2 0.4", "class -1 is not among the 1"),
        ("0 0.5 0.5 0 0.4", "is empty"),
        ("0 nan 0.5 0.2 0.4", "is empty"),
        ("0 0.9 0.5 0.5 0.4", "is outside its picture of 200x100"),
        ("0 1.004 0.5 0.0005 0.4", "is outside its picture of 200x100"),
    ],
)
def test_a_wrong_yolo_line_is_told_with_file_and_line(line: str, reason: str, yolo: Path, tmp_path: Path) -> None:
    (yolo / "labels" / "a.txt").write_text(f"0 0.5 0.5 0.2 0.4\n{line}\n")
    with pytest.raises(BrokenAnnotations, match=rf"a\.txt:2: .*{reason}"):
        take_in(yolo, "yolo", tmp_path / "back")


def test_a_box_that_sticks_out_by_rounding_is_cut(yolo: Path, tmp_path: Path) -> None:
    (yolo / "labels" / "a.txt").write_text("0 0.95 0.5 0.11 0.4\n")
    (picture,) = load_coco(take_in(yolo, "yolo", tmp_path / "back"))
    assert picture.boxes == pytest.approx(np.asarray([[179, 30, 200, 70]]))


def test_all_broken_files_are_told_at_once(yolo: Path, tmp_path: Path) -> None:
    for name in "bcdefghi":
        (yolo / "labels" / f"{name}.txt").write_text("")
    with pytest.raises(BrokenAnnotations, match=r"picture b is missing; .*picture f is missing; and 3 more"):
        take_in(yolo, "yolo", tmp_path / "back")


def test_a_picture_that_is_none_is_told(yolo: Path, tmp_path: Path) -> None:
    (yolo / "images" / "a.png").write_bytes(b"no picture")
    with pytest.raises(BrokenAnnotations, match=r"cannot read the picture .*a\.png"):
        take_in(yolo, "yolo", tmp_path / "back")


def test_yolo_without_names_or_labels_says_what_is_missing(yolo: Path, tmp_path: Path) -> None:
    (yolo / "labels" / "a.txt").unlink()
    with pytest.raises(DataMissing, match="no label files"):
        take_in(yolo, "yolo", tmp_path / "back")
    (yolo / "classes.txt").unlink()
    with pytest.raises(DataMissing, match=r"classes\.txt"):
        take_in(yolo, "yolo", tmp_path / "back")


VOC = "<annotation><filename>a.png</filename><object><name>no_mask</name>{}</object></annotation>"
BOX = "<bndbox><xmin>{}</xmin><ymin>10</ymin><xmax>60</xmax><ymax>50</ymax></bndbox>"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<annotation>\n<oops></annotation>", r"a\.xml:2: not XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a/>', "entities"),
        (VOC.format(""), r"a\.xml: object 1 has no bndbox"),
        (VOC.format(BOX.format("x")), r"a\.xml: object 1 has no bndbox"),
        (VOC.format(BOX.format(70)), r"a\.xml: object 1: .* is empty"),
        (VOC.format(BOX.format(-30)), r"a\.xml: object 1: .* is outside"),
        (VOC.format(BOX.format(5)).replace("no_mask", ""), r"a\.xml: object 1 has no name"),
        (VOC.format(BOX.format(5)).replace("a.png", "z.png"), r"a\.xml: the picture z\.png is missing"),
    ],
)
def test_wrong_voc_labels_are_told_with_their_place(content: str, reason: str, tmp_path: Path) -> None:
    save_picture(draw_scene(1), tmp_path / "voc" / "JPEGImages" / "a.png")
    (tmp_path / "voc" / "a.xml").write_text(content)
    with pytest.raises(BrokenAnnotations, match=reason):
        take_in(tmp_path / "voc", "voc", tmp_path / "back")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"bbox": [10, 20, 30]}, "bbox is not four numbers"),
        ({"bbox": None}, "bbox is not four numbers"),
        ({"bbox": [10, 20, 300, 40]}, "outside its picture of 200x100"),
        ({"category_id": 77}, "category 77 is not among"),
        ({"image_id": 77}, "belongs to no picture"),
    ],
)
def test_wrong_coco_rows_are_told_with_their_number(change: dict, reason: str, labels: Path, tmp_path: Path) -> None:
    document = json.loads(labels.read_text())
    document["annotations"][0].update(change)
    labels.write_text(json.dumps(document))
    with pytest.raises(BrokenAnnotations, match=rf"train\.json: annotation 1.*{reason}"):
        take_in(labels, "coco", tmp_path / "back")


def test_a_picture_of_another_size_than_its_label_says_is_told(labels: Path, tmp_path: Path) -> None:
    document = json.loads(labels.read_text())
    document["images"][1]["width"] = 400
    labels.write_text(json.dumps(document))
    with pytest.raises(BrokenAnnotations, match=r"b\.png is 200x100, its label says 400x100"):
        take_in(labels, "coco", tmp_path / "back")


def test_what_is_not_coco_is_told_with_its_line(labels: Path, tmp_path: Path) -> None:
    labels.write_text('{\n"images": [,]}')
    with pytest.raises(BrokenAnnotations, match=r"train\.json:2: not JSON"):
        take_in(labels, "coco", tmp_path / "back")
    labels.write_text('{"images": []}')
    with pytest.raises(BrokenAnnotations, match="is not a COCO label file"):
        take_in(labels, "coco", tmp_path / "back")


def test_two_pictures_of_one_name_keep_apart(labels: Path, tmp_path: Path) -> None:
    folder = tmp_path / "two"
    for part in ("day", "night"):
        save_picture(draw_scene(len(part)), folder / part / "a.png")
        (folder / part / "a.txt").write_text("0 0.5 0.5 0.2 0.4\n")
    (folder / "classes.txt").write_text("no_mask\n")
    first, second = load_coco(take_in(folder, "yolo", tmp_path / "back"))
    assert first.path.read_bytes() != second.path.read_bytes()


@pytest.mark.parametrize("entry", ["mask_correct", "=face", "a=mask", ""])
def test_a_wrong_map_is_refused(entry: str) -> None:
    with pytest.raises(InvalidOption, match="--map"):
        read_class_map([entry])


def test_unknown_formats_and_missing_folders_are_told(labels: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="coco, yolo, voc"):
        take_in(labels.parent, "kitti", tmp_path / "back")
    with pytest.raises(InvalidOption, match="coco, yolo, voc, crops"):
        export_labels(ExportOrder(labels=labels, format="kitti", output=tmp_path / "out"))
    with pytest.raises(DataMissing, match="no folder"):
        take_in(tmp_path / "none", "voc", tmp_path / "back")
    with pytest.raises(DataMissing, match="no label file"):
        export_labels(ExportOrder(labels=tmp_path / "none.json", format="voc", output=tmp_path / "out"))


def test_what_is_read_is_never_overwritten(labels: Path, yolo: Path) -> None:
    for folder, label_format in ((labels, "coco"), (yolo, "yolo")):
        home = folder.parent if folder.is_file() else folder
        with pytest.raises(InvalidOption, match="give another folder"):
            take_in(folder, label_format, home)
    with pytest.raises(InvalidOption, match="give another folder"):
        export_labels(ExportOrder(labels=labels, format="yolo", output=labels.parent))


@pytest.mark.parametrize("label_format", ["yolo", "voc"])
def test_pictures_of_one_stem_keep_their_own_labels(label_format: str, labels: Path, tmp_path: Path) -> None:
    document = json.loads(labels.read_text())
    (labels.parent / "images" / "b.png").rename(labels.parent / "images" / "a.jpg")
    document["images"][1]["file_name"] = "a.jpg"
    labels.write_text(json.dumps(document))
    for _ in range(2):  # the second time they lie there already
        export_labels(ExportOrder(labels=labels, format=label_format, output=tmp_path / "out"))
    back = load_coco(take_in(tmp_path / "out", label_format, tmp_path / "back"))
    assert sorted(len(picture.boxes) for picture in back) == [0, 2]


@pytest.mark.parametrize("keypoints", [[1, 2, 2] * 17, [1, 2], "none", [float("nan")] * 15], ids=str)
def test_keypoints_that_are_not_five_landmarks_are_left_behind(keypoints: object, labels: Path, tmp_path: Path) -> None:
    document = json.loads(labels.read_text())
    document["annotations"][0]["keypoints"] = keypoints
    labels.write_text(json.dumps(document))
    first = load_coco(take_in(labels, "coco", tmp_path / "back"))[0]
    assert np.isnan(first.points[0]).all()
    assert not np.isnan(first.points[1, :4]).any()


@pytest.mark.parametrize("name", ["../secret/c.png", "{absolute}"])
def test_a_label_cannot_fetch_pictures_from_elsewhere(name: str, labels: Path, tmp_path: Path) -> None:
    secret = tmp_path / "ours" / "secret" / "c.png"
    save_picture(draw_scene(3, width=200, height=100), secret)
    document = json.loads(labels.read_text())
    document["images"][0]["file_name"] = name.format(absolute=secret)
    labels.write_text(json.dumps(document))
    with pytest.raises(BrokenAnnotations, match="outside of the labels' folder"):
        take_in(labels, "coco", tmp_path / "back")


def test_a_category_without_a_name_is_one_sentence(labels: Path, tmp_path: Path) -> None:
    document = json.loads(labels.read_text())
    document["categories"] = [{"id": 3}]
    labels.write_text(json.dumps(document))
    with pytest.raises(BrokenAnnotations, match="is not a COCO label file: KeyError 'name'"):
        take_in(labels, "coco", tmp_path / "back")


def test_a_link_to_a_picture_that_is_gone_is_replaced(labels: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "images").mkdir(parents=True)
    (tmp_path / "out" / "images" / "a.png").symlink_to(tmp_path / "gone.png")
    export_labels(ExportOrder(labels=labels, format="coco", output=tmp_path / "out"))
    assert not (tmp_path / "out" / "images" / "a.png").is_symlink()
    assert not (tmp_path / "gone.png").exists(), "the picture was written to where the old link led"
