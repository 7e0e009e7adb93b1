"""Settings: where they come from, and what a wrong one says."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.errors import InvalidInput
from common.settings import load_settings, sources, unknown_variables


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither this machine's variables nor its `.env`."""
    import os

    for name in list(os.environ):
        if name.startswith("MASKWATCH_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_without_any_everything_is_embedded_below_the_data_folder(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.broker_url == f"sqlite:///{tmp_path}/data/queue.db"
    assert settings.store_url == f"file://{tmp_path}/data/pictures"
    assert settings.database_url == f"sqlite:///{tmp_path}/data/maskwatch.db"
    assert set(sources(settings).values()) == {"default"}


def test_the_environment_wins_over_the_file_and_an_override_over_both(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("MASKWATCH_PORT=1111\nMASKWATCH_BATCH=3\n")
    monkeypatch.setenv("MASKWATCH_PORT", "2222")
    settings = load_settings()
    assert (settings.port, settings.batch) == (2222, 3)
    assert (sources(settings)["port"], sources(settings)["batch"]) == ("environment", ".env")
    assert load_settings(port=3333).port == 3333


def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("secret").write_text("open-sesame\n")
    monkeypatch.setenv("MASKWATCH_SECRET_KEY_FILE", "secret")
    settings = load_settings()
    assert settings.secret_key.get_secret_value() == "open-sesame"
    assert "open-sesame" not in repr(settings)
    assert sources(settings)["secret_key"] == "file secret"


def test_a_missing_secret_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKWATCH_SECRET_KEY_FILE", "nowhere")
    with pytest.raises(InvalidInput, match="MASKWATCH_SECRET_KEY_FILE: cannot read nowhere: No such file"):
        load_settings()


def test_a_variable_that_no_setting_reads_is_named_with_the_one_that_was_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MASKWATCH_MODEL_PORT", "8577")
    monkeypatch.setenv("MASKWATCH_SECRET_KEY_FILE", "secret")
    (sentence,) = unknown_variables()
    assert sentence == "MASKWATCH_MODEL_PORT is no setting and has no effect; MASKWATCH_MODEL_API_PORT is one"


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [("PORT", "99999", "65535"), ("BATCH", "many", "integer"), ("LOG_FORMAT", "xml", "'text' or 'json'")],
)
def test_a_wrong_value_names_the_variable_the_value_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str
) -> None:
    monkeypatch.setenv(f"MASKWATCH_{name}", value)
    with pytest.raises(InvalidInput) as caught:
        load_settings()
    assert str(caught.value).startswith(f"MASKWATCH_{name}='{value}': ")
    assert allowed in str(caught.value)
    assert "\n" not in str(caught.value)
