"""A classifier with a discriminator against it, and what one step of the two minimises."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from model_api.networks.efficientnet import TOP_CHANNELS, EfficientNet, normalise
from training.classifier.domains import DomainBatch
from training.classifier.reversal import DomainDiscriminator, reverse
from training.classifier.train import LABEL_SMOOTHING
from training.fitting.device import Device


class AdaptedClassifier(nn.Module):
    """A classifier, and a discriminator that works against its features."""

    def __init__(self, classifier: EfficientNet) -> None:
        super().__init__()
        self.classifier = classifier
        self.discriminator = DomainDiscriminator(TOP_CHANNELS)

    def forward(self, crops: Tensor, labelled: int, strength: float) -> tuple[Tensor, Tensor]:
        """Normalised crops [N, 3, S, S], the first `labelled` of the source -> logits [labelled, 3], domain logits [N].

        Gradients of the domain logits reach the features times -strength.
        """
        features = self.classifier.features(crops)
        logits = self.classifier.classifier(self.classifier.dropout(features[:labelled]))
        return logits, self.discriminator(reverse(features, strength))


def domain_losses(network: nn.Module, batch: DomainBatch, strength: float, device: Device) -> dict[str, Tensor]:
    """The label loss of the source and, where there is a target, the discriminator's; `total` is their sum."""
    images = torch.cat([batch.source, batch.target]).to(device.place).permute(0, 3, 1, 2).float()
    crops = normalise(images).contiguous(memory_format=torch.channels_last)
    labels = batch.labels.to(device.place)
    with device.autocast():
        logits, domains = network(crops, len(labels), strength)
    loss = functional.cross_entropy(logits.float(), labels, label_smoothing=LABEL_SMOOTHING)
    right = (logits.argmax(dim=1) == labels).float().mean()
    if not len(batch.target):
        return {"total": loss, "accuracy": right}
    truth = (torch.arange(len(images), device=device.place) >= len(labels)).float()
    doubt = functional.binary_cross_entropy_with_logits(domains.float(), truth)
    told = ((domains > 0) == (truth > 0)).float().mean()
    return {"total": loss + doubt, "accuracy": right, "domain": doubt, "domain_accuracy": told}
