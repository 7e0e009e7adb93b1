"""Gradient reversal: what arrives where, with which sign."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from model_api.networks.efficientnet import EfficientNet
from training.classifier.adversary import AdaptedClassifier, domain_losses
from training.classifier.domains import DomainBatch
from training.classifier.reversal import DomainDiscriminator, reversal_strength, reverse
from training.fitting.device import Device

DEVICE = Device(place=torch.device("cpu"), precision=torch.bfloat16)


@pytest.mark.parametrize("strength", [0.0, 0.25, 1.0])
def test_features_pass_unchanged_and_their_gradient_turns_round(strength: float) -> None:
    features = torch.tensor([[1.0, -2.0], [3.0, 0.5]], requires_grad=True)
    arriving = torch.tensor([[0.5, -1.0], [4.0, 8.0]])
    reversed_ = reverse(features, strength)
    assert torch.equal(reversed_, features)
    reversed_.backward(arriving)
    assert features.grad is not None
    assert torch.equal(features.grad, -strength * arriving)


def test_the_strength_grows_from_nothing_to_almost_one() -> None:
    assert reversal_strength(0.0) == 0.0
    assert reversal_strength(0.5) == pytest.approx(0.98661, abs=1e-5)
    assert reversal_strength(1.0) == pytest.approx(0.99991, abs=1e-5)
    steps = [reversal_strength(step / 50) for step in range(51)]
    assert steps == sorted(steps)


class Tiny(nn.Module):
    """Features and a discriminator over reversed ones."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Linear(4, 4)
        self.discriminator = DomainDiscriminator(4, hidden=8)

    def loss(self, inputs: Tensor, truth: Tensor) -> Tensor:
        domains = self.discriminator(reverse(self.backbone(inputs), 1.0))
        return functional.binary_cross_entropy_with_logits(domains, truth)


def two_domains() -> tuple[Tensor, Tensor]:
    inputs = torch.randn(64, 4, generator=torch.Generator().manual_seed(3))
    inputs[32:] += 1.5
    return inputs, torch.arange(64) >= 32


def loss_after_a_step_of(part: str) -> tuple[float, float]:
    """The domain loss before and after one step in which only this part of the network moves."""
    torch.manual_seed(0)
    network, (inputs, truth) = Tiny(), two_domains()
    before = network.loss(inputs, truth.float())
    before.backward()
    torch.optim.SGD(getattr(network, part).parameters(), lr=0.05).step()
    return before.item(), network.loss(inputs, truth.float()).item()


def test_one_step_teaches_the_discriminator_and_makes_the_features_harder_to_tell_apart() -> None:
    before, after = loss_after_a_step_of("discriminator")
    assert after < before
    before, after = loss_after_a_step_of("backbone")
    assert after > before


def batch(target: int) -> DomainBatch:
    random = torch.Generator().manual_seed(0)
    return DomainBatch(
        source=torch.randint(0, 256, (3, 32, 32, 3), dtype=torch.uint8, generator=random),
        labels=torch.tensor([0, 1, 2]),
        target=torch.randint(0, 256, (target, 32, 32, 3), dtype=torch.uint8, generator=random),
    )


def adversaries() -> AdaptedClassifier:
    torch.manual_seed(0)
    return AdaptedClassifier(EfficientNet(3, dropout=0, drop_path=0))


def domain_gradient(strength: float) -> tuple[Tensor, Tensor]:
    """The gradients of the domain loss alone at the backbone's top layer and at the discriminator's first."""
    network = adversaries()
    domain_losses(network, batch(4), strength, DEVICE)["domain"].backward()
    top, first = network.classifier.top.weight.grad, network.discriminator.layers[1].weight.grad
    assert isinstance(top, Tensor)
    assert isinstance(first, Tensor)
    return top, first


def test_the_strength_scales_what_reaches_the_backbone_and_nothing_else() -> None:
    (full, first), (half, same) = domain_gradient(1.0), domain_gradient(0.5)
    assert float(full.abs().max()) > 0
    assert torch.allclose(half, full / 2, rtol=0.02, atol=1e-6)  # bfloat16 rounds
    assert torch.equal(first, same)
    assert float(domain_gradient(0.0)[0].abs().max()) == 0


def test_without_a_target_only_the_labels_are_learnt() -> None:
    network = adversaries()
    losses = domain_losses(network, batch(0), 1.0, DEVICE)
    losses["total"].backward()
    assert set(losses) == {"total", "accuracy"}
    assert all(value.grad is None or not value.grad.any() for value in network.discriminator.parameters())


def test_target_crops_do_not_touch_the_label_loss() -> None:
    alone = domain_losses(adversaries(), batch(0), 1.0, DEVICE)
    beside = domain_losses(adversaries(), batch(4), 1.0, DEVICE)
    assert beside["total"].item() == pytest.approx((alone["total"] + beside["domain"]).item(), abs=0.02)


def test_features_are_what_the_classifier_reads() -> None:
    torch.manual_seed(0)
    network, crops = EfficientNet(3).eval(), torch.randn(2, 3, 32, 32)
    with torch.inference_mode():
        assert torch.equal(network(crops), network.classifier(network.features(crops)))
        assert tuple(network.features(crops).shape) == (2, 1280)


def test_growing_features_do_not_change_the_discriminators_mind() -> None:
    torch.manual_seed(0)
    discriminator, features = DomainDiscriminator(16), torch.randn(5, 16)
    assert torch.allclose(discriminator(features), discriminator(100 * features), atol=1e-3)
