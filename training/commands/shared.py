"""What the training commands share: options, printing, and the sentence for a missing package."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from training.errors import PackageMissing

DEFAULT_DATA = Path("../shared/data")
VALIDATION = Path("masks/val.json")
OUTLINED = Path("fit/eval")  # inside the data folder: faces whose every pixel is labelled
INSTALL = "in its checkout: pip install '.[training,model-api]'"

DataOption = Annotated[Path, typer.Option("--data", help="Folder with masks/, crowds/, crops/ and weights/.")]
CacheOption = Annotated[Path, typer.Option("--cache", help="Decoded pictures; some gigabytes, safe to delete.")]


@contextmanager
def training_packages() -> Iterator[None]:
    """Say which packages are missing in one sentence."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise PackageMissing(f"training needs the package {error.name}; install it with {INSTALL}") from error


def print_json(content: Any, output: Path | None = None) -> None:
    """Write indented JSON to stdout, or to a file."""
    text = json.dumps(content, indent=2)
    if output is None:
        typer.echo(text)
    else:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text + "\n")
