"""Too little light: dark pictures, faded colours and the noise of a sensor that amplifies. Pictures are uint8, RGB."""

from __future__ import annotations

import cv2
import numpy as np

from training.dataset.pixel_cache import Pixels

# Interpolating a coarse field of noise averages neighbours; this brings its spread back. By number: a pixel between
# grid points mixes them 0.75 : 0.25 in both directions, which leaves 0.625 of it.
COARSE_GRAIN_LOSS = 0.625
EVENING = (42.0, 85.0)  # mean of 0..255; below it people cannot tell many a face either
LEAST_GAIN = 0.3


def dim(image: Pixels, *, gain: float, saturation: float) -> Pixels:
    """Let `gain` (0..1) of the light through and keep `saturation` (0..1) of the colour."""
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return np.asarray(cv2.addWeighted(image, gain * saturation, grey, gain * (1 - saturation), 0), np.uint8)


def add_noise(image: Pixels, random: np.random.Generator, *, shot: float, read: float, coarse: bool = False) -> Pixels:
    """Photons arrive one by one, and reading them out adds its own noise (Foi et al., doi:10.1109/TIP.2008.2001399).

    The variance at a value v of 0..255 is shot * v + read**2: the normal approximation of Poisson-Gaussian noise.
    `coarse` makes grains of two pixels, as cameras leave them that enlarge or clean their pictures.
    """
    spread = np.sqrt(shot * np.arange(256) + read**2).astype(np.float32)
    height, width = image.shape[:2]
    if coarse:
        grid = random.standard_normal(((height + 1) // 2, (width + 1) // 2, 3), np.float32)
        field = cv2.resize(grid, (width, height), interpolation=cv2.INTER_LINEAR)
        spread /= COARSE_GRAIN_LOSS
    else:
        field = random.standard_normal(image.shape, np.float32)
    noise = cv2.multiply(cv2.LUT(image, spread), field)
    return np.asarray(cv2.add(image, noise, dtype=cv2.CV_8U), np.uint8)


def gain_to(image: Pixels, mean: float) -> float:
    """The gain that brings the picture's mean down to about `mean` of 0..255; 1 for a picture that is as dark already.

    It does not fall below LEAST_GAIN: before a white wall a face is much darker than the mean.
    """
    return min(1.0, max(LEAST_GAIN, mean / max(float(image.mean()), 1.0)))


def darken(image: Pixels, random: np.random.Generator) -> Pixels:
    """An evening: less light, less colour, more noise."""
    dark = dim(image, gain=gain_to(image, random.uniform(*EVENING)), saturation=random.uniform(0.1, 1.0))
    return add_noise(dark, random, shot=random.uniform(0.05, 0.5), read=random.uniform(0.5, 4), coarse=True)


def roughen(image: Pixels, random: np.random.Generator) -> Pixels:
    """The noise of a cheap sensor by day."""
    shot, read = random.uniform(0.02, 0.6), random.uniform(1, 6)
    return add_noise(image, random, shot=shot, read=read, coarse=random.random() < 0.5)
