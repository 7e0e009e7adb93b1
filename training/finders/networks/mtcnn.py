"""The three networks of MTCNN (Zhang et al., arXiv:1604.02878), as PyPI's `mtcnn` keeps their weights."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from training.errors import BrokenCheckpoint
from training.geometry import Floats


class CascadeNetwork(nn.Module):
    """One trunk, several heads; the last head's output becomes probabilities of no face and face.

    Input is RGB [B, 3, H, W], (0..255 - 127.5) / 128. The heads give, in order, the corrections of a box in shares
    of its side, the landmarks where the network knows them (five x, then five y) and the probabilities.
    """

    def __init__(self, trunk: nn.Sequential, heads: Sequence[nn.Module]) -> None:
        super().__init__()
        self.trunk = trunk
        self.heads = nn.ModuleList(heads)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """The outputs [B, values], of the first network [B, values, H, W]."""
        features = self.trunk(pictures)
        outputs = [head(features) for head in self.heads]
        return [*outputs[:-1], torch.softmax(outputs[-1], dim=1)]


def proposal_network() -> CascadeNetwork:
    """Looks at every place of a picture: fields of 12 px, 2 px apart."""
    trunk = nn.Sequential(*_layer(3, 10, 3), _pool(2), *_layer(10, 16, 3), *_layer(16, 32, 3))
    return CascadeNetwork(trunk, [nn.Conv2d(32, 4, 1), nn.Conv2d(32, 2, 1)])


def refinement_network() -> CascadeNetwork:
    """Looks at crops of 24 px."""
    convolutions = [*_layer(3, 28, 3), _pool(3), *_layer(28, 48, 3), _pool(3), *_layer(48, 64, 2)]
    trunk = nn.Sequential(*convolutions, _Flatten(), nn.Linear(576, 128), nn.PReLU(128))
    return CascadeNetwork(trunk, [nn.Linear(128, 4), nn.Linear(128, 2)])


def output_network() -> CascadeNetwork:
    """Looks at crops of 48 px; knows the landmarks."""
    early = [*_layer(3, 32, 3), _pool(3), *_layer(32, 64, 3), _pool(3)]
    late = [*_layer(64, 64, 3), _pool(2), *_layer(64, 128, 2)]
    trunk = nn.Sequential(*early, *late, _Flatten(), nn.Linear(1152, 256), nn.PReLU(256))
    return CascadeNetwork(trunk, [nn.Linear(256, 4), nn.Linear(256, 10), nn.Linear(256, 2)])


def fill(network: CascadeNetwork, arrays: Sequence[Floats]) -> CascadeNetwork:
    """Give the network its weights: those of its layers in order, as Keras keeps them.

    A convolution's are [H, W, inputs, outputs], a dense layer's [inputs, outputs]. Raises BrokenCheckpoint when they
    do not fit.
    """
    parameters = list(network.parameters())
    if len(parameters) != len(arrays):
        raise BrokenCheckpoint(f"{len(arrays)} arrays of weights for a network of {len(parameters)}")
    for parameter, array in zip(parameters, arrays, strict=True):
        values = torch.from_numpy(array)
        values = values.permute(3, 2, 0, 1) if values.ndim == 4 else values.T if values.ndim == 2 else values.flatten()
        if values.shape != parameter.shape:
            raise BrokenCheckpoint(f"weights {list(array.shape)} do not fit a layer of {list(parameter.shape)}")
        parameter.data.copy_(values)
    return network.eval()


def _layer(inputs: int, outputs: int, kernel: int) -> list[nn.Module]:
    return [nn.Conv2d(inputs, outputs, kernel), nn.PReLU(outputs)]


def _pool(kernel: int) -> nn.Module:
    return nn.MaxPool2d(kernel, 2, ceil_mode=True)


class _Flatten(nn.Module):
    """Columns before rows before channels: the networks were trained with x first."""

    def forward(self, features: Tensor) -> Tensor:
        return features.permute(0, 3, 2, 1).flatten(1)
