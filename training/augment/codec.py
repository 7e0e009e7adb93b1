"""What compression leaves: JPEG's blocks, and H.264's smoothed and dragged ones. Pictures are uint8 [H, W, 3], RGB."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
import cv2
import numpy as np

from training.dataset.pixel_cache import Pixels

FRAMES = 3  # one whole picture and two that only say what changed: the least that shows what prediction does
FRAME_TIME = Fraction(1, 25)  # seconds; the quantiser does not look at it, but a stream must have one


def through_jpeg(image: Pixels, *, quality: int) -> Pixels:
    """Through JPEG and back, with its blocks; quality 0..100."""
    packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


def through_h264(image: Pixels, *, crf: int, step: tuple[int, int] = (0, 0), preset: str = "superfast") -> Pixels:
    """The picture as the last of a few frames of an H.264 stream (ITU-T H.264), by x264 with one thread.

    `crf` is the quantiser of the constant-rate mode: 23 is fine, 35 a thrifty camera, 45 hardly more than blocks. The
    scene moves by `step` (right, down) pixels from frame to frame and ends where the picture has it. The preset
    "ultrafast" leaves out the filter that smooths the edges of blocks.
    """
    height, width = image.shape[:2]
    encoder, decoder = _encoder(width + width % 2, height + height % 2, crf, preset), _decoder()
    frames = [_frame(shown, number) for number, shown in enumerate(_moving(image, step))]
    packets = [packet for frame in [*frames, None] for packet in encoder.encode(frame)]
    decoded = [frame for packet in [*packets, None] for frame in decoder.decode(packet)]
    # The colours are turned by OpenCV, whose integers are the same on every processor.
    rgb = cv2.cvtColor(decoded[-1].to_ndarray(format="yuv420p"), cv2.COLOR_YUV2RGB_I420)
    return np.ascontiguousarray(rgb[:height, :width])


def _moving(image: Pixels, step: tuple[int, int]) -> Iterator[Pixels]:
    """The frames in order, with even sides: the scene comes from the side it moves away from."""
    height, width = image.shape[:2]
    reach_x, reach_y = abs(step[0]) * (FRAMES - 1), abs(step[1]) * (FRAMES - 1)
    room = (reach_y, reach_y + height % 2, reach_x, reach_x + width % 2)
    framed = cv2.copyMakeBorder(image, *room, cv2.BORDER_REPLICATE)
    for left in range(FRAMES - 1, -1, -1):
        x, y = reach_x + step[0] * left, reach_y + step[1] * left
        yield np.asarray(framed[y : y + height + height % 2, x : x + width + width % 2], np.uint8)


def _frame(image: Pixels, number: int) -> av.VideoFrame:
    planes = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420), np.uint8)
    frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
    frame.pts = number
    return frame


def _encoder(width: int, height: int, crf: int, preset: str) -> av.VideoCodecContext:
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.thread_count = FRAME_TIME, 1
    encoder.options = {"preset": preset, "tune": "zerolatency", "crf": str(crf)}
    return encoder


def _decoder() -> av.VideoCodecContext:
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    return decoder


def squeeze_jpeg(image: Pixels, random: np.random.Generator) -> Pixels:
    """A snapshot saved small."""
    return through_jpeg(image, quality=int(random.integers(18, 75)))


def squeeze_h264(image: Pixels, random: np.random.Generator) -> Pixels:
    """A frame of a thrifty stream."""
    step = (int(random.integers(-4, 5)), int(random.integers(-2, 3)))
    preset = "ultrafast" if random.random() < 0.5 else "superfast"
    return through_h264(image, crf=int(random.integers(28, 42)), step=step, preset=preset)
