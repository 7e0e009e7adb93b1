"""Which faces of a detector's pictures are covered, and what stays as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from tests.unit.training.drawn_masks import FIVE, draw_templates, drawn_face
from training.augment.cover import MIN_FACE_PX, MOST_FACES, cover_stage, mask_some
from training.augment.drape import drape
from training.augment.stages import in_turn
from training.augment.templates import Template, load_templates
from training.augment.windows import Sample

SEEDS = range(12)


@pytest.fixture
def templates(tmp_path: Path) -> tuple[Template, ...]:
    return load_templates(draw_templates(tmp_path))


def crowd(*bare: bool) -> Sample:
    """Drawn faces side by side, 200 px each."""
    shifts = np.asarray([[200 * number, 0] for number in range(len(bare))], np.float32)
    image = np.concatenate([drawn_face() for _ in bare], axis=1)
    image.flags.writeable = False  # as a view of the cache
    return Sample(
        image=image,
        boxes=np.asarray([[58, 42, 142, 158]], np.float32) + np.tile(shifts, 2),
        points=FIVE + shifts[:, None],
        ignored=np.zeros((0, 4), np.float32),
        bare=np.asarray(bare),
    )


def changed(before: Sample, after: Sample) -> list[bool]:
    """Which faces look otherwise than before."""
    differs = (before.image != after.image).any(axis=2)
    return [bool(differs[:, start : start + 200].any()) for start in range(0, differs.shape[1], 200)]


def test_only_bare_faces_are_covered_and_sooner_or_later_each_of_them(templates: tuple[Template, ...]) -> None:
    before = crowd(True, False, True)
    seen = [changed(before, mask_some(before, np.random.default_rng(seed), templates=templates)) for seed in SEEDS]
    assert np.asarray(seen).any(axis=0).tolist() == [True, False, True]


def test_labels_stay_as_they_were(templates: tuple[Template, ...]) -> None:
    before = crowd(True, True)
    after = mask_some(before, np.random.default_rng(1), templates=templates)
    assert after is not before
    for name in ("boxes", "points", "ignored", "bare"):
        assert getattr(after, name) is getattr(before, name)


def small(sample: Sample) -> Sample:
    share = (MIN_FACE_PX - 1) / 100
    return replace(sample, boxes=sample.boxes * np.float32(share))


@pytest.mark.parametrize(
    "change",
    [
        lambda sample: replace(sample, bare=None),
        lambda sample: replace(sample, bare=np.zeros(2, bool)),
        lambda sample: replace(sample, points=sample.points * np.nan),
        lambda sample: replace(sample, points=sample.points * 0 + 50),
        lambda sample: replace(sample, points=sample.points - 300),
        small,
        lambda sample: replace(sample, boxes=sample.boxes[:0], points=sample.points[:0], bare=np.zeros(0, bool)),
    ],
    ids=["unknown", "masked", "no landmarks", "one point", "outside", "small", "nobody"],
)
def test_where_no_face_can_be_covered_the_sample_comes_back(templates: tuple[Template, ...], change: object) -> None:
    before = change(crowd(True, True))  # type: ignore[operator]
    for seed in SEEDS:
        assert mask_some(before, np.random.default_rng(seed), templates=templates) is before


def test_a_crowd_costs_no_more_than_a_few_faces(templates: tuple[Template, ...]) -> None:
    before = crowd(*[True] * (MOST_FACES + 6))
    after = mask_some(before, np.random.default_rng(0), templates=templates)
    assert 1 <= sum(changed(before, after)) <= MOST_FACES


def test_the_stage_happens_to_its_share_of_the_pictures_and_by_seed(templates: tuple[Template, ...]) -> None:
    before = crowd(True)

    def hits(share: float, seed: int) -> list[bool]:
        random = np.random.default_rng(seed)
        return [in_turn([cover_stage(templates, share)], before, random) is not before for _ in range(40)]

    assert not any(hits(0.0, 1))
    assert hits(0.5, 1) == hits(0.5, 1) != hits(0.5, 2)
    assert 2 <= sum(hits(0.5, 1)) <= 30


def test_a_cloth_covers_the_mouth_and_leaves_the_eyes() -> None:
    for seed in SEEDS:
        image = drawn_face()
        drape(image, FIVE, np.random.default_rng(seed))
        differs = np.abs(image.astype(int) - drawn_face()).max(axis=2) > 8
        assert differs[126, 100]
        assert not differs[76:82, 76:84].any()
        assert not differs[:60].any()
        assert 0.03 < differs.mean() < 0.5
