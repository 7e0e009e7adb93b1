"""Where squares come from: masks pasted on faces with 68 points, and real faces of the classifier's bank."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.augment.hang import Style
from training.augment.templates import Template
from training.dataset.crop_bank import CLASSES, ROOM, SIDE, CropBank
from training.dataset.faces68 import Face68
from training.dataset.pasted import pasted_face
from training.fit.sample import Square, bare, exact, worn_well

STYLE_SHARES: dict[Style | None, float] = {
    Style.WORN: 0.4,
    Style.UNDER_NOSE: 0.3,
    Style.UNDER_CHIN: 0.2,
    None: 0.1,
}
# These publishers file bandanas and scarves as masks, or masks under the nose as bare: neither says where a mask is.
VAGUE_SOURCES = ("technion24k", "macwin498")
POOL = 1500  # pasted faces kept in memory, 0.3 MB each
FRESH_SHARE = 0.3  # of the pasted faces shown are new: to paste one costs half of what to learn from one does

Source = Callable[[np.random.Generator], Square]


@dataclass(frozen=True, kw_only=True)
class Paster:
    """Draws faces with pasted masks; each is shown about three times before another takes its place."""

    faces: Sequence[Face68]
    templates: Sequence[Template]
    pool: list[Square]

    def __call__(self, random: np.random.Generator) -> Square:
        """One square, from the pool or made now."""
        if len(self.pool) > 8 and random.random() >= FRESH_SHARE:
            return self.pool[int(random.integers(len(self.pool)))]
        square = self._made(random)
        if len(self.pool) < POOL:
            self.pool.append(square)
        else:
            self.pool[int(random.integers(POOL))] = square
        return square

    def _made(self, random: np.random.Generator) -> Square:
        style = list(STYLE_SHARES)[int(random.choice(len(STYLE_SHARES), p=list(STYLE_SHARES.values())))]
        face = self.faces[int(random.integers(len(self.faces)))]
        made = pasted_face(face, self.templates, style, random, size=SIDE, scale=ROOM)
        return exact(made.image, made.alpha)


@dataclass(frozen=True, kw_only=True)
class Real:
    """Draws real faces of one class; what is known of them is what `label` makes of the picture."""

    bank: CropBank
    rows: NDArray[np.int64]
    label: Callable[[NDArray[np.uint8]], Square]

    def __call__(self, random: np.random.Generator) -> Square:
        """One square."""
        return self.label(np.asarray(self.bank.images[self.rows[int(random.integers(len(self.rows)))]]))


def real_sources(bank: CropBank) -> tuple[Real, Real]:
    """Real faces without a mask, and with one worn well."""
    clear = ~bank.synthetic & ~np.isin(bank.sources, VAGUE_SOURCES)
    rows = [np.flatnonzero(clear & (bank.labels == CLASSES.index(name))) for name in ("no_mask", "mask_correct")]
    return Real(bank=bank, rows=rows[0], label=bare), Real(bank=bank, rows=rows[1], label=worn_well)
