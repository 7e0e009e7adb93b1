"""What is said of the packages that we depend on."""

from __future__ import annotations

from dependencies import closed_licences, known_holes, loose_pins


def test_a_version_that_is_not_pinned_is_told() -> None:
    assert loose_pins("httpx==0.28.1\nhttpcore==1.0.9\n", '"httpx==0.28.1",\n"maskwatch[all]",\n') == []
    assert loose_pins("httpx>=0.28\n", "") == ["constraints.txt: 'httpx>=0.28' is no name==version"]
    assert loose_pins("fastapi_offline==1.7.7\n", '    "fastapi-offline==1.7.6",\n') == [
        "pyproject.toml: fastapi-offline==1.7.6 is not what constraints.txt pins"
    ]


def test_a_licence_that_binds_us_is_told() -> None:
    licences = {"a": "MIT", "b": "GNU Affero General Public License v3", "c": "GPL-3.0-only", "d": "AGPL-3.0"}
    assert closed_licences(licences, "abcd") == [
        "b: its licence is GNU Affero General Public License v3",
        "c: its licence is GPL-3.0-only",
        "d: its licence is AGPL-3.0",
    ]
    assert closed_licences({"psycopg2-binary": "LGPL"}, ["psycopg2-binary"]) == []


def test_an_advisory_is_told_and_a_package_nobody_knows_is_not_counted() -> None:
    report = {
        "dependencies": [
            {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]},
            {"name": "b", "version": "2", "vulns": []},
            {"name": "c", "skip_reason": "not found"},
        ]
    }
    assert known_holes(report) == (["a 1: PYSEC-1, mended in 1.1"], 2)
