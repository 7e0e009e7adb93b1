"""The same picture as a cheap surveillance camera would deliver it: for measuring what a model is worth there."""

from __future__ import annotations

import math
import zlib

import numpy as np

from training.augment.blur import defocus, drag
from training.augment.codec import through_h264, through_jpeg
from training.augment.light import add_noise, dim, gain_to
from training.augment.photometric import coarsen
from training.dataset.pixel_cache import Pixels

# The ranges are calibrated: YuNet-s at 640 px loses about as much AP50 on these copies of masks/val.json (0.13 on
# kaggle853, 0.06 on ilc2021) as published detectors were measured to lose on such copies. Changing them breaks every
# comparison with older figures.
COARSER = (0.4, 0.7)  # the camera's pixels against the picture's
DEFOCUS = (0.4, 1.0)  # radius in pixels of the camera
NOISE_SHOT, NOISE_READ = (0.02, 0.35), (0.5, 4.0)  # of 0..255, see add_noise
MOVED_SHARE, MOVED = 0.25, (1.0, 3.0)  # length in pixels of the camera
DARK_SHARE, DARK = 0.3, (42.0, 80.0)  # mean of 0..255
JPEG_SHARE, JPEG = 0.5, (25, 55)  # quality; the others go through H.264
H264 = (28, 36)  # constant-rate factor


def cctv_copy(image: Pixels, *, seed: int) -> Pixels:
    """A degraded copy of a whole uint8 RGB picture, of the same size.

    Out of focus, now and then moved or dark, coarser, noisy, then through JPEG or H.264. The same picture and seed give
    the same copy, whatever was copied before; across machines as far as the codecs' builds agree.
    """
    random = np.random.default_rng([seed, zlib.crc32(image.tobytes())])
    scale = math.exp(random.uniform(*np.log(COARSER)))
    return _sent(_recorded(_seen(image, scale, random), scale, random), random)


def _seen(image: Pixels, scale: float, random: np.random.Generator) -> Pixels:
    """Through the lens, in pixels of the picture."""
    image = defocus(image, radius=random.uniform(*DEFOCUS) / scale)
    if random.random() < MOVED_SHARE:
        image = drag(image, length=random.uniform(*MOVED) / scale, degrees=random.normal(0, 35))
    return image


def _recorded(image: Pixels, scale: float, random: np.random.Generator) -> Pixels:
    """By a sensor of fewer pixels."""
    if random.random() < DARK_SHARE:
        image = dim(image, gain=gain_to(image, random.uniform(*DARK)), saturation=random.uniform(0.2, 0.9))
    shot, read = random.uniform(*NOISE_SHOT), random.uniform(*NOISE_READ)
    return add_noise(coarsen(image, scale), random, shot=shot, read=read, coarse=True)


def _sent(image: Pixels, random: np.random.Generator) -> Pixels:
    """As a snapshot or as a frame of a stream."""
    if random.random() < JPEG_SHARE:
        return through_jpeg(image, quality=int(random.integers(*JPEG, endpoint=True)))
    step = (int(random.integers(-3, 4)), int(random.integers(-2, 3)))
    return through_h264(image, crf=int(random.integers(*H264, endpoint=True)), step=step)
