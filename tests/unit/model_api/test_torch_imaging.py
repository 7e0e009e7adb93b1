"""Pictures on a device are decoded, scaled and cut as on the host, and one that it cannot read fails alone."""

from __future__ import annotations

import io
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch", reason="needs torch (pip install 'maskwatch[gpu]')")

import torch
from decoding_device import Decoder, imaging

from common.errors import ImageTooLarge
from model_api.arrays import Pixels
from model_api.decode import MODEST_PIXELS, Limits, decode
from model_api.engines.device.place import Cpu
from model_api.errors import InferenceFailed
from model_api.imaging.host import HostImaging
from model_api.imaging.imaging import Encoded
from model_api.imaging.nvjpeg import why_unfit
from model_api.imaging.sampling import MOST_SAMPLES, steps
from model_api.imaging.torch import TorchImaging
from model_api.letterbox import letterbox

HOST = HostImaging()
LIMITS = Limits(max_bytes=1_000_000, max_pixels=1_000_000)
MEAN_LEVELS = 2.0  # of 255, between the device and OpenCV
ORIENTATION = 274  # Exif 2.3


def drawn(width: int, height: int, *, seed: int = 0) -> Pixels:
    """Patches of many sizes, as sharp as pictures are at most."""
    rng = np.random.default_rng(seed)
    total = np.full((height, width, 3), 128.0)
    for size in (4, 16, 64):
        few = rng.normal(0, 30, (max(2, height // size), max(2, width // size), 3))
        total += cv2.resize(few, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(total, 0, 255).astype(np.uint8)


def jpeg(pixels: Pixels, **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", **options)
    return buffer.getvalue()


def off(ours: torch.Tensor, theirs: Pixels) -> float:
    assert (ours.dtype, tuple(ours.shape)) == (torch.uint8, theirs.shape)
    return float(np.abs(ours.numpy().astype(int) - theirs).mean())


def loaded(*pictures: Pixels) -> list[Any]:
    found = imaging().load(pictures)
    assert all(isinstance(each, torch.Tensor) for each in found)
    return found


@pytest.mark.parametrize("size", [(1024, 1024), (1920, 1080), (300, 200), (1283, 777), (90, 700), (1, 1)])
def test_a_picture_lies_in_the_detector_s_input_as_opencv_lays_it(size: tuple[int, int]) -> None:
    picture, box = drawn(*size), letterbox(*size, longer_side=320, stride=32)
    assert off(imaging().place(loaded(picture), [box]), HOST.place([picture], [box])) < MEAN_LEVELS


def test_pictures_of_several_sizes_share_an_input() -> None:
    pictures = [drawn(320, 320), drawn(640, 640, seed=1), drawn(200, 200, seed=2)]
    boxes = [letterbox(*each.shape[1::-1], longer_side=320, stride=32) for each in pictures]
    placed = imaging().place([*loaded(*pictures[:2]), pictures[2]], boxes)  # the last one stayed on the host
    for row, expected in enumerate(HOST.place(pictures, boxes)):
        assert off(placed[row], expected) < MEAN_LEVELS


def test_a_part_of_a_picture_is_scaled_like_a_picture_of_its_own() -> None:
    picture, box = drawn(900, 700), letterbox(400, 300, longer_side=320, stride=32)
    part = np.s_[200:500, 350:750]
    placed = imaging().place([loaded(picture)[0][part]], [box])
    assert off(placed, HOST.place([picture[part]], [box])) < MEAN_LEVELS


@pytest.mark.parametrize("replicate", [True, False])
@pytest.mark.parametrize("side", [5, 40, 93, 120, 200, 333, 560])
def test_the_square_around_a_face_is_cut_as_opencv_cuts_it(side: int, replicate: bool) -> None:
    pictures = [drawn(700, 600), drawn(640, 480, seed=1)]
    places = [(50, 20), (-side / 3, -side / 4), (640 - side / 2, 480 - side / 2)]
    boxes = [(x, y, x + side, y + 0.9 * side) for x, y in places]
    faces = [(which, box) for box in boxes for which in (0, 1)]
    on_device = loaded(*pictures)
    geometry: dict[str, Any] = {"scale": 1.2, "size": 112, "replicate": replicate}
    crops = imaging().cut([(on_device[which], box) for which, box in faces], **geometry)
    expected = HOST.cut([(pictures[which], box) for which, box in faces], **geometry)
    for ours, theirs in zip(crops, expected, strict=True):
        assert off(ours, theirs) < MEAN_LEVELS


def test_faces_large_and_small_of_pictures_here_and_there_keep_their_order() -> None:
    picture = drawn(800, 600)
    (on_device,) = loaded(picture)
    boxes = [(10.0, 10.0, 10.0 + side, 10.0 + side) for side in (300, 30, 150, 31, 301)]
    faces = [(on_device if index % 2 else picture, box) for index, box in enumerate(boxes)]
    crops = imaging().cut(faces, scale=1.0, size=64, replicate=True)
    expected = HOST.cut([(picture, box) for box in boxes], scale=1.0, size=64, replicate=True)
    for ours, theirs in zip(crops, expected, strict=True):
        assert off(ours, theirs) < MEAN_LEVELS


def test_no_pixel_lies_between_two_samples() -> None:
    for side in range(2, 3000, 7):
        by, samples = steps(side, 112)
        assert samples <= MOST_SAMPLES
        assert side / by <= max(1, samples) * 112
    assert steps(112, 112) == (1, 1)


def opened(device: TorchImaging, *pictures: bytes) -> list[Any]:
    return [device.open(data, LIMITS, useful_side=10_000)[0] for data in pictures]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_what_the_device_decodes_is_turned_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    data = jpeg(drawn(80, 48), exif=exif.tobytes())
    decoder = Decoder()
    device = imaging(decoder)
    encoded, width, height = device.open(data, LIMITS, useful_side=10_000)
    assert isinstance(encoded, Encoded)
    (upright,) = device.load([encoded])
    np.testing.assert_array_equal(upright.numpy(), decode(data, LIMITS))
    assert (height, width) == upright.shape[:2]
    assert decoder.batches == [[data]]


def test_pictures_are_decoded_together_and_what_is_no_plain_jpeg_by_the_host() -> None:
    decoder = Decoder()
    device = imaging(decoder)
    png = cv2.imencode(".png", drawn(40, 30))[1].tobytes()
    cmyk = io.BytesIO()
    Image.fromarray(drawn(40, 30)).convert("CMYK").save(cmyk, "JPEG")
    plain = [jpeg(drawn(64, 48)), jpeg(drawn(50, 40, seed=1))]
    data = [plain[0], png, cmyk.getvalue(), plain[1]]
    for shown, each in zip(device.load(opened(device, *data)), data, strict=True):
        np.testing.assert_array_equal(shown.numpy(), decode(each, LIMITS))
    assert decoder.batches == [plain]


def test_a_picture_that_the_device_cannot_read_fails_alone() -> None:
    good, bad = jpeg(drawn(64, 48)), jpeg(drawn(50, 40))
    device = imaging(Decoder(refuses=bad))
    first, nothing, last = device.load(opened(device, good, bad, good))
    assert nothing is None
    for shown in (first, last):
        np.testing.assert_array_equal(shown.numpy(), decode(good, LIMITS))


def test_a_picture_of_another_size_than_it_says_is_left_to_the_host() -> None:
    device = imaging(Decoder())
    (encoded,) = opened(device, jpeg(drawn(64, 48)))
    other = Encoded(data=encoded.data, width=65, height=48, orientation=1)
    assert device.load([other]) == [None]


def test_limits_hold_before_the_device_sees_a_picture() -> None:
    with pytest.raises(ImageTooLarge):
        imaging(Decoder()).open(jpeg(drawn(64, 48)), Limits(max_pixels=1000), useful_side=640)


def test_what_is_not_modest_stays_on_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model_api.imaging.torch.MODEST_PIXELS", 1000)
    assert MODEST_PIXELS > 1000
    decoder = Decoder()
    device = imaging(decoder)
    large, small = device.load(opened(device, jpeg(drawn(64, 48)), jpeg(drawn(20, 20))))
    assert isinstance(large, np.ndarray)
    assert isinstance(small, torch.Tensor)
    assert len(decoder.batches) == 1


class Failing(Cpu):
    """A device that can be told to fail."""

    error: RuntimeError | None = None

    def wait(self) -> None:
        if self.error is not None:
            raise self.error


def test_what_a_full_device_cannot_do_the_host_does() -> None:
    place = Failing()
    device = TorchImaging(place, decode_jpegs=Decoder())
    picture, box = drawn(300, 200), letterbox(300, 200, longer_side=320, stride=32)
    (on_device,) = device.load([picture])
    (encoded,) = opened(device, jpeg(picture))
    place.error = torch.OutOfMemoryError("CUDA out of memory")
    assert device.load([encoded, picture]) == [None, picture]
    np.testing.assert_array_equal(device.place([on_device], [box]), HOST.place([picture], [box]))
    geometry: dict[str, Any] = {"scale": 1.2, "size": 32, "replicate": True}
    face = (10.0, 10.0, 60.0, 70.0)
    np.testing.assert_array_equal(device.cut([(on_device, face)], **geometry), HOST.cut([(picture, face)], **geometry))


def test_a_broken_device_fails_the_batch() -> None:
    place = Failing()
    place.error = RuntimeError("CUDA error: an illegal memory access was encountered\nadvice")
    with pytest.raises(InferenceFailed, match=r"failed to prepare 1 pictures: CUDA error: an illegal [a-z ]+$"):
        TorchImaging(place, decode_jpegs=None).load([drawn(8, 8)])


def test_a_decoder_is_tried_before_it_is_used() -> None:
    def darker(pictures: Any) -> list[torch.Tensor]:
        return [each // 2 for each in Decoder()(pictures)]

    def smaller(pictures: Any) -> list[torch.Tensor]:
        return [each[:, 1:] for each in Decoder()(pictures)]

    def absent(pictures: Any) -> list[torch.Tensor]:
        raise RuntimeError("decode_jpegs_cuda: torchvision not compiled with nvJPEG support\nadvice")

    assert why_unfit(Decoder()) is None
    assert "levels off" in str(why_unfit(darker))
    assert why_unfit(smaller) == "it gives pictures of another size"
    assert why_unfit(absent) == "decode_jpegs_cuda: torchvision not compiled with nvJPEG support"
