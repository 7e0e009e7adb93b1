"""The pipeline as it runs on a GPU, on the CPU: JPEGs in, the same faces out as from the host's own path."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch", reason="needs torch (pip install 'maskwatch[gpu]')")

from decoding_device import Decoder, imaging
from tiny_models import BLUE, GREEN, RED, picture, write_fit, write_repository

from common.domain.prediction import PictureResult
from common.ports.detector import DetectOptions
from common.settings import Settings
from model_api import load
from model_api.draw import to_jpeg
from model_api.load import load_models
from model_api.pipeline import Pipeline, Request


@contextmanager
def piped(models: Path | None, *, decoder: Decoder | None = None, is_device: bool = True) -> Iterator[Pipeline]:
    """The models in torch, with a device's imaging or the host's."""
    settings = Settings(models=models, engine="torch", device="cpu", threads=1)
    with pytest.MonkeyPatch.context() as patched:
        if is_device:
            patched.setattr(load, "open_imaging", lambda choice: imaging(decoder))
        pipeline = load_models(settings).pipeline
    yield pipeline
    pipeline.close()


def run(pipeline: Pipeline, *pictures: bytes, **options: Any) -> list[PictureResult]:
    return pipeline.run([Request(data=data, options=DetectOptions(**options)) for data in pictures])


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_fit(write_repository(tmp_path_factory.mktemp("models")))


def labels(result: PictureResult) -> list[str]:
    assert result.error is None
    return sorted(face.label for face in result.faces)


def assert_same(ours: PictureResult, theirs: PictureResult, *, pixels: float, share: float) -> None:
    assert (ours.width, ours.height, ours.error, ours.model) == (
        theirs.width,
        theirs.height,
        theirs.error,
        theirs.model,
    )
    assert len(ours.faces) == len(theirs.faces)
    for mine, other in zip(_sorted(ours), _sorted(theirs), strict=True):
        np.testing.assert_allclose(mine.box, other.box, atol=pixels)
        np.testing.assert_allclose(mine.landmarks, other.landmarks, atol=pixels)
        assert mine.score == pytest.approx(other.score, abs=share)
        assert (mine.label, mine.uncovered) == (other.label, other.uncovered)
        for name, value in other.probabilities.items():
            assert mine.probabilities[name] == pytest.approx(value, abs=share)


def _sorted(result: PictureResult) -> list[Any]:
    return sorted(result.faces, key=lambda face: face.box)


def enlarged(times: int, **size: int) -> bytes:
    """A red face and a blue one, in a picture so many times as large as the detector's input."""
    small = picture({(2, 3): RED, (5, 1): BLUE}, **size)
    return to_jpeg(small.repeat(times, axis=0).repeat(times, axis=1))


FACES = to_jpeg(picture({(2, 3): RED, (5, 1): BLUE, (0, 0): GREEN}))
WIDE = enlarged(2, height=128)
LARGE = enlarged(5)  # decoded at a quarter on the host, and again for faces


def test_pictures_of_all_kinds_are_answered_as_by_the_host(models: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6  # Exif 2.3: lies on its side
    turned, png = io.BytesIO(), io.BytesIO()
    Image.open(io.BytesIO(FACES)).save(turned, "JPEG", exif=exif.tobytes(), quality=95)
    Image.open(io.BytesIO(FACES)).save(png, "PNG")
    pictures = (FACES, WIDE, turned.getvalue(), png.getvalue(), b"no picture", LARGE)
    decoder = Decoder()
    with piped(models, decoder=decoder) as device, piped(models, is_device=False) as host:
        for options in ({}, {"variant": "lite"}, {"tiles": "auto"}, {"fit": False}, {"min_score": 0.2}):
            ours, theirs = run(device, *pictures, **options), run(host, *pictures, **options)
            for mine, other in zip(ours, theirs, strict=True):
                assert_same(mine, other, pixels=1.0, share=0.02)
            assert set(labels(theirs[0])) >= {"mask_correct", "no_mask"} or options == {"variant": "lite"}
    assert [FACES, WIDE, turned.getvalue(), LARGE] in decoder.batches


def test_without_nvjpeg_the_host_decodes_and_large_pictures_are_decoded_again(models: Path) -> None:
    with piped(models) as device, piped(models, is_device=False) as host:
        ours, theirs = run(device, FACES, LARGE), run(host, FACES, LARGE)
    for mine, other in zip(ours, theirs, strict=True):
        assert_same(mine, other, pixels=1.0, share=0.02)
    assert labels(ours[1]) == ["mask_correct", "no_mask"]


def test_a_picture_that_nvjpeg_refuses_is_decoded_by_the_host_beside_the_others(models: Path) -> None:
    with piped(models, decoder=Decoder(refuses=WIDE)) as device:
        first, refused, last = run(device, FACES, WIDE, FACES)
    assert labels(first) == labels(last) == ["mask_correct", "mask_incorrect", "no_mask"]
    assert labels(refused) == ["mask_correct", "no_mask"]
    assert refused.timings_ms["decode"] > 0


def test_a_damaged_picture_is_its_own_error(models: Path) -> None:
    damaged = FACES[:300] + bytes(200) + FACES[-2:]
    with piped(models, decoder=Decoder(refuses=damaged)) as device:
        good, bad = run(device, FACES, damaged)
    assert bad.error is not None
    assert "damaged" in bad.error
    assert len(labels(good)) == 3


def test_nothing_but_damaged_pictures_is_answered_too(models: Path) -> None:
    with piped(models, decoder=Decoder()) as device:
        assert [result.error for result in run(device, b"", b"nothing")] == [
            "the picture is empty",
            "this is no JPEG, PNG or WebP picture",
        ]


def test_the_shipped_networks_find_and_judge_the_same_faces() -> None:
    pytest.importorskip("skimage", reason="needs the portrait of scikit-image (pip install 'maskwatch[demo]')")
    from bench.pictures import crowd, turnstile

    pictures = (crowd().pictures[0], turnstile().pictures[0])
    with piped(None, decoder=Decoder()) as device, piped(None, is_device=False) as host:
        ours, theirs = run(device, *pictures), run(host, *pictures)
    assert all(result.faces for result in theirs)
    for mine, other in zip(ours, theirs, strict=True):
        assert_same(mine, other, pixels=1.0, share=0.05)
