"""Settings -> what was trained and on what, as the console lists it: the same as `maskwatch runs` and `data check`."""

from __future__ import annotations

import csv
import json
import math
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from common.errors import MaskwatchError, NotFound
from common.settings import Settings
from console.modelling import Records

POINTS = 200  # of a run's curves: more than a screen has pixels for is not sent
LABEL_FILES = ("*.json", "*/*.json", "crops/*.csv")  # within the folder of the data
CLASSES = {1: "no_mask", 2: "mask_incorrect", 3: "mask_correct", 4: "face"}  # of COCO files, as training writes them


class TrainingFolder:
    """Implements console.modelling.TrainingRecords on the folders that the settings name."""

    def __init__(self, settings: Settings) -> None:
        self._runs = settings.runs
        self._datasets = settings.datasets
        self._lock = threading.Lock()
        self._counted: dict[tuple[Path, int, int], dict[str, Any]] = {}  # label files are large: once until they change

    def runs(self) -> Records:
        """See console/modelling.py."""
        try:
            from training.runs.comparison import summarise_folder
            from training.runs.record import run_folders

            folders = run_folders(self._runs)
        except ModuleNotFoundError as exc:
            return Records(reason=f"training is not installed here: {exc.name} is missing")
        except MaskwatchError:
            return Records(reason=f"there is no folder {self._runs}: MASKWATCH_RUNS says where the runs are")
        return Records(items=[_finite(summarise_folder(folder)) for folder in folders])

    def run(self, name: str) -> dict[str, Any]:
        """See console/modelling.py."""
        from training.runs.comparison import describe
        from training.runs.record import read_run, run_folders, smoothed

        known = {folder.name: folder for folder in run_folders(self._runs)} if self._runs.is_dir() else {}
        if name not in known:  # a name is looked up, never made a path
            raise NotFound(f"there is no run {name!r}")
        run = read_run(known[name])
        means = [{**row, **mean} for row, mean in zip(run.curves, smoothed(run.curves), strict=True)]
        told: dict[str, Any] = _finite({**describe(run), "curves": _thinned(means)})
        return told

    def datasets(self) -> Records:
        """See console/modelling.py."""
        folder = self._datasets
        if folder is None or not folder.is_dir():
            where = f"there is no folder {folder}" if folder else "nobody said where training data lies"
            return Records(reason=f"{where}: MASKWATCH_DATASETS names its folder")
        found = sorted({path for pattern in LABEL_FILES for path in folder.glob(pattern)})
        told = [self._count(path, str(path.relative_to(folder))) for path in found]
        return Records(items=[one for one in told if one["pictures"] or one["error"]])

    def _count(self, path: Path, name: str) -> dict[str, Any]:
        state = path.stat()
        key = (path, state.st_size, state.st_mtime_ns)
        with self._lock:  # one reads, the others wait for what it found
            if key not in self._counted:
                changed_at = datetime.fromtimestamp(state.st_mtime, UTC)
                self._counted[key] = {"name": name, "changed_at": changed_at, "bytes": state.st_size, **_counts(path)}
            return self._counted[key]


def _counts(path: Path) -> dict[str, Any]:
    """Pictures by source and faces by label; empty for a file of another kind, `error` for a broken one."""
    read: Callable[[Path], dict[str, Any]] = _of_crops if path.suffix == ".csv" else _of_coco
    try:
        return {"error": None, **read(path)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        return {"error": f"{type(exc).__name__}: {exc}", "pictures": {}, "faces": {}}


def _of_coco(path: Path) -> dict[str, Any]:
    document = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(document, dict) or not {"images", "annotations"} <= set(document):
        return {"pictures": {}, "faces": {}}
    faces = Counter(
        CLASSES.get(row["category_id"], "other") for row in document["annotations"] if not row.get("iscrowd")
    )
    return {"pictures": Counter(str(row.get("source", "unknown")) for row in document["images"]), "faces": faces}


def _of_crops(path: Path) -> dict[str, Any]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if "file" in row and "label" in row]
    return {
        "pictures": Counter(row.get("source") or "unknown" for row in rows),
        "faces": Counter(row["label"] for row in rows),
    }


def _thinned(rows: Sequence[Mapping[str, float]]) -> list[Mapping[str, float]]:
    """Evenly apart, the first and the last among them."""
    places = {round(place * (len(rows) - 1) / (POINTS - 1)) for place in range(POINTS)} if rows else set()
    return [rows[place] for place in sorted(places)]


def _finite(value: Any) -> Any:
    """JSON knows no NaN: a loss that ran away is none."""
    if isinstance(value, Mapping):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
