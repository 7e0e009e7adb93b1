"""Names for the arrays that travel between the stages."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # [H, W, 3] or [N, H, W, 3], RGB
Floats = NDArray[np.float32]
# The same where an imaging keeps it: an array on the host or a tensor on a device; both have a shape and are sliced.
Picture = Any  # [H, W, 3]
Batch = Any  # [N, H, W, 3]
