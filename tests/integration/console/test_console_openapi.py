"""The API is what its description says: asked by schemathesis, operation by operation, as an administrator."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from world import World

from common.domain.notification import NotificationState
from console.api.build import create_api
from console.server import serve

EXAMPLES = 3  # of each operation, beside those that its description gives
# An endless answer; ways that lead to another host; what would end the token that all of this is asked with.
LEFT_OUT = {"stream", "leave_for_provider", "come_back_from_provider", "log_out"}
REFUSALS = ["401", "403", "404", "409", "413", "415", "422", "429"]
CONFIG = {
    "checks": {
        # We ask more of input than JSON Schema can say (two fields that fit together, a host that may be asked),
        "positive_data_acceptance": {"expected-statuses": ["2XX", *REFUSALS]},
        # and take what means the same: a number as text, a time without its offset.
        "negative_data_rejection": {"enabled": False},
    }
}


@dataclass(frozen=True, kw_only=True)
class Served:
    """A console with a little past, on a port."""

    url: str
    known: dict[str, str]  # parameters of paths that lead to something


@pytest.fixture
def served(with_models: World) -> Iterator[Served]:
    world = with_models
    door, rule = world.camera(), world.rule()
    alert = world.alert(door, rule)
    world.tell(alert, NotificationState.GIVEN_UP)
    known = {
        "camera_id": door.id, "rule_id": rule.id, "alert_id": alert.id, "event_id": alert.event_id,
        "snapshot_id": alert.snapshot_id, "face": "0", "receiver_id": "anna", "notification_id": "n", "queue": "jobs",
        "user_id": "id-of-viewer",
    }  # fmt: skip
    stop = threading.Event()
    port, thread = serve(create_api(world.console), host="127.0.0.1", port=0, stop=stop)
    yield Served(url=f"http://127.0.0.1:{port}", known=known)
    stop.set()
    thread.join()


def test_the_description_is_valid_and_complete(served: Served) -> None:
    document = httpx.get(f"{served.url}/openapi.json").json()
    validate(document)
    operations = [one for path in document["paths"].values() for one in path.values()]
    names = [one["operationId"] for one in operations]
    assert len(names) == len(set(names))
    for one in operations:
        assert one["tags"], one
        assert one["description"], one
    assert set(document["components"]["securitySchemes"]) == {"token", "session"}


def test_every_endpoint_says_what_it_answers(served: Served) -> None:
    document = httpx.get(f"{served.url}/openapi.json").json()
    vague = {
        one["operationId"]
        for path, methods in document["paths"].items()
        for one in methods.values()
        for status, said in one["responses"].items()
        for content in said.get("content", {}).values()
        if (path.startswith("/api/") and status.startswith("2") and not {"$ref", "type"} & set(content["schema"]))
        or content.get("schema", {}).get("additionalProperties") is True
    }
    assert vague == set()


def test_every_answer_is_as_described(served: Served, world: World) -> None:
    headers = {"Authorization": f"Bearer {world.token('admin')}"}
    config = SchemathesisConfig.from_dict(CONFIG)
    schema = schemathesis.openapi.from_url(f"{served.url}/openapi.json", config=config)
    wrong: list[str] = []
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.definition.raw["operationId"] not in LEFT_OUT:
            wrong += _ask(operation, headers, served.known)
    assert not wrong, "\n\n".join(wrong)


def test_no_answer_holds_what_nobody_described(served: Served, world: World) -> None:
    document = httpx.get(f"{served.url}/openapi.json").json()
    headers = {"Authorization": f"Bearer {world.token('admin')}"}
    untold: set[str] = set()
    for path, methods in document["paths"].items():
        said = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {}).get("application/json")
        if said and path.startswith("/api/"):
            answer = httpx.get(served.url + path.format_map(_Known(served.known)), headers=headers)
            if answer.status_code == 200 and answer.headers["content-type"].startswith("application/json"):
                untold |= {f"{path}: {one}" for one in _untold(answer.json(), said["schema"], document)}
    assert untold == set()


class _Known(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "nobody"


def _untold(value: Any, schema: dict[str, Any], document: dict[str, Any]) -> Iterator[str]:
    """Paths of fields in a value that its schema has no word for."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        kind = {dict: "object", list: "array"}.get(type(value), "")
        schema = next((one for one in schema["anyOf"] if "$ref" in one or one.get("type") == kind), {})
        yield from _untold(value, schema, document) if schema else ()
    elif isinstance(value, list):
        for one in value:
            yield from _untold(one, schema.get("items", {}), document)
    elif isinstance(value, dict) and "properties" in schema:
        for name, one in value.items():
            if name not in schema["properties"]:
                yield name
            else:
                yield from (f"{name}.{inner}" for inner in _untold(one, schema["properties"][name], document))


def _ask(operation: Any, headers: dict[str, str], known: dict[str, str]) -> list[str]:
    @settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )  # fmt: skip
    @given(case=operation.as_strategy(), is_there=st.booleans())
    def ask(case: Any, is_there: bool) -> None:
        if is_there and case.method != "DELETE":
            case.path_parameters = {name: known.get(name, value) for name, value in case.path_parameters.items()}
        case.call_and_validate(headers=headers)

    try:
        ask()
    except (FailureGroup, AssertionError) as exc:
        return [f"{operation.label}: {exc!r} {getattr(exc, 'exceptions', '')}"]
    return []
