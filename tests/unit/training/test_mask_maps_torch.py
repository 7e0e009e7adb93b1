"""What the U-Net learns from: squares, their jitter, the stream, the loss."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from tests.unit.training.drawn_masks import draw_faces68, draw_templates
from training.augment.templates import load_templates
from training.dataset.crop_bank import ROOM, SIDE, CropBank
from training.dataset.faces68 import load_faces68
from training.fit import sources
from training.fit.loss import map_losses
from training.fit.sample import CROP_SIZE, MAP_SIZE, Square, bare, exact, jitter, worn_well
from training.fit.sources import Paster, real_sources
from training.fit.stream import MapStream


def shield() -> Square:
    """A white shield on grey, below the middle; its outline is the map."""
    image = np.full((SIDE, SIDE, 3), 60, np.uint8)
    cover = np.zeros((SIDE, SIDE), np.float32)
    cv2.ellipse(image, (SIDE // 2, 110), (34, 24), 0, 0, 360, (250, 250, 250), -1)
    cv2.ellipse(cover, (SIDE // 2, 110), (34, 24), 0, 0, 360, (1.0,), -1)
    return exact(image, cover)


@pytest.mark.parametrize("seed", range(6))
def test_picture_and_map_are_jittered_alike(seed: int) -> None:
    shown = jitter(shield(), np.random.default_rng(seed))
    assert shown.image.shape == (CROP_SIZE, CROP_SIZE, 3)
    assert shown.image.dtype == np.uint8
    assert shown.cover.shape == shown.known.shape == (MAP_SIZE, MAP_SIZE)
    grey = cv2.resize(shown.image.mean(axis=2).astype(np.float32), (MAP_SIZE, MAP_SIZE), interpolation=cv2.INTER_AREA)
    assert np.corrcoef(grey.reshape(-1), shown.cover.reshape(-1))[0, 1] > 0.9


def test_jitter_depends_on_nothing_but_its_seed() -> None:
    first, second, other = (jitter(shield(), np.random.default_rng(seed)) for seed in (4, 4, 5))
    np.testing.assert_array_equal(first.image, second.image)
    np.testing.assert_array_equal(first.cover, second.cover)
    assert not np.array_equal(first.cover, other.cover)


def test_a_bare_face_is_known_to_be_bare() -> None:
    square = bare(np.zeros((SIDE, SIDE, 3), np.uint8))
    assert not square.cover.any()
    assert square.known.all()


def test_of_a_real_mask_the_mouth_and_the_forehead_are_known() -> None:
    square = worn_well(np.zeros((SIDE, SIDE, 3), np.uint8))
    face, top = SIDE / ROOM, (SIDE - SIDE / ROOM) / 2
    mouth, nose, brow = (round(top + share * face) for share in (0.74, 0.5, 0.1))
    middle = SIDE // 2
    assert (square.cover[mouth, middle], square.known[mouth, middle]) == (1, 1)
    assert square.known[nose, middle] == 0
    assert (square.cover[brow, middle], square.known[brow, middle]) == (0, 1)
    assert not (square.cover * (1 - square.known)).any()  # nothing unknown counts as covered


@pytest.fixture
def paster(tmp_path: Path) -> Paster:
    faces = load_faces68(draw_faces68(tmp_path / "faces68"))
    return Paster(faces=faces, templates=load_templates(draw_templates(tmp_path / "templates")), pool=[])


def test_pasted_faces_come_in_every_style_and_some_again(paster: Paster) -> None:
    random = np.random.default_rng(0)
    drawn = [paster(random) for _ in range(60)]
    assert len({id(square) for square in drawn}) == len(paster.pool) < 45
    assert all(square.known.all() for square in drawn)
    covered = [float(square.cover.mean()) for square in paster.pool]
    assert min(covered) == 0  # a bare one
    assert max(covered) > 0.05


def test_a_full_pool_is_renewed(paster: Paster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "POOL", 10)
    random = np.random.default_rng(0)
    first = [paster(random) for _ in range(40)][:1]
    for _ in range(120):
        paster(random)
    assert len(paster.pool) == 10
    assert all(square is not first[0] for square in paster.pool)


def test_real_faces_are_drawn_by_class_and_never_from_vague_sources() -> None:
    labels = np.asarray([0, 0, 0, 2, 2, 1, -1, 0])
    bank = CropBank(
        images=np.arange(8, dtype=np.uint8)[:, None, None, None] * np.ones((8, SIDE, SIDE, 3), np.uint8),
        labels=labels,
        sources=np.asarray(
            ["ilc2021", "technion24k", "wangzt", "ilc2021", "macwin498", "ilc2021", "ilc2021", "pasted"]
        ),
        synthetic=np.asarray([False] * 7 + [True]),
    )
    faces, masks = real_sources(bank)
    random = np.random.default_rng(0)
    assert {int(faces(random).image[0, 0, 0]) for _ in range(30)} == {0, 2}
    assert {int(masks(random).image[0, 0, 0]) for _ in range(30)} == {3}
    assert not faces(random).cover.any()
    assert masks(random).cover.any()


def test_the_stream_is_seeded_and_keeps_the_shares() -> None:
    def dark(_: np.random.Generator) -> Square:
        return bare(np.zeros((SIDE, SIDE, 3), np.uint8))

    def white(_: np.random.Generator) -> Square:
        return shield()

    stream = MapStream([(0.75, dark), (0.25, white)], batch=32, seed=7)
    batches = list(islice(iter(stream), 4))
    again = list(islice(iter(MapStream([(0.75, dark), (0.25, white)], batch=32, seed=7)), 4))
    images, covered, known = batches[0]
    assert images.shape == (32, CROP_SIZE, CROP_SIZE, 3)
    assert covered.shape == known.shape == (32, MAP_SIZE, MAP_SIZE)
    for one, other in zip(batches, again, strict=True):
        assert all(torch.equal(first, second) for first, second in zip(one, other, strict=True))
    shields = sum(int((batch[1].amax(dim=(1, 2)) > 0.5).sum()) for batch in batches)
    assert 16 < shields < 50  # of 128


def half(side: int = 16) -> torch.Tensor:
    covered = torch.zeros(2, side, side)
    covered[:, side // 2 :] = 1
    return covered


def test_the_right_map_costs_next_to_nothing_and_its_opposite_most() -> None:
    covered, known = half(), torch.ones(2, 16, 16)
    right, wrong = (map_losses(sign * 20 * (covered - 0.5), covered, known) for sign in (1, -1))
    assert float(right["total"]) < 0.01
    assert float(right["iou"]) == 1
    assert float(wrong["total"]) > 5
    assert float(wrong["iou"]) == 0


def test_what_nobody_knows_costs_nothing() -> None:
    covered, known = half(), torch.ones(2, 16, 16)
    known[:, :4] = 0
    logits = (20 * (covered - 0.5)).clone()
    logits[:, :4] = 20  # wrong, if anybody knew
    logits.requires_grad_()
    losses = map_losses(logits, covered, known)
    losses["total"].backward()
    assert float(losses["total"].detach()) < 0.01
    assert logits.grad is not None
    assert not logits.grad[:, :4].any()


def test_a_bare_face_answered_as_bare_costs_nothing() -> None:
    losses = map_losses(torch.full((1, 16, 16), -20.0), torch.zeros(1, 16, 16), torch.ones(1, 16, 16))
    assert float(losses["total"]) < 0.01
