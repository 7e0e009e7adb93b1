"""All training faces, cut out once with room around them, as one memory-mapped array.

From `masks/train.json` come the labelled boxes; from `crops/` the surest face the teacher finds in each picture; from
`fit/faces68` bare faces. A part of the bare faces stands there twice: as they are, and with a mask pasted on.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, cycle
from pathlib import Path
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from training.augment.hang import Style
from training.augment.templates import Template, load_templates
from training.dataset.building import alone, content_key
from training.dataset.coco import FACE, Picture, load_coco
from training.dataset.crops import cut_square
from training.dataset.excluded import excluded_files
from training.dataset.faces68 import load_faces68
from training.dataset.pasted import cut_face, find_points, is_seen, put_on
from training.dataset.pixel_cache import Pixels, read_rgb
from training.errors import BrokenAnnotations, DataMissing
from training.finders.found import FaceFinder
from training.finders.yunet import YuNet
from training.geometry import Floats, face_sizes

CLASSES = ("no_mask", "mask_incorrect", "mask_correct")
SIDE = 176  # pixels of a stored square
ROOM = 1.9  # a stored square's side against the face box's longer side: space for jitter and rotation
MIN_FACE_PX = 14.0
TWIN_CORRELATION = 0.92  # of two grey thumbnails; looked at on this data: above it half are one photo, below it none
THUMBNAIL_PX = 12
LABEL_FILES = (
    "masks/train.json",
    "masks/val.json",
    "crops/labels.csv",
    "fit/faces68/points.csv",
    "fit/templates/masks.cfg",
)  # what the bank is built from; another content is another bank
CONTENT = 3  # counted up when other faces come into the bank, so that an older one is built anew
# How many of a source's bare faces get a mask, too; all, where nothing is said. Some publishers know two classes and
# file masks under the nose or chin as no_mask: nobody there gets a second one.
PASTED_SHARES = {"technion24k": 0.0, "macwin498": 0.0, "wangzt": 0.7, "shiraz": 0.7, "kary_real": 0.7}
PASTED = "pasted"  # the source of every face with a pasted mask, wherever the face is from
FINDER_SIDE = 256  # pixels at which landmarks are looked for in a stored square
PASTED_SEED = 68
CHUNK = 256  # held-out thumbnails compared at a time: 50 MB


@dataclass(frozen=True, kw_only=True)
class CropBank:
    """The stored squares and what is known of each."""

    images: NDArray[np.uint8]  # [N, SIDE, SIDE, 3] RGB
    labels: NDArray[np.int64]  # [N], a position in CLASSES
    sources: NDArray[np.str_]  # [N]
    synthetic: NDArray[np.bool_]  # [N]


@dataclass(frozen=True, kw_only=True)
class Crop:
    """One face on its way into the bank."""

    image: Pixels
    label: int
    source: str
    synthetic: bool
    file: str  # the picture's name; of a pasted mask the bare picture's
    thumbnail: Floats  # of a pasted mask the bare face's: twins are looked for among people


def open_bank(
    data: Path,
    cache: Path,
    *,
    held_out: frozenset[str] = frozenset(),
    relabelled: Mapping[str, str] = MappingProxyType({}),
) -> CropBank:
    """Open the bank of this data folder; build it when it is not there yet, or labels changed (minutes).

    Marked as not to be drawn are twins of validation faces, pictures that are known to leak (`dataset.excluded`), and
    the `held_out` files of `crops/` with their twins.
    Files that are `relabelled` have that label (one of CLASSES) instead of their own.
    """
    settings = (data.resolve(), SIDE, ROOM, MIN_FACE_PX, CONTENT)
    key = content_key(settings, [data / name for name in LABEL_FILES])
    pixels, table = cache / f"crops-{key}.u8", cache / f"crops-{key}.npz"
    with alone(table):
        if not table.is_file():
            _build(data, pixels, table)
    columns = np.load(table)
    shape = (len(columns["labels"]), SIDE, SIDE, 3)
    bank = CropBank(
        images=np.memmap(pixels, np.uint8, "r", shape=shape),
        labels=put_right(columns["labels"], columns["files"], columns["synthetic"], relabelled),
        sources=columns["sources"],
        synthetic=columns["synthetic"],
    )
    leaks = np.isin(columns["files"], sorted(frozenset().union(*excluded_files(data).values())))
    twins = columns["likeness"] >= TWIN_CORRELATION
    return without(bank, leaks | twins | shows_held_out(columns["files"], columns["thumbnails"], held_out))


def put_right(
    labels: NDArray[np.int64], files: NDArray[np.str_], synthetic: NDArray[np.bool_], relabelled: Mapping[str, str]
) -> NDArray[np.int64]:
    """The labels [N] with those of `relabelled` files put right; -1 for masks pasted over them: they were not bare."""
    right = labels.copy()
    for row in np.flatnonzero(np.isin(files, list(relabelled))):
        right[row] = -1 if synthetic[row] else CLASSES.index(relabelled[str(files[row])])
    return right


def shows_held_out(files: NDArray[np.str_], thumbnails: Floats, held_out: frozenset[str]) -> NDArray[np.bool_]:
    """Which rows [N] are held out by their file's name, or are twins of such a row."""
    named = np.isin(files, sorted(held_out))
    kept_apart = thumbnails[named]
    for start in range(0, len(kept_apart), CHUNK):
        named = named | (likenesses(thumbnails, kept_apart[start : start + CHUNK]) >= TWIN_CORRELATION)
    return np.asarray(named, np.bool_)


def _build(data: Path, pixels: Path, table: Path) -> None:
    known: list[tuple[int, str, bool, str]] = []
    thumbnails = []
    with pixels.open("wb") as file:
        for crop in _all_crops(data):
            file.write(crop.image.tobytes())
            known.append((crop.label, crop.source, crop.synthetic, crop.file))
            thumbnails.append(crop.thumbnail)
    held_out = [crop.thumbnail for crop in label_crops(load_coco(data / "masks" / "val.json"))]
    labels, sources, synthetic, files = zip(*known, strict=True)
    partial = table.with_suffix(".partial.npz")
    np.savez(
        partial,
        labels=np.asarray(labels),
        sources=sources,
        synthetic=synthetic,
        files=files,
        thumbnails=np.stack(thumbnails),
        likeness=likenesses(np.stack(thumbnails), np.stack(held_out)),
    )
    partial.replace(table)


def _all_crops(data: Path) -> Iterator[Crop]:
    random = np.random.default_rng(PASTED_SEED)
    templates = load_templates(data / "fit" / "templates")
    finder = YuNet(data / "weights" / "yunet_n_dynamic.onnx", longer_side=FINDER_SIDE)
    labelled = label_crops(load_coco(data / "masks" / "train.json"))
    yield from with_masks(chain(labelled, photo_crops(data)), finder, templates, random)
    yield from face_crops(data, templates, random)


def with_masks(
    crops: Iterable[Crop], finder: FaceFinder, templates: Sequence[Template], random: np.random.Generator
) -> Iterator[Crop]:
    """The crops, and after a bare one, as often as PASTED_SHARES says, the same face with a mask.

    Only a real face with the label no_mask, and with landmarks that the finder is sure of, ever gets one.
    """
    styles = cycle(Style)
    for crop in crops:
        yield crop
        is_bare = crop.label == CLASSES.index("no_mask") and not crop.synthetic
        if is_bare and random.random() < PASTED_SHARES.get(crop.source, 1.0):
            points = find_points(crop.image, finder, room=ROOM)
            if points is not None:
                yield from masked(crop, points, templates, next(styles), random)


def face_crops(data: Path, templates: Sequence[Template], random: np.random.Generator) -> Iterator[Crop]:
    """The faces of `fit/faces68`, each bare and with a mask."""
    faces = load_faces68(data / "fit" / "faces68")
    for face, style in zip(tqdm(faces, "faces68", disable=None), cycle(Style), strict=False):
        square, points = cut_face(face, size=SIDE, scale=ROOM)
        crop = _crop(square, CLASSES.index("no_mask"), "faces68", face.path.name)
        yield crop
        yield from masked(crop, points, templates, style, random)


def masked(
    crop: Crop, points: Floats, templates: Sequence[Template], style: Style, random: np.random.Generator
) -> Iterator[Crop]:
    """A bare crop with a mask on; nothing where one could not see it. Points are 68 or five in the crop."""
    worn = put_on(crop.image, points, templates, style, random)
    if is_seen(worn, crop.image):
        yield replace(crop, image=worn.image, label=CLASSES.index(style.label), source=PASTED, synthetic=True)


def _crop(image: Pixels, label: int, source: str, file: str, *, synthetic: bool = False) -> Crop:
    return Crop(image=image, label=label, source=source, synthetic=synthetic, file=file, thumbnail=thumbnail(image))


def label_crops(pictures: list[Picture]) -> Iterator[Crop]:
    """The labelled faces of these pictures that are large enough and have a mask label."""
    for picture in tqdm(pictures, "faces", disable=None):
        wanted = (face_sizes(picture.boxes) >= MIN_FACE_PX) & (picture.categories != FACE)
        if not wanted.any():
            continue
        image = read_rgb(picture.path)
        for box, category in zip(picture.boxes[wanted], picture.categories[wanted], strict=True):
            square = cut_square(image, box, scale=ROOM, size=SIDE)
            yield _crop(square, int(category) - 1, picture.source, picture.path.name)


def photo_crops(data: Path) -> Iterator[Crop]:
    """The faces of `crops/labels.csv`, framed like a detector's; photos without a face for the teacher are left out."""
    path = data / "crops" / "labels.csv"
    if not path.is_file():
        raise DataMissing(f"no label file at {path}; give the folder of the data with --data")
    teacher = YuNet(data / "weights" / "yunet_n_dynamic.onnx")
    with path.open(newline="") as file:
        for row in tqdm(list(csv.DictReader(file)), "crops", disable=None):
            crop = _photo_crop(data / "crops" / "images", row, teacher)
            if crop is not None:
                yield crop


def _photo_crop(folder: Path, row: dict[str, Any], teacher: YuNet) -> Crop | None:
    if row["label"] not in CLASSES:
        raise BrokenAnnotations(f"labels.csv knows no label {row['label']!r}; the labels are {', '.join(CLASSES)}")
    image = read_rgb(folder / row["file"])
    box = surest_box(image, teacher, is_crop=row["kind"] == "crop")
    if box is None:
        return None
    square = cut_square(image, box, scale=ROOM, size=SIDE)
    label, is_synthetic = CLASSES.index(row["label"]), row["synthetic"] == "yes"
    return _crop(square, label, row["source"], row["file"], synthetic=is_synthetic)


def surest_box(image: Pixels, teacher: YuNet, *, is_crop: bool) -> Floats | None:
    """The box [4] of the surest face; without one, most of the picture when it `is_crop`, else None."""
    height, width = image.shape[:2]
    margin = max(height, width) // 4  # a face that fills the picture is found only with room around it
    framed = cv2.copyMakeBorder(image, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=(114, 114, 114))
    faces = teacher.find(np.asarray(framed, np.uint8), 256)
    if len(faces.scores) and faces.scores.max() >= 0.5:
        return np.asarray(faces.boxes[faces.scores.argmax()] - margin, np.float32)
    if not is_crop:
        return None
    return np.asarray([0.1 * width, 0.1 * height, 0.9 * width, 0.9 * height], np.float32)


def thumbnail(image: Pixels) -> Floats:
    """A grey thumbnail of the middle, as a vector of zero mean and unit length."""
    edge = round(SIDE * 0.2)
    grey = cv2.cvtColor(image[edge:-edge, edge:-edge], cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (THUMBNAIL_PX, THUMBNAIL_PX), interpolation=cv2.INTER_AREA).astype(np.float32).reshape(-1)
    small -= small.mean()
    return np.asarray(small / max(float(np.linalg.norm(small)), 1e-6), np.float32)


def likenesses(thumbnails: Floats, held_out: Floats) -> Floats:
    """The correlation [N] of each thumbnail [N, K] with the likest held-out one [M, K], mirrored or not."""
    square = held_out.reshape(-1, THUMBNAIL_PX, THUMBNAIL_PX)
    both = np.concatenate([held_out, square[:, :, ::-1].reshape(len(held_out), -1)])
    return np.asarray((thumbnails @ both.T).max(axis=1), np.float32)


def without(bank: CropBank, dropped: NDArray[np.bool_]) -> CropBank:
    """Mark the dropped rows so that nothing draws them: their label becomes -1. The pixels stay where they are."""
    labels = np.where(dropped, -1, bank.labels)
    return CropBank(images=bank.images, labels=labels, sources=bank.sources, synthetic=bank.synthetic)
