"""`maskwatch bench grabber` on a small stream: every contender takes its shots, and a fleet's slots add up."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import simplejpeg
from bench.grabber import bench
from bench.grabber.clips import CLIPS, clip_named, encode
from bench.grabber.limits import limited_to
from bench.grabber.recording import PacedListener, payloads_hevc, read_recording
from bench.grabber.simulated import serving
from bench.grabber.snapshots import WARM, Contender

from common.domain.camera import Camera
from common.errors import InvalidInput, Unavailable
from common.settings import Settings
from grabber.sources.open import open_source
from grabber.sources.source import Reading
from maskwatch.benchmarks.options import BenchOptions

QUICK = BenchOptions(settings=Settings(), is_quick=True)

if shutil.which("ffmpeg") is None:
    pytest.skip("ffmpeg is not installed", allow_module_level=True)


@pytest.fixture(scope="module", params=["gop1", "h265"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def clip_path(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return encode(clip_named(kind, QUICK), tmp_path_factory.mktemp("clip") / "clip")


def test_a_served_clip_is_the_stream_that_it_says(kind: str, clip_path: Path) -> None:
    clip = clip_named(kind, QUICK)
    reading = Reading()
    with serving(clip, clip_path, copies=2) as urls:
        for url in urls:
            camera = Camera(id="cam", name="Door", url=url, created_at=datetime.now(UTC))
            with open_source(camera, reading) as source:
                due = reading.clock() + timedelta(seconds=clip.keyframe_seconds + 1)
                picture = source.shot(due, stop=threading.Event())
                assert (source.codec, source.fps) == (clip.codec, clip.fps)
                assert picture is not None
                assert not picture.is_corrupt
                assert simplejpeg.decode_jpeg_header(picture.jpeg)[:2] == (clip.height, clip.width)


def test_a_recording_goes_on_in_time_after_its_last_picture(kind: str, clip_path: Path) -> None:
    clip = clip_named(kind, QUICK)
    recording = read_recording(clip_path, codec=clip.codec, fps=clip.fps)
    count = len(recording.units)
    assert count == clip.fps * clip.seconds
    starts = [number for number, unit in enumerate(recording.units) if unit.is_start]
    assert starts == list(range(0, count, clip.fps * clip.keyframe_seconds))
    assert recording.at(count).payloads == recording.at(0).payloads
    assert recording.at(count).timestamp == 90_000 * clip.seconds


def test_a_client_far_behind_goes_on_with_the_present(clip_path: Path, kind: str) -> None:
    recording = read_recording(clip_path, codec=clip_named(kind, QUICK).codec, fps=15)
    listener = PacedListener(recording, began=0.0)  # long before now
    first, second = listener.next(5), listener.next(5)
    assert first is not None
    assert second is not None
    assert second.timestamp - first.timestamp == 90_000 / 15


def test_fragments_of_h265_hold_the_whole_unit() -> None:
    nal = bytes((0x26, 0x01)) + bytes(range(256)) * 20  # an IDR picture
    parts = list(payloads_hevc(nal, limit=1000))
    assert len(parts) > 5
    assert {(part[0] >> 1) & 0x3F for part in parts} == {49}
    assert [(part[2] & 0x80 != 0, part[2] & 0x40 != 0) for part in (parts[0], parts[1], parts[-1])] == [
        (True, False), (False, False), (False, True),
    ]  # fmt: skip
    assert {part[2] & 0x3F for part in parts} == {(nal[0] >> 1) & 0x3F}
    assert nal[2:] == b"".join(part[3:] for part in parts)
    assert list(payloads_hevc(nal, limit=10_000)) == [nal]


def test_every_contender_watches_and_who_is_measured_took_all_shots() -> None:
    report = bench(replace(QUICK, sections=("gop1",)))
    assert [figure.name for figure in report.figures] == [
        "snapshot.gop1.maskwatch", "snapshot.gop1.opencv", "snapshot.gop1.ffmpeg", "snapshot.gop1.ffmpeg_keyframes",
    ]  # fmt: skip
    measured = [figure for figure in report.figures if figure.value is not None]
    assert measured, report.figures
    assert all(figure.value > 0 and "mean of 3 shots" in figure.how for figure in measured if figure.value is not None)
    # On a machine as busy as that, who missed shots has no figure.
    assert all("of 3 shots" in figure.how for figure in report.figures if figure not in measured)


def test_a_contender_s_cost_is_its_processor_time_from_shot_to_shot(tmp_path: Path) -> None:
    burn = """
import sys, time
for word in sys.stdin:
    while time.process_time() < float(word):
        pass
    print(flush=True)
"""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", burn], **pipes) as process:  # type: ignore[call-overload]
        contender = Contender(name="burner", process=process, folder=tmp_path)
        for shot in range(WARM + 2):
            process.stdin.write(f"{1 + 0.2 * shot}\n".encode())
            process.stdin.flush()
            process.stdout.readline()
            (tmp_path / f"{shot}.jpg").touch()
            contender.look()
        (tmp_path / "9.skipped-late").touch()
        contender.note_others()
        process.stdin.close()
    assert contender.shots == 2
    assert contender.milliseconds == pytest.approx(200, rel=0.1)  # processor time: however busy the machine is
    assert contender.others == "1 skipped-late"


def test_every_slot_of_the_fleet_is_accounted_for() -> None:
    cores, late, not_taken = bench(replace(QUICK, sections=("cameras",))).figures
    assert cores.value is not None
    assert cores.value > 0
    assert late.value is not None
    assert late.value > 0
    assert not_taken.value is not None
    # Three cameras, 10 s, a slot each 5 s: all are told of, whatever became of them on this machine.
    due = re.match(r"of (\d+) due: ", not_taken.how)
    assert due is not None
    assert int(due.group(1)) >= 6
    assert "lost" not in not_taken.how


@pytest.fixture
def limit() -> Iterator[tuple[str, ...]]:
    with ExitStack() as stack:
        try:
            yield stack.enter_context(limited_to(0.2))
        except Unavailable as exc:
            pytest.skip(str(exc))


def test_a_limit_is_the_kernels(limit: tuple[str, ...]) -> None:
    burn = "import time\nwhile time.process_time() < 0.4: pass"
    subprocess.run([*limit, sys.executable, "-c", burn], check=True)
    figures = dict(line.split() for line in (Path(limit[-1]).parent / "cpu.stat").read_text().splitlines())
    assert int(figures["nr_throttled"]) > 0


def test_an_unknown_part_names_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match=r"nothing.*gop2.*cameras"):
        bench(replace(QUICK, sections=("nothing",)))


def test_the_usual_clip_is_what_the_goal_is_about() -> None:
    usual = CLIPS["gop2"]
    assert (usual.codec, usual.width, usual.height, usual.fps) == ("h264", 1920, 1080, 15)
    assert usual.bits_per_second == 4_000_000
    assert all(clip.seconds % clip.keyframe_seconds == 0 for clip in CLIPS.values())
