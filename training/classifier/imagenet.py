"""Start values for EfficientNet-b0 from a file of folded ImageNet weights."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import torch

from model_api.networks.efficientnet import EfficientNet
from training.errors import BrokenCheckpoint, DataMissing


def load_imagenet(network: EfficientNet, path: Path) -> None:
    """Copy every weight but the classifier's. The file names layers `stack_2/block_0/expand.weight` and so on.

    Raises DataMissing without the file and BrokenCheckpoint when its layers are not this network's.
    """
    if not path.is_file():
        raise DataMissing(f"no ImageNet weights at {path}")
    table = np.load(path)
    state = {_rename(name): torch.from_numpy(table[name].astype(np.float32)) for name in table.files}
    state = {name: value for name, value in state.items() if not name.startswith("classifier.")}
    try:
        missing, unknown = network.load_state_dict(state, strict=False)
    except RuntimeError as error:
        raise BrokenCheckpoint(f"{path} holds another network: {error}") from error
    if unknown or set(missing) != {"classifier.weight", "classifier.bias"}:
        raise BrokenCheckpoint(f"{path} holds another network: unknown {unknown}, missing {missing}")


def _rename(name: str) -> str:
    return re.sub(r"stack_(\d+)/block_(\d+)/", r"stacks.\1.\2.", name)
