"""Which frames of a video to look at, and which packets must be decoded for them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from model_api.moderation.index import VideoIndex

EARLY_SECONDS = 0.001  # time stamps are rounded: a frame that comes so much too early is the one meant


@dataclass(frozen=True, kw_only=True)
class Plan:
    """At most one frame per interval."""

    every_seconds: float  # between frames, as the limit on their number allows
    times: npt.NDArray[np.float64] = field(repr=False)  # [K] of the frames to look at, rising, as in the index
    packets: npt.NDArray[np.bool_] = field(repr=False)  # [N] to be decoded, of those in the index


def plan_frames(index: VideoIndex, *, every_seconds: float, most_frames: int) -> Plan:
    """The first frame in each interval; longer intervals when there would be more than `most_frames` of them.

    Where a keyframe lies in every interval, keyframes alone are taken: nothing else need be decoded. Otherwise a group
    of pictures is decoded as far as its last frame that is wanted.
    """
    every = max(every_seconds, index.seconds / most_frames)
    candidates = np.flatnonzero(_key_candidates(index, every))
    candidates = candidates[np.argsort(index.times[candidates], kind="stable")]
    times = index.times[candidates]
    due = np.arange(min(most_frames, int(index.seconds / every) + 1)) * every
    first = np.searchsorted(times, due - EARLY_SECONDS)
    chosen = np.unique(candidates[first[first < len(candidates)]])
    return Plan(every_seconds=every, times=np.sort(index.times[chosen]), packets=_needed(index, chosen))


def plan_one(index: VideoIndex, seconds: float) -> Plan:
    """The one frame shown at this time."""
    chosen = np.asarray([np.abs(index.times - seconds).argmin()])
    return Plan(every_seconds=index.seconds, times=index.times[chosen], packets=_needed(index, chosen))


def _key_candidates(index: VideoIndex, every: float) -> npt.NDArray[np.bool_]:
    keys = np.sort(index.times[index.keys])
    if np.diff(keys, append=index.seconds).max() <= every + EARLY_SECONDS:
        return index.keys
    # Shown before their keyframe, these lean on the group before it, whose end may be left out; and what comes before
    # the first keyframe of all leans on nothing.
    return index.times >= np.where(_groups(index) < 0, np.inf, index.times[_own_keys(index)])


def _groups(index: VideoIndex) -> npt.NDArray[np.int64]:
    """[N] which group of pictures each packet belongs to, from 0; -1 before the first keyframe."""
    return np.cumsum(index.keys) - 1


def _own_keys(index: VideoIndex) -> npt.NDArray[np.int64]:
    """[N] the packet that begins the group of each."""
    return np.flatnonzero(index.keys)[np.maximum(_groups(index), 0)]


def _needed(index: VideoIndex, chosen: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    groups = _groups(index)
    last = np.full(groups.max() + 1, -1)  # per group, its last packet that is chosen
    np.maximum.at(last, groups[chosen], chosen)
    return np.where(groups < 0, False, np.arange(len(groups)) <= last[np.maximum(groups, 0)])
