"""The URL chooses the adapter."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from common.adapters.open import open_broker, open_coordination, open_repository, open_store
from common.errors import InvalidInput

WITHOUT = """
import sys
sys.modules[sys.argv[1]] = None  # what Python itself then says of it: there is no such module
from common.adapters import open as adapters
from common.errors import InvalidInput
try:
    getattr(adapters, sys.argv[2])(sys.argv[3])
except InvalidInput as exc:
    print(exc)
"""
IDLE = """
import sys
from common.adapters.open import open_broker, open_coordination, open_store
open_broker(f"sqlite:///{sys.argv[1]}/queue.db"), open_store(f"file://{sys.argv[1]}"), open_coordination("memory://")
print(sorted({"pika", "boto3", "redis", "psycopg2", "sqlalchemy"} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("open_one", "known"),
    [
        (open_broker, "sqlite://, amqp://, amqps://"),
        (open_store, "file://, s3://"),
        (open_repository, "sqlite://, postgresql://, postgresql+psycopg2://"),
        (open_coordination, "memory://, redis://, rediss://"),
    ],
)
def test_an_unknown_scheme_lists_the_known_ones_and_tells_no_password(
    open_one: Callable[[str], object], known: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        open_one("kafka://user:sesame@host")
    assert str(caught.value).endswith(f"has 'kafka://'; known are {known}")
    with pytest.raises(InvalidInput, match="no scheme"):
        open_one("just-a-word")


@pytest.mark.parametrize(
    ("module", "function", "url"),
    [
        ("pika", "open_broker", "amqp://user:sesame@host"),
        ("boto3", "open_store", "s3://bucket"),
        ("psycopg2", "open_repository", "postgresql+psycopg2://user:sesame@host/name"),
        ("redis", "open_coordination", "redis://:sesame@host"),
    ],
)
def test_a_missing_library_is_named_with_the_extra_that_brings_it(module: str, function: str, url: str) -> None:
    program = [sys.executable, "-c", WITHOUT, module, function, url]
    said = subprocess.run(program, capture_output=True, text=True, check=True).stdout
    assert f"needs the package {module}: pip install '.[distributed]'" in said
    assert "sesame" not in said


def test_embedded_adapters_load_no_client_library(tmp_path: str) -> None:
    program = [sys.executable, "-c", IDLE, str(tmp_path)]
    assert subprocess.run(program, capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("url", ["amqp://user:sesame@host:port/vhost", "amqp://user:sesame@host/?heartbeat=often"])
def test_a_broker_url_of_another_form_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(InvalidInput, match="amqp://user:password") as caught:
        open_broker(url)
    assert "sesame" not in str(caught.value)


def test_a_coordination_url_of_another_form_is_refused_without_its_password() -> None:
    with pytest.raises(InvalidInput, match="redis://user:password") as caught:
        open_coordination("redis://user:sesame@host:port/0")
    assert "sesame" not in str(caught.value)
