"""What the challenger said, counted: for Prometheus, and as a summary since it began."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from common import metrics
from model_api.comparison import Comparison

COMPARED, DROPPED, FAILED = "compared", "dropped", "failed"
SHARE_DECIMALS = 4


class ShadowSummary(TypedDict):
    """Champion and challenger on the same live pictures; a face is the same one from an IoU of 0.5 on."""

    since: str  # RFC 3339
    challenger: list[str]  # what differs from what answers: name@version
    share: float  # of live pictures that are taken, 0..1
    pictures: dict[str, int]  # compared; dropped: there was no quiet time; failed
    faces: dict[str, int]  # both, champion, challenger: who found them
    labels: dict[str, dict[str, int]]  # of faces that both found: champion's label -> challenger's -> faces
    label_agreement: float | None  # share of the faces that both found; None before the first
    score_difference: float | None  # mean of challenger's less champion's on those faces


class ShadowTally:
    """Counts for one pair of champion and challenger; thread-safe."""

    def __init__(self, *, since: datetime, challenger: list[str], share: float) -> None:
        self._since = since
        self._challenger = challenger
        self._share = share
        self._lock = threading.Lock()
        self._pictures = Counter({COMPARED: 0, DROPPED: 0, FAILED: 0})
        self._faces = Counter({"both": 0, "champion": 0, "challenger": 0})
        self._labels: Counter[tuple[str, str]] = Counter()
        self._score_sum = 0.0

    def add(self, comparison: Comparison) -> None:
        """One picture that both have answered."""
        found = {
            "both": len(comparison.both),
            "champion": len(comparison.champion_only),
            "challenger": len(comparison.challenger_only),
        }
        pairs = [(mine.label.value, theirs.label.value) for mine, theirs in comparison.both]
        differences = [theirs.score - mine.score for mine, theirs in comparison.both]
        self.count(COMPARED)
        for who, faces in found.items():
            metrics.SHADOW_FACES.labels(who).inc(faces)
        for pair in pairs:
            metrics.SHADOW_LABELS.labels(*pair).inc()
        for difference in differences:
            metrics.SHADOW_SCORE.observe(difference)
        with self._lock:
            self._faces.update(found)
            self._labels.update(pairs)
            self._score_sum += sum(differences)

    def count(self, result: str, pictures: int = 1) -> None:
        """COMPARED, DROPPED or FAILED."""
        metrics.SHADOW_PICTURES.labels(result).inc(pictures)
        with self._lock:
            self._pictures[result] += pictures

    def summary(self) -> ShadowSummary:
        """The counts so far."""
        with self._lock:
            labels: dict[str, dict[str, int]] = {}
            for (mine, theirs), faces in sorted(self._labels.items()):
                labels.setdefault(mine, {})[theirs] = faces
            both = self._faces["both"]
            same = sum(faces for (mine, theirs), faces in self._labels.items() if mine == theirs)
            return {
                "since": self._since.isoformat(),
                "challenger": self._challenger,
                "share": self._share,
                "pictures": dict(self._pictures),
                "faces": dict(self._faces),
                "labels": labels,
                "label_agreement": round(same / both, SHARE_DECIMALS) if both else None,
                "score_difference": round(self._score_sum / both, SHARE_DECIMALS) if both else None,
            }
