"""What is wrong with a video, in one sentence."""

from __future__ import annotations

from model_api.moderation.index import VideoIndex

MISSING_SHARE = 0.05  # of the claimed length that may be missing: headers round, and count the sound too
MISSING_SECONDS = 1.0


def is_truncated(index: VideoIndex) -> bool:
    """Whether it breaks off: reading failed, or less is there than the file claims."""
    claimed = index.claimed_seconds or 0.0
    return index.is_damaged or claimed - index.seconds > max(MISSING_SECONDS, MISSING_SHARE * claimed)


def describe_damage(index: VideoIndex, *, frames: int) -> str | None:
    """A sentence, None for a sound video; `frames`: how many could not be looked at."""
    sentences = []
    if is_truncated(index):
        claimed = f" of the {index.claimed_seconds:.1f} seconds it claims" if index.claimed_seconds else " seconds"
        sentences.append(f"the video breaks off after {index.seconds:.1f}{claimed}")
    if frames:
        sentences.append(f"{frames} of its frames could not be looked at")
    return "; ".join(sentences) or None
