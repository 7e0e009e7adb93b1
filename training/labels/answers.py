"""What one finder says of many pictures, kept on disk: asked once, resumed after an interruption, never twice."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from training.dataset.building import alone
from training.dataset.pixel_cache import read_rgb
from training.errors import BrokenAnswers, DataMissing
from training.finders.found import FaceFinder, FoundFaces
from training.geometry import Floats

KEPT_SCORE = 0.25  # a finder's answers under this score are noise to all of its teaching
SAVE_EVERY = 200  # pictures: less than a minute of work is lost to an interruption


def ask(open_finder: Callable[[], FaceFinder], paths: Sequence[Path], store: Path) -> list[FoundFaces]:
    """A finder's answers for these pictures, in their order; it is opened for pictures that `store` does not know.

    A picture is known by its name and its size in bytes. Raises BrokenAnswers when `store` holds something else.
    """
    with alone(store):
        return _ask(open_finder, paths, store)


def _ask(open_finder: Callable[[], FaceFinder], paths: Sequence[Path], store: Path) -> list[FoundFaces]:
    known = load_answers(store) if store.is_file() else {}
    keys = [_key(path) for path in paths]
    unknown = [(key, path) for key, path in zip(keys, paths, strict=True) if key not in known]
    if unknown:
        finder = open_finder()
        for position, (key, path) in enumerate(tqdm(unknown, store.stem, disable=None), start=1):
            known[key] = _likely(finder.find(read_rgb(path)))
            if position % SAVE_EVERY == 0:
                save_answers(known, store)
        save_answers(known, store)
    return [known[key] for key in keys]


def _key(path: Path) -> str:
    if not path.is_file():
        raise DataMissing(f"cannot read the picture {path}")
    return f"{path.name}:{path.stat().st_size}"


def _likely(found: FoundFaces) -> FoundFaces:
    kept = found.scores >= KEPT_SCORE
    return FoundFaces(boxes=found.boxes[kept], scores=found.scores[kept], landmarks=found.landmarks[kept])


def load_answers(store: Path) -> dict[str, FoundFaces]:
    """Answers by picture. Raises BrokenAnswers when the file is none of `save_answers`."""
    try:
        with store.open("rb") as file, np.load(file) as table:
            ends = np.cumsum(table["counts"])[:-1]
            columns = [np.split(table[name], ends) for name in ("boxes", "scores", "landmarks")]
            keys = table["keys"].tolist()
        return {
            key: FoundFaces(boxes=boxes, scores=scores, landmarks=landmarks)
            for key, boxes, scores, landmarks in zip(keys, *columns, strict=True)
        }
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise BrokenAnswers(f"{store} holds no finder's answers; delete it to ask again") from error


def save_answers(answers: Mapping[str, FoundFaces], store: Path) -> None:
    """Write all answers; an interruption leaves the old file or the new one, never half of one."""
    store.parent.mkdir(parents=True, exist_ok=True)
    found = list(answers.values())
    part = store.with_suffix(".part.npz")
    np.savez(
        part,
        keys=np.asarray(list(answers), np.str_),
        counts=np.asarray([len(faces.scores) for faces in found], np.int64),
        boxes=_joined([faces.boxes for faces in found], (0, 4)),
        scores=_joined([faces.scores for faces in found], (0,)),
        landmarks=_joined([faces.landmarks for faces in found], (0, 5, 2)),
    )
    os.replace(part, store)


def _joined(parts: list[Floats], empty: tuple[int, ...]) -> Floats:
    return np.concatenate([np.zeros(empty, np.float32), *parts]).astype(np.float32)
