"""`maskwatch fit`: the rules from what a mask leaves free to how it is worn, and what they are worth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from common.runtime.logs import configure_logging
from common.settings import Settings, load_settings
from maskwatch.cli.output import AsJson, print_one, print_rows

fit_app = typer.Typer(help="How masks fit: the rules, and what they are worth.", no_args_is_help=True)

RulesOption = Annotated[
    Path | None, typer.Option("--rules", help="A copy of the rules; without one, those the settings name.")
]
COLUMNS = ("by", "accuracy", "balanced", "no_mask", "mask_incorrect", "mask_correct", "uncertain", "when_certain")


@fit_app.command("rules")
def show_rules(rules: RulesOption = None, as_json: AsJson = False) -> None:
    """Check the rules and show them."""
    from model_api.fit_rules import load_fit_rules
    from model_api.regions import Part

    read = load_fit_rules(rules or load_settings().fit_rules)
    rows = [
        {**rule.model_dump(mode="json"), "uncovered": [part.value for part in Part if part in rule.uncovered]}
        for rule in read.rules
    ]
    if as_json:
        print_one({**read.model_dump(mode="json"), "rules": rows}, as_json=True)
        return
    print_rows(rows, columns=("uncovered", "mask_seen", "worn"), as_json=False, empty="no rules")


@fit_app.command("trial")
def try_rules(
    labels: Annotated[Path, typer.Argument(help="A COCO label file, such as masks/val.json.")],
    rules: RulesOption = None,
    limit: Annotated[int | None, typer.Option(min=1, help="About so many of its pictures, evenly chosen.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the rules alone, the classifier alone and both on labelled pictures, as served."""
    chosen = {"fit_rules": rules} if rules else {}
    settings = load_settings(**chosen)
    configure_logging(form=settings.log_format, level="WARNING", service="fit")
    figures = _tried(settings, labels, limit)
    if as_json:
        print_one(figures, as_json=True)
        return
    rows = [_row(by, figures[by]) for by in ("rules", "classifier", "both")]
    print_rows(rows, columns=COLUMNS, as_json=False, empty="nothing was judged")
    print(f"{figures['judged']} faces; rules and classifier agree on {figures['agreement']:.1%}")


def _tried(settings: Settings, labels: Path, limit: int | None) -> dict[str, Any]:
    from training.commands.shared import training_packages

    with training_packages():
        from maskwatch.fit_trial import FitTrial, trial_figures
        from training.dataset.coco import load_coco
    pictures = load_coco(labels)
    trial = FitTrial(settings)
    step = max(1, len(pictures) // limit) if limit else 1
    return trial_figures(list(trial.look(pictures[::step])), trial.rules, uncertain_below=trial.uncertain_below)


def _row(by: str, figures: dict[str, Any]) -> dict[str, Any]:
    certain = figures.get("when_certain")
    return {
        "by": by,
        "accuracy": figures["accuracy"]["share"],
        "balanced": figures["balanced_accuracy"],
        **{name: recall["share"] for name, recall in figures["recall"].items()},
        "uncertain": figures.get("uncertain_share"),
        "when_certain": certain["accuracy"]["share"] if certain else None,
    }
