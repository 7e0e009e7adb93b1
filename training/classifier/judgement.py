"""What an adapted classifier is worth on held-out street faces, and whether its features still betray the domain."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model_api.networks.efficientnet import EfficientNet, normalise
from training.classifier.adversary import AdaptedClassifier
from training.classifier.domains import Domains, DomainStream
from training.classifier.held_out import HeldOutFaces, cut_held_out
from training.dataset.pixel_cache import Pixels
from training.evaluation.classifier import class_figures
from training.geometry import Floats

BATCH = 32
PROBED = 12  # batches of each domain; half of them fit the probe, half judge it
PROBE_SEED = 99  # crops as no run drew them, and the same ones for all runs
RIDGE = 100.0  # the probe's 1280 weights are fitted to some 400 standardised crops and must be kept small


def judge(network: EfficientNet, labels: Path, *, size: int) -> dict[str, Any]:
    """The figures on the faces of a label file, as they are and as CCTV would show them, together and by source.

    `right` says of every face, in the label file's order, whether it was named right: to compare two networks.
    """
    report: dict[str, Any] = {}
    for name, degraded in (("originals", False), ("degraded", True)):
        faces = cut_held_out(labels, size=size, degraded=degraded)
        report[name] = _figures(faces, call(network, faces.crops))
    return report


def call(network: EfficientNet, crops: Pixels) -> NDArray[np.int64]:
    """The likeliest class [N] of crops [N, S, S, 3]."""
    with torch.inference_mode():
        called = [network.classifier(part).argmax(dim=1) for part in _features(network, crops)]
    return torch.cat(called).cpu().numpy().astype(np.int64)


def _figures(faces: HeldOutFaces, called: NDArray[np.int64]) -> dict[str, Any]:
    by_source = {}
    for source in sorted(set(faces.sources.tolist())):
        mine = faces.sources == source
        by_source[source] = class_figures(called[mine], faces.labels[mine])
    right = (called == faces.labels).astype(int).tolist()
    return {"all": class_figures(called, faces.labels), "sources": by_source, "right": right}


def _features(network: EfficientNet, crops: Pixels) -> list[Tensor]:
    """Pooled features [n, 1280] of one batch of crops after the other."""
    place = next(network.parameters()).device
    parts = []
    for start in range(0, len(crops), BATCH):
        images = torch.from_numpy(crops[start : start + BATCH]).to(place).permute(0, 3, 1, 2).float()
        parts.append(network.features(normalise(images).contiguous(memory_format=torch.channels_last)))
    return parts


def probe_domains(network: AdaptedClassifier, domains: Domains, *, size: int) -> dict[str, float]:
    """How often the features betray a crop's domain: to a fresh linear probe, and to the discriminator of the training.

    0.5 is chance. The probe is fitted anew to every network, so it judges one that was not adapted, too; it stands for
    the distance of the domains (Ben-David et al., doi:10.1007/s10994-009-5152-4).
    """
    stream = DomainStream(domains.source, domains.targets, size=size, batch=BATCH, seed=PROBE_SEED)
    batches = list(islice(stream, PROBED))
    with torch.inference_mode():
        source = torch.cat(_features(network.classifier, torch.cat([batch.source for batch in batches]).numpy()))
        target = torch.cat(_features(network.classifier, torch.cat([batch.target for batch in batches]).numpy()))
        told = torch.cat([network.discriminator(source) <= 0, network.discriminator(target) > 0])
    return {
        "linear_probe": linear_probe(source.cpu().numpy(), target.cpu().numpy()),
        "discriminator": float(told.float().mean()),
    }


def linear_probe(first: Floats, second: Floats) -> float:
    """Fit ridge regression to -1 and 1 on the first half of both sets [N, C]; its accuracy on their second halves."""
    half = min(len(first), len(second)) // 2
    fitted = np.concatenate([first[:half], second[:half]]).astype(np.float64)
    judged = np.concatenate([first[half : 2 * half], second[half : 2 * half]]).astype(np.float64)
    sides = np.repeat([-1.0, 1.0], half)
    mean, deviation = fitted.mean(axis=0), fitted.std(axis=0) + 1e-6
    fitted, judged = (fitted - mean) / deviation, (judged - mean) / deviation
    weights = np.linalg.solve(fitted.T @ fitted + RIDGE * np.eye(fitted.shape[1]), fitted.T @ sides)
    return float((np.sign(judged @ weights) == sides).mean())
