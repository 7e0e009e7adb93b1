"""What deploy/grafana and deploy/prometheus name is what the services export, and what the files mount is there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY, Metric

import common.metrics  # noqa: F401  # declares them

ROOT = Path(__file__).parents[3]
DASHBOARDS = sorted((ROOT / "deploy" / "grafana" / "dashboards").glob("*.json"))
PROMETHEUS = ROOT / "deploy" / "prometheus"
OF_PROMETHEUS = {"up": frozenset[str]()}  # made by it for each address
OF_EVERYTHING = {"job", "instance"}  # labels that it adds

_SAMPLES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
_NAME = re.compile(r"\b(?:maskwatch_|process_)\w+|\bup\b")
_LABELLED = re.compile(rf"({_NAME.pattern})\{{([^}}]*)\}}")
_GROUPED = re.compile(r"\bby \(([^)]*)\)")


def exported() -> dict[str, frozenset[str]]:
    """Every sample's name -> the labels it may carry."""
    known = dict(OF_PROMETHEUS)
    for metric in REGISTRY.collect():
        for suffix in _SAMPLES.get(metric.type, ()):
            known[metric.name + suffix] = _labels(metric) | ({"le"} if suffix == "_bucket" else frozenset())
    return known


def _labels(metric: Metric) -> frozenset[str]:
    collector = REGISTRY._names_to_collectors.get(metric.name)
    return frozenset(getattr(collector, "_labelnames", ()))


def expressions() -> Iterator[tuple[str, str]]:
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
            for target in panel.get("targets", ()):
                if "expr" in target:
                    yield f"{path.name}: {panel['title']}", target["expr"]
    for group in yaml.safe_load((PROMETHEUS / "alerts.yml").read_text(encoding="utf-8"))["groups"]:
        for rule in group["rules"]:
            yield f"alerts.yml: {rule['alert']}", rule["expr"]


@pytest.mark.parametrize(("place", "expression"), list(expressions()))
def test_every_metric_and_label_is_exported(place: str, expression: str) -> None:
    known = exported()
    named = set(_NAME.findall(expression))
    assert named, place
    assert named <= known.keys(), place
    labels = OF_EVERYTHING.union(*(known[name] for name in named))
    for name, matchers in _LABELLED.findall(expression):
        assert set(re.findall(r"(\w+)\s*[=!]", matchers)) <= known[name] | OF_EVERYTHING, place
    for grouped in _GROUPED.findall(expression):
        assert {label.strip() for label in grouped.split(",")} <= labels, place


def test_a_metric_that_nobody_exports_would_be_found() -> None:
    assert "maskwatch_snapshots_total" in exported()
    assert "outcome" in exported()["maskwatch_snapshots_total"]
    assert "maskwatch_snapshots" not in exported()


def test_every_panel_asks_a_source_that_is_provisioned() -> None:
    sources = yaml.safe_load((ROOT / "deploy/grafana/provisioning/datasources/maskwatch.yml").read_text())
    known = {source["uid"]: source["type"] for source in sources["datasources"]}
    for path in DASHBOARDS:
        panels = json.loads(path.read_text(encoding="utf-8"))["panels"]
        used = [panel["datasource"] for panel in panels if panel["type"] != "row"]
        assert used
        assert all(known[source["uid"]] == source["type"] for source in used)
        assert len({panel["id"] for panel in panels}) == len(panels)


@pytest.mark.services
def test_the_sql_of_the_dashboards_runs(fresh_postgres_url: str) -> None:
    from sqlalchemy import create_engine, text

    from common.adapters.open import open_repository

    repository = open_repository(fresh_postgres_url)
    repository.upgrade()
    repository.close()
    engine = create_engine(fresh_postgres_url)
    with engine.connect() as connection:
        for query in _queries():
            connection.execute(text(re.sub(r"\$__timeFilter\((\w+)\)", r"\1 >= now() - interval '1 day'", query)))
    engine.dispose()
    assert len(list(_queries())) > 5


def _queries() -> Iterator[str]:
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
            yield from (target["rawSql"] for target in panel.get("targets", ()) if "rawSql" in target)


def test_what_compose_mounts_is_there() -> None:
    compose: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.monitoring.yml").read_text(encoding="utf-8"))
    mounts = [mount.split(":")[0] for service in compose["services"].values() for mount in service["volumes"]]
    assert all((ROOT / mount).is_dir() for mount in mounts if mount.startswith("./"))
    assert {mount for mount in mounts if not mount.startswith("./")} == set(compose["volumes"])


def test_prometheus_asks_every_service_of_compose_at_its_port() -> None:
    jobs = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]
    asked = {job["job_name"]: job["dns_sd_configs"][0] for job in jobs}
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    dockerfile = (ROOT / "deploy" / "docker" / "Dockerfile").read_text(encoding="utf-8")
    ports = dict(re.findall(r"^FROM \S+ AS (\S+)\n(?:(?!^FROM).*\n)*?EXPOSE (\d+)", dockerfile, re.MULTILINE))
    for name, where in asked.items():
        assert where["names"] == [name]
        assert name in services
        assert str(where["port"]) == ports[name]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool (Debian: prometheus) is not installed")
def test_promtool_reads_both_files() -> None:
    for command in (["check", "config", "prometheus.yml"], ["check", "rules", "alerts.yml"]):
        done = subprocess.run(["promtool", *command], cwd=PROMETHEUS, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
