"""Drawn at random: people who come, stand or walk, and go, with what a detector would say of them at any moment.

Faces are 20 to 110 px wide in a picture of 1280 x 720, heads at 5 to 6 face sizes per metre. Half of the people cross
the picture or come towards the camera in some seconds, half walk to a place, stand there and go.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import cached_property

WIDTH, HEIGHT = 1280, 720
SIZES_PER_METRE = 5.5
VISIBLE = 0.92  # how often a face in the picture is found; a look to the side lasts some seconds
ASIDE_PER_SECOND, ASIDE_SECONDS = 1 / 25, 3.0
FALSE_FACES = 0.002  # per picture; a guess: in the simulated scene and the clips there is none in 120


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One person's stay in the picture: seconds, and the face's centre and size in pixels at each corner of the way."""

    way: tuple[tuple[float, float, float, float], ...]  # seconds, x, y, size; ascending
    sways: tuple[float, float]  # phases
    aside: tuple[tuple[float, float], ...]  # from, until: the face is turned away
    looks: tuple[float, ...]  # of unit length, before noise
    bare: bool

    @property
    def begins(self) -> float:
        return self.way[0][0]

    @property
    def ends(self) -> float:
        return self.way[-1][0]

    def at(self, seconds: float) -> tuple[float, float, float] | None:
        """x, y and size; None when they are not to be seen."""
        if not self.begins <= seconds <= self.ends or any(start <= seconds <= end for start, end in self.aside):
            return None
        for (t, *before), (u, *after) in zip(self.way, self.way[1:], strict=False):
            if seconds <= u:
                share = (seconds - t) / max(1e-6, u - t)
                x, y, size = (a + (b - a) * share for a, b in zip(before, after, strict=True))
                first, second = self.sways
                x += 0.25 * size * math.sin(0.9 * seconds + first)
                y += 0.08 * size * math.sin(1.3 * seconds + second)
                return (x, y, size) if 0 <= x <= WIDTH else None
        return None


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """So many seconds before a camera, with so many people coming in an hour."""

    seed: int
    seconds: float
    per_hour: float
    standing: float = 0.5  # share of the people who stand somewhere

    @cached_property
    def visits(self) -> tuple[Visit, ...]:
        """In the order in which they come."""
        draw = random.Random(self.seed)
        visits, at = [], 0.0
        while (at := at + draw.expovariate(self.per_hour / 3600)) < self.seconds:
            way = _standing(draw, at) if draw.random() < self.standing else _passing(draw, at)
            visits.append(_visit(draw, way))
        return tuple(visits)


def _passing(draw: random.Random, at: float) -> list[tuple[float, float, float, float]]:
    speed = draw.uniform(0.7, 1.5) * SIZES_PER_METRE  # sizes per second
    if draw.random() < 0.5:  # across
        size = draw.uniform(25, 80)
        y = _head(size, draw)
        seconds = WIDTH / (speed * size)
        ends = (0.0, float(WIDTH)) if draw.random() < 0.5 else (float(WIDTH), 0.0)
        return [(at, ends[0], y, size), (at + seconds, ends[1], y, size)]
    near, far = draw.uniform(70, 110), draw.uniform(20, 28)  # towards the camera; a size is one over the distance
    metres = 40 * (1 / far - 1 / near) * 5
    x, seconds = draw.uniform(300, 980), metres / (speed / SIZES_PER_METRE)
    to = min(WIDTH - 60, max(60, x + draw.uniform(-350, 350)))
    sizes = [1 / (1 / far + (1 / near - 1 / far) * share / 6) for share in range(7)]
    return [
        (at + seconds * share / 6, x + (to - x) * (size - far) / (near - far), _head(size, None), size)
        for share, size in enumerate(sizes)
    ]


def _standing(draw: random.Random, at: float) -> list[tuple[float, float, float, float]]:
    size = draw.uniform(30, 90)
    y, speed = _head(size, draw), draw.uniform(0.6, 1.2) * SIZES_PER_METRE * size
    side = 0.0 if draw.random() < 0.5 else float(WIDTH)
    way, x = [(at, side, y, size)], side
    for _ in range(draw.choice((1, 1, 2, 3))):
        to = draw.choice((320.0, 640.0, 960.0)) + draw.gauss(0, 40)  # where there is something to see or to pay
        at += abs(to - x) / speed
        way.append((at, to, y, size))
        at += min(240.0, draw.lognormvariate(math.log(20), 0.9))
        way.append((at, to + draw.gauss(0, 0.2 * size), y, size))
        x = to
    leave = 0.0 if draw.random() < 0.5 else float(WIDTH)
    return [*way, (at + abs(leave - x) / speed, leave, y, size)]


def _head(size: float, draw: random.Random | None) -> float:
    """Who is near looks taller than who is far: a camera above the heads."""
    return 220 + 1.2 * size + (draw.gauss(0, 0.5 * size) if draw else 0.0)


def _visit(draw: random.Random, way: list[tuple[float, float, float, float]]) -> Visit:
    aside, at = [], way[0][0]
    while (at := at + draw.expovariate(ASIDE_PER_SECOND)) < way[-1][0]:
        aside.append((at, at + draw.expovariate(1 / ASIDE_SECONDS)))
    looks = [draw.gauss(0, 1) for _ in range(32)]
    return Visit(
        way=tuple(way),
        sways=(draw.uniform(0, 6), draw.uniform(0, 6)),
        aside=tuple(aside),
        looks=tuple(looks),
        bare=draw.random() < 0.3,
    )
