"""Prints the pinned requirements of pyproject.toml for the extras named: `requirements.py grabber distributed`.

An image installs them before the code is copied in, so that a change of code downloads nothing.
"""

import re
import sys
import tomllib
from pathlib import Path

PROJECT = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]


def requirements(extras: list[str]) -> list[str]:
    """Those of the project itself and of the extras."""
    found = list(PROJECT["dependencies"])
    for extra in extras:
        for requirement in PROJECT["optional-dependencies"][extra]:
            # An extra made of others: maskwatch[distributed,grabber].
            ours = re.fullmatch(r"maskwatch\[(.+)\]", requirement)
            found += requirements(ours.group(1).split(",")) if ours else [requirement]
    return sorted(set(found))


print("\n".join(requirements(sys.argv[1:])))
