"""Domain adaptation: what is drawn from which domain, how a run ends, what is said of it."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import nn
from typer.testing import CliRunner

from model_api.networks.efficientnet import EfficientNet
from training.classifier import adaptation
from training.classifier.adaptation import FRESH_RATE, AdaptationRun, adapt_classifier, load_classifier
from training.classifier.adversary import AdaptedClassifier
from training.classifier.domains import Domains, DomainStream, synthetic_source
from training.classifier.held_out import cut_held_out
from training.classifier.judgement import call, judge, linear_probe, probe_domains
from training.classifier.targets import FACES_PER_PICTURE, Pool, open_crowd, open_targets
from training.cli import app
from training.dataset.coco import load_coco
from training.dataset.crop_bank import SIDE, CropBank
from training.dataset.crops import CROP_SCALE, cut_square
from training.dataset.pixel_cache import read_rgb
from training.errors import BrokenCheckpoint, DataMissing
from training.evaluation.conditions import DEGRADED, conditions


def bank(*, synthetic: bool = True) -> CropBank:
    """Seven grey squares, each of its own brightness."""
    shades = np.arange(20, 160, 20, dtype=np.uint8)
    return CropBank(
        images=np.broadcast_to(shades[:, None, None, None], (7, SIDE, SIDE, 3)).copy(),
        labels=np.asarray([0, 1, 2, 0, 1, 2, -1]),
        sources=np.asarray(["portraits", "pasted", "pasted", "ilc2021", "ilc2021", "kaggle853", "kaggle853"]),
        synthetic=np.asarray([False, synthetic, synthetic, False, False, False, False]),
    )


SHADES_OF_SOURCE = np.asarray([0.36, 0.2, 0.44, 0, 0, 0, 0])  # the chances that the source's own classes have


def pool(shade: int) -> Pool:
    return Pool(images=np.full((3, SIDE, SIDE, 3), shade, np.uint8), chances=np.full(3, 1 / 3))


def domains() -> Domains:
    return Domains(source=synthetic_source(bank()), targets=(pool(240),))


def test_a_synthetic_source_holds_pasted_masks_and_bare_faces_from_elsewhere() -> None:
    assert synthetic_source(bank()).labels.tolist() == [0, 1, 2, -1, -1, -1, -1]


def test_masks_on_faces_of_the_target_are_no_source() -> None:
    sources = np.asarray(["portraits", "pasted", "pasted", "ilc2021", "pasted", "pasted", "kaggle853"])
    synthetic = sources == "pasted"
    assert synthetic_source(replace(bank(), sources=sources, synthetic=synthetic)).labels.tolist() == [
        *(0, 1, 2),
        *(-1, -1, 2, -1),
    ]


def test_bare_faces_of_a_publisher_without_a_third_class_are_no_source() -> None:
    sources = np.asarray(["macwin498", "pasted", "pasted", "portraits", "ilc2021", "kaggle853", "kaggle853"])
    assert synthetic_source(replace(bank(), sources=sources)).labels.tolist() == [-1, 1, 2, 0, -1, -1, -1]


def test_a_bank_without_synthetic_masks_is_one_sentence() -> None:
    with pytest.raises(DataMissing, match="no synthetic face of the class mask_incorrect"):
        synthetic_source(bank(synthetic=False))


def draws(*, seed: int, targets: tuple[Pool, ...], count: int = 2) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    stream = DomainStream(synthetic_source(bank()), targets, size=48, batch=6, seed=seed)
    return [(b.source.numpy(), b.labels.numpy(), b.target.numpy()) for b in islice(stream, count)]


def test_one_seed_gives_the_same_source_crops_with_and_without_a_target() -> None:
    with_target, without = draws(seed=1, targets=(pool(240),)), draws(seed=1, targets=())
    for adapted, plain in zip(with_target, without, strict=True):
        assert (adapted[0] == plain[0]).all()
        assert (adapted[1] == plain[1]).all()
        assert adapted[2].shape == (6, 48, 48, 3)
        assert plain[2].shape == (0, 48, 48, 3)
    assert (with_target[0][0] != draws(seed=2, targets=())[0][0]).any()


def test_one_seed_gives_the_same_target_crops() -> None:
    first, again, other = (draws(seed=seed, targets=(pool(240),))[1][2] for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_target_crops_come_from_every_pool_by_its_chances() -> None:
    never = Pool(images=np.full((3, SIDE, SIDE, 3), 128, np.uint8), chances=np.zeros(3))
    crops = np.concatenate([draw[2] for draw in draws(seed=3, targets=(pool(0), never, pool(255)), count=8)])
    shades = np.median(crops.reshape(len(crops), -1), axis=1)
    assert (shades < 60).any()
    assert (shades > 150).any()


@pytest.fixture
def data(coco_folder: Path) -> Path:
    """A data folder with one crowd of six large faces, one small one and one ignored head."""
    crowd = coco_folder.parent / "crowds"
    (crowd / "images").mkdir(parents=True)
    cv2.imwrite(str(crowd / "images" / "c.png"), np.full((64, 400, 3), 90, np.uint8))
    boxes = [[10 + 50 * place, 10, 30, 40] for place in range(6)] + [[350, 10, 10, 12]]
    rows = [{"id": i, "image_id": 1, "category_id": 4, "bbox": box, "iscrowd": 0} for i, box in enumerate(boxes)]
    rows.append({"id": 9, "image_id": 1, "category_id": 4, "bbox": [300, 0, 40, 60], "iscrowd": 1})
    document = {"images": [{"id": 1, "file_name": "c.png", "width": 400, "height": 64}], "annotations": rows}
    (crowd / "pseudo.json").write_text(json.dumps(document))
    return coco_folder.parent


def test_the_target_is_street_faces_without_labels_and_a_few_faces_of_each_crowd(data: Path) -> None:
    street, crowd = open_targets(data, data / "cache", bank())
    assert np.flatnonzero(street.chances).tolist() == [3, 4, 5], "neither other sources nor what the bank set aside"
    assert crowd.images.shape == (FACES_PER_PICTURE, SIDE, SIDE, 3)
    assert street.chances.sum() + crowd.chances.sum() == pytest.approx(1)


def test_a_crowd_is_cut_once(data: Path) -> None:
    first = np.array(open_crowd(data, data / "cache"))
    (data / "crowds" / "images" / "c.png").unlink()
    assert (open_crowd(data, data / "cache") == first).all()


def test_a_crowd_with_other_labels_is_cut_anew(data: Path) -> None:
    assert len(open_crowd(data, data / "cache")) == FACES_PER_PICTURE
    path = data / "crowds" / "pseudo.json"
    document = json.loads(path.read_text())
    document["annotations"] = document["annotations"][:2]
    path.write_text(json.dumps(document))
    assert len(open_crowd(data, data / "cache")) == 2


def test_a_crowd_of_small_faces_is_one_sentence(data: Path) -> None:
    path = data / "crowds" / "pseudo.json"
    document = json.loads(path.read_text())
    document["annotations"] = document["annotations"][6:7]
    path.write_text(json.dumps(document))
    with pytest.raises(DataMissing, match="no face of 20 px"):
        open_crowd(data, data / "cache")


def network() -> AdaptedClassifier:
    torch.manual_seed(0)
    return AdaptedClassifier(EfficientNet(3)).eval()


@pytest.fixture
def few_and_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Domains in memory and a start without ImageNet: the loop is what is looked at."""
    monkeypatch.setattr(adaptation, "open_domains", lambda *_, **__: domains())
    monkeypatch.setattr(adaptation, "load_imagenet", lambda *_: None)


def order(folder: Path, *, steps: int, strength: float = 1.0) -> AdaptationRun:
    return AdaptationRun(
        data=folder, cache=folder, folder=folder / "run", steps=steps, strength=strength, size=32, batch=2, workers=0
    )


@pytest.mark.usefixtures("few_and_small")
def test_a_run_ends_after_its_steps_and_a_longer_one_goes_on(tmp_path: Path) -> None:
    assert adapt_classifier(order(tmp_path, steps=2)).steps == 2
    assert adapt_classifier(order(tmp_path, steps=2)).steps == 2, "nothing is left to do"
    longer = adapt_classifier(order(tmp_path, steps=3))
    assert longer.steps == 3
    assert longer.minutes > 0


@pytest.mark.usefixtures("few_and_small")
@pytest.mark.parametrize(("strength", "moves"), [(1.0, True), (0.0, False)])
def test_the_discriminator_learns_only_where_the_classifier_is_adapted(
    tmp_path: Path, strength: float, moves: bool
) -> None:
    run = order(tmp_path, steps=2, strength=strength)
    trained = adapt_classifier(run).network.discriminator.layers[1].bias
    torch.manual_seed(run.seed)
    untouched = AdaptedClassifier(EfficientNet(3)).discriminator.layers[1].bias
    assert torch.allclose(trained, untouched) is not moves


@pytest.mark.usefixtures("few_and_small")
def test_the_classifier_alone_can_be_exported(tmp_path: Path) -> None:
    done = adapt_classifier(order(tmp_path, steps=1))
    exported = EfficientNet(3)
    load_classifier(exported, tmp_path / "run" / "classifier" / "last.pt")
    assert torch.equal(exported.classifier.weight, done.network.classifier.classifier.weight)


@pytest.mark.usefixtures("few_and_small")
def test_a_trained_classifier_can_be_the_start(tmp_path: Path) -> None:
    adapt_classifier(order(tmp_path / "first", steps=1))
    start = tmp_path / "first" / "run" / "classifier" / "last.pt"
    network = EfficientNet(3)
    load_classifier(network, start)
    second = replace(order(tmp_path / "second", steps=1), start=start, peak_rate=0.0)
    assert torch.equal(adapt_classifier(second).network.classifier.stem.weight, network.stem.weight)


def test_a_start_of_another_network_is_one_sentence(tmp_path: Path) -> None:
    torch.save({"average": {"weight": torch.zeros(1)}}, tmp_path / "last.pt")
    with pytest.raises(BrokenCheckpoint, match="belongs to another network"):
        load_classifier(EfficientNet(3), tmp_path / "last.pt")


def test_a_probe_tells_distant_features_apart_and_guesses_at_equal_ones() -> None:
    random = np.random.default_rng(0)
    first, second = random.normal(size=(2, 400, 16)).astype(np.float32)
    assert linear_probe(first, second + 1) > 0.95
    assert linear_probe(first, second) == pytest.approx(0.5, abs=0.12)


class Brightness(nn.Module):
    """Features that are a crop's mean colours, and a discriminator of bright from dark."""

    def __init__(self) -> None:
        super().__init__()
        self.classifier, self.scale = self, nn.Parameter(torch.ones(1))

    def features(self, crops: torch.Tensor) -> torch.Tensor:
        return crops.mean(dim=(2, 3)) * self.scale

    def discriminator(self, features: torch.Tensor) -> torch.Tensor:
        return features.mean(dim=1) - 1.0


def test_domains_are_told_apart_by_what_the_features_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.classifier.judgement.PROBED", 2)
    first, again = (probe_domains(Brightness(), domains(), size=32) for _ in range(2))  # type: ignore[arg-type]
    assert first == again, "the probe draws the same crops for every network"
    assert first["linear_probe"] > 0.8
    assert first["discriminator"] > 0.8
    same = Domains(source=synthetic_source(bank()), targets=(Pool(images=bank().images, chances=SHADES_OF_SOURCE),))
    assert probe_domains(Brightness(), same, size=32)["linear_probe"] < 0.7  # type: ignore[arg-type]


def test_held_out_faces_are_judged_as_they_are_and_degraded(data: Path) -> None:
    report = judge(network().classifier, data / "masks" / "train.json", size=32)
    assert set(report) == {"originals", "degraded"}
    for part in report.values():
        assert part["all"]["accuracy"]["of"] == 1
        assert part["sources"]["drawn"]["accuracy"] == part["all"]["accuracy"]
        assert part["right"] == [int(part["all"]["accuracy"]["share"])]


def test_degraded_faces_are_the_same_in_every_run_and_not_the_originals(data: Path) -> None:
    first, again = (cut_held_out(data / "masks" / "train.json", size=32, degraded=True) for _ in range(2))
    plain = cut_held_out(data / "masks" / "train.json", size=32, degraded=False)
    assert (first.crops == again.crops).all()
    assert (first.crops != plain.crops).any()
    assert first.labels.tolist() == plain.labels.tolist() == [2]


def test_a_run_is_judged_on_the_degraded_copies_that_evaluate_shows(data: Path) -> None:
    labels = data / "masks" / "train.json"
    shown = conditions(degraded=True)[DEGRADED]
    (picture, _) = load_coco(labels)
    assert shown is not None
    expected = cut_square(shown(read_rgb(picture.path)), picture.boxes[0], scale=CROP_SCALE, size=32)
    assert (cut_held_out(labels, size=32, degraded=True).crops[0] == expected).all()


def test_a_label_file_without_faces_is_one_sentence(data: Path) -> None:
    with pytest.raises(DataMissing, match="labels no face of 24 px"):
        cut_held_out(data / "crowds" / "pseudo.json", size=32, degraded=False)


def test_classes_are_called_in_order() -> None:
    crops = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3)).astype(np.uint8)
    classifier = network().classifier
    assert (call(classifier, crops)[::-1] == call(classifier, np.ascontiguousarray(crops[::-1]))).all()


def test_missing_data_is_one_sentence_before_anything_is_trained(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["train", "adapt", "--data", str(tmp_path / "none"), "--run", str(tmp_path / "r")])
    assert isinstance(result.exception, DataMissing)
    assert "--data" in str(result.exception)
    assert not (tmp_path / "r").exists()


@pytest.mark.usefixtures("few_and_small")
def test_the_discriminator_learns_at_a_multiple_of_the_rate(tmp_path: Path) -> None:
    adapt_classifier(order(tmp_path, steps=1))
    groups = torch.load(tmp_path / "run" / "last.pt", weights_only=True)["optimizer"]["param_groups"]
    assert [group.get("rate_scale", 1.0) for group in groups] == [1.0, 1.0, FRESH_RATE, FRESH_RATE]
    assert groups[2]["lr"] == pytest.approx(FRESH_RATE * groups[0]["lr"])
