"""Names for the arrays that travel between the stages."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # [H, W, 3] or [N, H, W, 3], RGB
Floats = NDArray[np.float32]
