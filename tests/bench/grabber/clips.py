"""The streams that are measured, each encoded once: a moving picture with a sensor's noise, at a constant bit rate."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from common.errors import NotFound, Unavailable
from maskwatch.benchmarks.options import BenchOptions

NOISE = "noise=alls=12:allf=t"  # without it an encoder finds no use for so many bits
CODECS = {
    "h264": ("-c:v", "libx264", "-preset", "veryfast", "-sc_threshold", "0"),
    "hevc": ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error:open-gop=0:scenecut=0"),
}


@dataclass(frozen=True, kw_only=True)
class Clip:
    """What a camera sends, again and again."""

    codec: str = "h264"  # or hevc
    width: int = 1920
    height: int = 1080
    fps: int = 15
    keyframe_seconds: int = 2
    seconds: int = 20  # a multiple of `keyframe_seconds`
    bits_per_second: int = 4_000_000

    def __str__(self) -> str:
        megabits = self.bits_per_second / 1e6
        return (
            f"{self.codec} {self.width}x{self.height}, {self.fps} pictures/s, {megabits:g} Mbit/s, "
            f"a keyframe every {self.keyframe_seconds} s"
        )


CLIPS = {
    "gop2": Clip(),
    "gop1": Clip(keyframe_seconds=1),
    "gop10": Clip(keyframe_seconds=10),
    "fps25": Clip(fps=25),
    "h265": Clip(codec="hevc"),
}
USUAL = "gop2"


def clip_named(name: str, options: BenchOptions) -> Clip:
    """The clip; a quick run takes a small and short one of the same kind."""
    clip = CLIPS[name]
    return replace(clip, width=640, height=360, seconds=10, bits_per_second=500_000) if options.is_quick else clip


def encode(clip: Clip, path: Path) -> Path:
    """Write it as a plain byte stream. Raises NotFound without ffmpeg, Unavailable when ffmpeg cannot."""
    picture = f"testsrc2=size={clip.width}x{clip.height}:rate={clip.fps}:duration={clip.seconds},{NOISE},format=yuv420p"
    rate, every = str(clip.bits_per_second), str(clip.fps * clip.keyframe_seconds)
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", picture, *CODECS[clip.codec]]
    command += ["-bf", "0", "-g", every, "-keyint_min", every]  # cameras send no B-frames
    command += ["-b:v", rate, "-maxrate", rate, "-bufsize", rate, "-f", clip.codec, str(path)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except FileNotFoundError as exc:
        raise NotFound("this benchmark needs ffmpeg (apt-get install ffmpeg)") from exc
    except subprocess.CalledProcessError as exc:
        raise Unavailable(f"ffmpeg cannot encode {clip}: {exc.stderr.strip()}") from exc
    return path
