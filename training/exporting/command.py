"""The `train` command that has given settings: for runs that a script started."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from model_api.networks.yoloface import LITE, SERVER
from training.classifier.train import AVERAGE_DECAY as CLASSIFIER_DECAY
from training.classifier.train import PEAK_RATE as CLASSIFIER_RATE
from training.fit.train import AVERAGE_DECAY as FIT_DECAY
from training.fit.train import PEAK_RATE as FIT_RATE
from training.fitting.trainer import FitConfig

VARIANTS = {"server": SERVER, "lite": LITE}
SHARED = {"data": "data", "cache": "cache", "run": "folder", "threads": "threads"}  # options and their settings
OPTIONS = {
    "detector": {**SHARED, "labels": "labels", "start": "start", "teacher": "teacher", "workers": "workers"},
    "classifier": {**SHARED, "size": "size", "workers": "workers"},
    "fit": SHARED,
    "adapt": {**SHARED, "steps": "steps", "start": "start", "size": "size", "batch": "batch", "seed": "seed"},
}


def command_words(config: Mapping[str, Any], kind: str) -> list[str]:
    """The words after `maskwatch` for a run's config.json; none where these settings have no command."""
    if not config:
        return []
    command = "adapt" if "steps" in config else kind
    special = _adapt_words(config) if command == "adapt" else _fit_words(config, command)
    if special is None:
        return []
    options = [(name, config.get(setting)) for name, setting in OPTIONS[command].items()]
    return [
        "train",
        command,
        *special,
        *(word for name, value in options if value is not None for word in (f"--{name}", str(value))),
    ]


def _adapt_words(config: Mapping[str, Any]) -> list[str]:
    source = "synthetic" if config.get("is_synthetic", True) else "all"
    strength = config.get("strength", 0)
    return ["--source", source, *(["--strength", f"{strength:g}"] if strength else ["--no-adapt"])]


def _fit_words(config: Mapping[str, Any], command: str) -> list[str] | None:
    try:
        fit = FitConfig(**config["fit"])
    except (KeyError, TypeError):  # of another version of this program
        return None
    words = ["--minutes", f"{fit.minutes:g}", "--seed", str(fit.seed)]
    if command == "detector":
        variant = next((name for name, network in VARIANTS.items() if _plain(network) == config.get("network")), None)
        usual = FitConfig(minutes=fit.minutes, seed=fit.seed, peak_rate=fit.peak_rate)
        if variant is None or fit != usual:
            return None
        return [*words, "--variant", variant, "--peak-rate", f"{fit.peak_rate:g}"]
    rate, decay = (CLASSIFIER_RATE, CLASSIFIER_DECAY) if command == "classifier" else (FIT_RATE, FIT_DECAY)
    usual = FitConfig(minutes=fit.minutes, seed=fit.seed, peak_rate=rate, average_decay=decay)
    return words if fit == usual else None


def _plain(settings: Any) -> Any:
    """As config.json holds it: tuples become lists."""
    return json.loads(json.dumps(asdict(settings)))
