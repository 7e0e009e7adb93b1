"""`maskwatch bench tiles`: what `tiles=auto` wins on small faces, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence

from bench.tiles.measure import Outcome, measure
from bench.tiles.scenes import SETS, find_scenes
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Figure, Report, Table
from model_api.engines import open_engine
from model_api.engines.choose import choose
from model_api.face_detector import FaceDetector
from model_api.load import DETECTORS
from model_api.repository import PACKAGED, ModelRepository
from training.evaluation.finding import SIZES

QUICK_LIMIT = 4
COLUMNS = (
    "variant",
    "scenes",
    "tiles",
    "looks",
    "s a scene",
    f"faces {', '.join(SIZES)} px",
    *(f"AP50 {size} px" for size in SIZES),
    *(f"recall {size} px" for size in SIZES),
    "wrong boxes a scene",
)


def bench(options: BenchOptions) -> Report:
    """Both variants, with tiles and without, on every set of labelled pictures that is there."""
    repository = ModelRepository(options.settings.models or PACKAGED)
    choice = choose(options.settings.engine, options.settings.device)
    limit = QUICK_LIMIT if options.is_quick else options.limit
    models, outcomes = [], []
    for variant, name in DETECTORS.items():
        if not options.takes(variant):
            continue
        model = repository.load(name)
        engine = open_engine(model.path, choice=choice, threads=options.settings.threads)
        detector = FaceDetector(model=model, engine=engine)
        models.append(model.id)
        for each in SETS:
            scenes = find_scenes(options.data, each, input_size=model.description.input_size, limit=limit)
            if scenes:
                options.say(f"tiles: {variant}, {len(scenes)} {each.name} …")
                outcomes += measure(detector, scenes, variant=variant, key=each.key, name=f"{len(scenes)} {each.name}")
    return Report(name="tiles", figures=_figures(outcomes), tables=(_table(outcomes),), models=tuple(models))


def _figures(outcomes: Sequence[Outcome]) -> tuple[Figure, ...]:
    if not outcomes:
        return (Figure(name="tiles", value=None, unit="", how="no labelled pictures here that are large enough"),)
    return tuple(
        Figure(
            name=f"tiles.{outcome.variant}.{outcome.tiles}.{outcome.key}.ap50",
            value=outcome.all_sizes.ap50,
            unit="AP50",
            how=f"faces from 12 px in {outcome.scenes}; recall {outcome.all_sizes.recall:.3f} of "
            f"{outcome.all_sizes.faces} at the served score",
        )
        for outcome in outcomes
    )


def _table(outcomes: Sequence[Outcome]) -> Table:
    return Table(title="Faces by size, and what it costs", columns=COLUMNS, rows=tuple(map(_row, outcomes)))


def _row(outcome: Outcome) -> tuple[str | float, ...]:
    sizes = outcome.by_size.values()
    return (
        outcome.variant,
        outcome.scenes,
        outcome.tiles,
        outcome.looks,
        outcome.seconds,
        ", ".join(str(found.faces) for found in sizes),
        *(found.ap50 for found in sizes),
        *(found.recall for found in sizes),
        outcome.wrong,
    )
