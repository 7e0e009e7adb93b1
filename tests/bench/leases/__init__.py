"""`maskwatch bench leases`: sharing 10,000 cameras among 200 grabbers, simulated on a clock of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from bench.leases.fairness import Change, by_hash_alone, draw_costs, in_equal_numbers, try_changes, worst_load
from bench.leases.outages import Episode, play
from bench.timing import median
from grabber.service import TICK_SECONDS
from grabber.sharing import Sharing, assign
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Figure, Report, Table, at_least, below

CAMERAS, REPLICAS, TRIALS = 10_000, 200, 20
QUICK_CAMERAS, QUICK_REPLICAS, QUICK_TRIALS = 400, 20, 3
SEED = 1
RECOVERY_SECONDS = 10.0  # promised: a camera of a grabber that died is served again within
TICKS = 50  # of which the median is reported


def bench(options: BenchOptions) -> Report:
    """Balance, what a change moves, how long cameras are unattended, and what it costs a grabber."""
    cameras, replicas = (QUICK_CAMERAS, QUICK_REPLICAS) if options.is_quick else (CAMERAS, REPLICAS)
    costs = draw_costs(cameras, SEED)
    names = [f"grabber-{number}" for number in range(replicas)]
    figures: list[Figure] = []
    tables: list[Table] = []
    if options.takes("balance"):
        options.say(f"leases: balance of {cameras} cameras on {replicas} grabbers …")
        figures += _balance(costs, names)
        figures += _pace(costs, names)
    if options.takes("moves"):
        options.say("leases: what a change moves …")
        trials = QUICK_TRIALS if options.is_quick else TRIALS
        tables.append(_moves(try_changes(costs, names, trials=trials, seed=SEED), trials))
    if options.takes("recovery"):
        options.say("leases: grabbers die, stop and start …")
        episodes = play(costs, replicas=replicas, seed=SEED)
        figures += _recoveries(episodes)
        tables.append(_episodes(episodes))
    return Report(name="leases", figures=tuple(figures), tables=tuple(tables))


def _balance(costs: Mapping[str, int], names: Sequence[str]) -> list[Figure]:
    costliest = max(costs.values()) * len(names) / sum(costs.values())
    promised = 1.155 + costliest
    how = f"CPU of the busiest of {len(names)} grabbers by the mean; {len(costs)} cameras, one in ten costs 4 times"
    owners = assign(costs, names)
    return [
        Figure(name="balance", value=worst_load(costs, owners, names), unit="of mean", how=how, goal=below(promised)),
        Figure(
            name="balance.equal_numbers",
            value=worst_load(costs, in_equal_numbers(costs, names), names),
            unit="of mean",
            how="the same bound on the number of cameras",
        ),
        Figure(
            name="balance.hash_alone",
            value=worst_load(costs, by_hash_alone(costs, names), names),
            unit="of mean",
            how="rendezvous hashing without a bound",
        ),
    ]


def _pace(costs: Mapping[str, int], names: Sequence[str]) -> list[Figure]:
    """Processor time of one grabber."""
    sharing = Sharing(names[0])
    changed = _milliseconds(lambda turn: sharing.share(costs, members=names[: len(names) - turn % 2]))
    same = _milliseconds(lambda _: sharing.share(costs, members=names))
    how = f"CPU ms of one grabber, median of {TICKS}"
    return [
        Figure(name="tick.changed", value=changed, unit="ms", how=f"{how}; a member came or went", goal=below(200)),
        Figure(name="tick.same", value=same, unit="ms", how=f"{how}; nothing changed, every {TICK_SECONDS:g} s"),
    ]


def _milliseconds(work: Callable[[int], object]) -> float:
    spent = []
    for turn in range(TICKS):
        start = time.process_time()
        work(turn)
        spent.append(1000 * (time.process_time() - start))
    return median(spent)


def _moves(changes: Sequence[Change], trials: int) -> Table:
    return Table(
        title=f"Cameras that move at a change, {trials} trials each",
        columns=("change", "had to move, mean", "moved beside those, median", "at most"),
        rows=tuple((each.name, each.needed, each.moved, each.most_moved) for each in changes),
    )


def _recoveries(episodes: Sequence[Episode]) -> list[Figure]:
    how = "simulated seconds from the loss of a camera's grabber to the lease of the next, the slowest camera"
    return [
        Figure(
            name=f"recovery.{each.key}",
            value=max(each.gaps, default=0.0),
            unit="s",
            how=f"{how}; {each.name}",
            goal=below(RECOVERY_SECONDS),
        )
        for each in episodes
        if each.is_death
    ] + [
        Figure(
            name="attended",
            value=float(all(not each.unattended for each in episodes)),
            unit="1 = yes",
            how="after each episode every camera has a holder",
            goal=at_least(1),
        )
    ]


def _episodes(episodes: Sequence[Episode]) -> Table:
    return Table(
        title="A cluster's life",
        columns=(
            "what happened",
            "leases that changed hands",
            "unattended, median s",
            "unattended, most s",
            "acquire a second",
            "heartbeats and member lists a second",
        ),
        rows=tuple(
            (
                each.name,
                each.moves,
                median(each.gaps) if each.gaps else 0.0,
                max(each.gaps, default=0.0),
                each.acquires_a_second,
                each.meetings_a_second,
            )
            for each in episodes
        ),
    )
