"""Networks of others, defined anew: shapes, weights of another layout, and the cascade's own arithmetic."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from training.errors import BrokenCheckpoint, DataMissing
from training.finders.found import FoundFaces
from training.finders.networks.mtcnn import CascadeNetwork, fill, output_network, proposal_network, refinement_network
from training.finders.networks.retinaface import RetinaFaceNetwork
from training.finders.networks.rfb import RfbNetwork
from training.finders.priors import PriorLevel, priors
from training.finders.retinaface import RETINAFACE_LEVELS, RFB_LEVELS, PriorBoxFinder, load


@pytest.mark.parametrize(("network", "levels"), [(RetinaFaceNetwork(), RETINAFACE_LEVELS), (RfbNetwork(), RFB_LEVELS)])
def test_every_prior_has_an_answer(network: nn.Module, levels: tuple[PriorLevel, ...]) -> None:
    count = len(priors(levels, width=160, height=96))
    with torch.inference_mode():
        boxes, logits, points = network.eval()(torch.zeros(1, 3, 96, 160))
    assert boxes.shape == (1, count, 4)
    assert logits.shape == (1, count, 2)
    assert points.shape == (1, count, 10)


def test_weights_saved_from_several_gpus_are_read(tmp_path: Path) -> None:
    trained, path = RfbNetwork(), tmp_path / "rfb.pth"
    torch.save({f"module.{name}": value for name, value in trained.state_dict().items()}, path)
    read = load(RfbNetwork(), path)
    torch.testing.assert_close(read.get_parameter("conv1.0.weight"), trained.get_parameter("conv1.0.weight"))


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rfb.pth"
    torch.save(RfbNetwork().state_dict(), path)
    with pytest.raises(BrokenCheckpoint, match="another network"):
        load(RetinaFaceNetwork(), path)
    with pytest.raises(DataMissing, match="no weights"):
        load(RetinaFaceNetwork(), tmp_path / "none.pth")


class _SureOfOnePrior(nn.Module):
    """Believes in one prior, and wants to see the picture as BGR less the mean of ImageNet."""

    def __init__(self, prior: int, count: int) -> None:
        super().__init__()
        self.prior, self.count = prior, count
        self.seen = torch.zeros(0)

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        self.seen = pictures
        logits = torch.tensor([10.0, -10.0]).repeat(self.count, 1)
        logits[self.prior] = torch.tensor([-10.0, 10.0])
        return torch.zeros(1, self.count, 4), logits[None], torch.zeros(1, self.count, 10)


def test_a_prior_is_told_in_the_pixels_of_the_picture() -> None:
    levels = (PriorLevel(stride=32, sides=(16,)),)
    network = _SureOfOnePrior(prior=3, count=4)  # the second row's second cell of a canvas of 64 x 64
    image = np.zeros((128, 128, 3), np.uint8)
    image[..., 0] = 223  # red
    found = PriorBoxFinder(network, levels, longer_side=64).find(image)
    np.testing.assert_allclose(found.boxes, [[80, 80, 112, 112]])
    np.testing.assert_allclose(found.landmarks[0], np.full((5, 2), 96))
    torch.testing.assert_close(network.seen[0, :, 5, 5], torch.tensor([-104.0, -117.0, 100.0]))


def _keras_arrays(network: CascadeNetwork) -> list[np.ndarray]:
    """The network's weights as Keras keeps them."""
    arrays = []
    for parameter in network.parameters():
        values = parameter.detach().numpy()
        values = values.transpose(2, 3, 1, 0) if values.ndim == 4 else values.T if values.ndim == 2 else values
        arrays.append(np.ascontiguousarray(values))
    return arrays


@pytest.mark.parametrize(
    ("network", "other", "side", "widths"),
    [
        (proposal_network(), proposal_network(), 12, [4, 2]),
        (refinement_network(), refinement_network(), 24, [4, 2]),
        (output_network(), output_network(), 48, [4, 10, 2]),
    ],
)
def test_the_cascades_networks_take_weights_in_keras_order(
    network: CascadeNetwork, other: CascadeNetwork, side: int, widths: list[int]
) -> None:
    picture = torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(1))
    fill(other, _keras_arrays(network))
    with torch.inference_mode():
        outputs, same = network.eval()(picture), other(picture)
    assert [output.shape[1] for output in outputs] == widths
    torch.testing.assert_close(outputs[-1].sum(dim=1).flatten(), torch.ones(2))
    for output, expected in zip(outputs, same, strict=True):
        torch.testing.assert_close(output, expected)


def test_weights_that_do_not_fit_are_refused() -> None:
    arrays = _keras_arrays(proposal_network())
    with pytest.raises(BrokenCheckpoint, match="do not fit"):
        fill(proposal_network(), [*arrays[:-1], arrays[0]])
    with pytest.raises(BrokenCheckpoint, match="arrays of weights"):
        fill(refinement_network(), arrays)


def test_the_first_networks_map_becomes_corrected_fields() -> None:
    pytest.importorskip("joblib", reason="needs joblib (pip install 'maskwatch[peers]')")
    from training.finders.mtcnn import proposals, squares, suppress_nested

    chances, corrections = np.zeros((3, 5), np.float32), np.zeros((4, 3, 5), np.float32)
    chances[1, 4] = 0.8
    corrections[:, 1, 4] = [0.25, 0, 0, 0.5]
    found = proposals(chances, corrections, min_score=0.6)
    np.testing.assert_allclose(found.boxes, [[8 + 3, 2, 8 + 12, 2 + 12 + 6]])
    np.testing.assert_allclose(squares(found).boxes, [[15.5 - 9, 2, 15.5 + 9, 20]])

    boxes = np.asarray([[10, 10, 20, 20], [0, 0, 40, 40], [30, 30, 70, 70]], np.float32)
    faces = FoundFaces(
        boxes=boxes, scores=np.asarray([0.5, 0.9, 0.7], np.float32), landmarks=np.zeros((3, 5, 2), np.float32)
    )
    np.testing.assert_array_equal(suppress_nested(faces, 0.7).boxes, boxes[[1, 2]])
