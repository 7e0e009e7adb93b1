"""What we depend on: every version is pinned, licences let us pass it on, and no known hole is in it.

    python deploy/dev/dependencies.py    # part of `make check`

Advisories come from PyPI, by pip-audit. Where PyPI's own service does not answer (no Internet, a mirror without it),
nothing can be known of holes: that is said, and is no failure. CI should have it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[0-9][A-Za-z0-9.!+]*")
REQUIREMENT = re.compile(r'^\s*"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?([^"\s]*)"', re.MULTILINE)
COPYLEFT = re.compile(r"\bA?GPL|General Public|SSPL|Commons Clause|proprietary", re.IGNORECASE)
# Used as it is, through its own interface, which the LGPL allows; it is not part of what we pass on.
EXCEPTIONS = {"psycopg2-binary"}
AUDIT_SECONDS = 300


def loose_pins(constraints: str, project: str) -> list[str]:
    """A sentence for each line of constraints.txt that names no version, and each requirement that differs from it."""
    lines = [line.strip() for line in constraints.splitlines() if line.strip() and not line.startswith("#")]
    found = [f"constraints.txt: {line!r} is no name==version" for line in lines if not PIN.fullmatch(line)]
    pinned = {canonical(name): version for name, _, version in (line.partition("==") for line in lines)}
    for name, version in REQUIREMENT.findall(project):
        if version and canonical(name) in pinned and version != f"=={pinned[canonical(name)]}":
            found.append(f"pyproject.toml: {name}{version} is not what constraints.txt pins")
    return found


def closed_licences(licences: Mapping[str, str], names: Iterable[str]) -> list[str]:
    """A sentence for each of these packages that asks more of us than to be named; `licences`: by canonical name."""
    return [
        f"{name}: its licence is {licences[name]}"
        for name in sorted(set(names) - EXCEPTIONS)
        if COPYLEFT.search(licences.get(name, ""))
    ]


def known_holes(report: Mapping[str, Any]) -> tuple[list[str], int]:
    """A sentence for each advisory in pip-audit's report, and how many packages it could ask about."""
    asked = [one for one in report["dependencies"] if "skip_reason" not in one]
    holes = [
        f"{one['name']} {one['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for one in asked
        for hole in one["vulns"]
    ]
    return holes, len(asked)


def canonical(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _licences() -> dict[str, str]:
    return {canonical(one.metadata["Name"]): " ".join(_said(one)) for one in distributions()}


def _said(one: Distribution) -> Iterator[str]:
    meta = one.metadata
    if meta.get("License-Expression"):
        yield meta["License-Expression"]
        return
    classified = [line.rpartition("::")[2] for line in meta.get_all("Classifier", []) if line.startswith("License ::")]
    yield from classified or [(meta.get("License") or "").partition("\n")[0]]


def _audit(requirements: Iterable[str]) -> Mapping[str, Any]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "requirements.txt"
        file.write_text("\n".join(requirements), encoding="utf-8")
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(file), "--no-deps", "--disable-pip"]
        done = subprocess.run(
            [*command, "--format", "json", "--progress-spinner", "off"],
            capture_output=True, text=True, timeout=AUDIT_SECONDS, check=False,
        )  # fmt: skip
    try:
        report: Mapping[str, Any] = json.loads(done.stdout)
    except ValueError:
        return {"dependencies": []}  # it could not even begin: no network
    return report


def main() -> int:
    """Print what is wrong; 1 if anything is."""
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pins = constraints.split()
    names = [canonical(pin.partition("==")[0]) for pin in pins]
    wrong = loose_pins(constraints, (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wrong += closed_licences(_licences(), names)
    if known_holes(_audit(pins[:1]))[1]:
        holes, asked = known_holes(_audit(pins))
        wrong += holes
        print(f"dependencies: {len(pins)} pinned; advisories were looked up for {asked} of them")
    else:
        print(f"dependencies: {len(pins)} pinned; PyPI's advisories cannot be reached from here: NOT LOOKED UP")
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
