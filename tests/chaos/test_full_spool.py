"""The store is away for so long that the spool fills: its bound is reached, or the disk itself is full."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from common.domain.shot import Outcome
from tests.chaos.camera_server import CameraServer
from tests.chaos.plant import GRABBERS, Plant
from tests.chaos.watch import Watch, watching

DISK_BYTES = 100_000  # about a dozen pictures
AWAY_SECONDS = 6.0  # 36 pictures
LATE = "grabber-late"  # the one grabber of these tests


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, with hardly any room."""
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    if subprocess.run(["mount", *options], capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def outage(plant: Plant, stills: CameraServer, folder: Path, **settings: str) -> Iterator[Watch]:
    """One grabber with its spool in `folder`, parted from the store for a while; served again when the block begins."""
    for name in GRABBERS:
        plant.stop(name)
    plant.spools.append(folder / "spool")
    plant.start(LATE, MASKWATCH_DATA=str(folder), **settings)
    try:
        names = ("door", "till", "yard")
        with watching(plant, {name: stills.url(name) for name in names}, interval_seconds=0.5) as watch:
            plant.servers.s3.cut()
            time.sleep(AWAY_SECONDS)
            plant.servers.s3.heal()
            watch.wait_until_served()
            yield watch
    finally:
        plant.stop(LATE)
        plant.spools.pop()


def test_over_its_bound_the_spool_drops_the_oldest_pictures_and_counts_them(
    plant: Plant, stills: CameraServer, tmp_path: Path
) -> None:
    stills.enlarged = 4
    with outage(plant, stills, tmp_path / "bounded", MASKWATCH_SPOOL_MEGABYTES="1") as watch:
        ledger = watch.settle()
    assert ledger.faults == []
    assert ledger.losses.keys() == {(Outcome.FAILED, "spool_full")}


def test_with_the_disk_full_what_cannot_be_kept_is_counted(
    plant: Plant, stills: CameraServer, small_disk: Path
) -> None:
    with outage(plant, stills, small_disk) as watch:
        ledger = watch.settle()
    assert ledger.faults == []
    assert ledger.losses.keys() == {(Outcome.FAILED, "spool_full")}
