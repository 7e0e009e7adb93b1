"""The one typed object that reads the environment; nothing else does."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, FilePath, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from common.errors import InvalidInput
from common.outbound.policy import AddressPolicy

PREFIX = "MASKWATCH_"


class Settings(BaseSettings):
    """Environment variables with the prefix MASKWATCH_, also from `.env`; `MASKWATCH_X_FILE` names a file holding X."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    # Where things are. An empty URL is the embedded adapter inside `data`.
    data: Path = Field(Path("data"), description="folder of the embedded adapters, the spool and the logs")
    broker: str = Field("", description="amqp://user:password@host:5672/vhost, or sqlite:///path of the embedded queue")
    store: str = Field("", description="s3://bucket?endpoint=http://host:8333, or file:///folder")
    database: str = Field("", description="postgresql+psycopg2://user:password@host/name, or sqlite:///path")
    coordination: str = Field("memory://", description="redis://host:6379/0, or memory:// within one process")
    detector: str = Field("local://", description="http://model-api:8500, or local:// in process")
    s3_access_key: str = Field("", description="access key of the S3 store")
    s3_secret_key: SecretStr = Field(SecretStr(""), description="secret key of the S3 store")

    # What is secret.
    secret_key: SecretStr = Field(SecretStr(""), description="signs sessions; made and kept in `data` when empty")
    encryption_key: SecretStr = Field(
        SecretStr(""),
        description="seals passwords in the database; several: the newest first, by commas; made in `data` when empty",
    )
    admin_password: SecretStr = Field(SecretStr(""), description="first password of `admin`; generated when empty")

    # Who may use the console.
    trusted_proxies: str = Field(
        "127.0.0.0/8, ::1",
        description="addresses and networks, by commas, whose X-Forwarded-For, X-Forwarded-Proto and user are believed",
    )
    proxy_user_header: str = Field("", description="X-Forwarded-User, or what else says whom such a proxy has let in")
    proxy_role_header: str = Field("", description="in which it says viewer, operator or admin; empty: as here")
    oidc_issuer: str = Field("", description="https://…, an OpenID Connect provider that people may log in at")
    oidc_client_id: str = Field("", description="this console's name there")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="its password there; empty: a public client")
    oidc_role_claim: str = Field("groups", description="claim that MASKWATCH_OIDC_ROLES reads; dots lead into objects")
    oidc_roles: str = Field("", description="roles by the claim's value: guards=operator, it=admin; empty: as here")
    oidc_sites_claim: str = Field("", description="claim with the sites that somebody may see; empty: as here")

    # A console elsewhere that the command line works with.
    server: str = Field("", description="address of a console; commands work on it instead of on the adapters here")
    token: SecretStr = Field(SecretStr(""), description="API token for that console: maskwatch tokens create")

    # How services listen and log.
    host: str = Field("127.0.0.1", description="address that services listen on; 0.0.0.0 for all")
    port: int = Field(8000, ge=0, le=65535, description="the console's port")
    model_api_port: int = Field(8500, ge=0, le=65535, description="the model API's port")
    health_port: int = Field(9100, ge=0, le=65535, description="/healthz, /readyz, /metrics of workers; 0: any free")
    log_format: Literal["text", "json"] = Field("text", description="text for people, json for machines")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="least severe records shown")
    stop_seconds: float = Field(20, gt=0, description="longest that a clean stop may take")

    # What may be connected to when a user names it: cameras, receivers, videos.
    allow_addresses: str = Field(
        "", description="hosts, addresses, networks (host:port for one port) to allow beside public and private ones"
    )
    allow_files: bool = Field(False, description="let administrators watch files and devices of the server, by the API")

    # The grabber.
    replica: str = Field("", description="this worker's name among its replicas; host and process id when empty")
    lease_seconds: float = Field(6, ge=1, le=60, description="a camera of a dead grabber is taken over after this")
    shot_timeout_seconds: float = Field(10, gt=0, le=120, description="longest wait for a stream to open or to go on")
    ca_file: FilePath | None = Field(
        None, description="certificates (PEM) believed of cameras and MQTT brokers, instead of the public authorities'"
    )
    freshness_seconds: float = Field(60, gt=0, description="a job older than this is expired, not predicted")
    spool_megabytes: int = Field(512, ge=1, description="most that waits on disk while the store or broker is away")
    jpeg_quality: int = Field(90, ge=50, le=100, description="of stored snapshots")
    skip_same: bool = Field(False, description="do not store or predict a picture that shows what the last one shows")
    hang_up_seconds: float = Field(
        30, ge=0, description="RTSP cameras with this interval or more are hung up between shots if cheaper; 0: never"
    )

    # What is kept (each camera says for how many days; the analyzer removes the rest once an hour).
    store_megabytes: int = Field(0, ge=0, description="most that pictures take, the oldest go first; 0: no bound")
    keep_clean_days: float = Field(
        0, ge=0, description="pictures in which every mask is worn properly go after this; 0: like all others"
    )
    keep_alert_days: float = Field(365, ge=0, description="resolved alerts and their pictures go after this; 0: never")
    keep_feedback_crops: bool = Field(False, description="keep the faces that people judge, as examples for training")
    keep_audit_days: float = Field(365, ge=0, description="the audit log's entries go after this; 0: never")
    keep_feedback_days: float = Field(365, ge=0, description="what people said of faces goes after this; 0: never")

    keep_crops_hours: float = Field(
        72, ge=0, description="of cameras that blur faces: those without a proper mask are kept so long; 0: not at all"
    )

    # Who is told.
    external_url: str = Field("", description="the console's address as receivers of messages reach it, for links")
    templates: Path | None = Field(None, description="folder of templates that replace ours: LANGUAGE/KIND.txt")

    # The processor and the models.
    batch: int = Field(8, ge=1, le=64, description="most jobs a processor sends to the models at once")
    variant: Literal["server", "lite"] = Field("server", description="detector for cameras: accurate, or light")
    tiles: Literal["off", "auto"] = Field(
        "off", description="auto: also look at parts of pictures much larger than the detector's input, for small faces"
    )
    appearance: Literal["on", "off"] = Field(
        "on",
        description="on: how people look is kept in memory for five minutes, so that they are known again; off: never",
    )
    models: Path | None = Field(None, description="folder of the model repository; the packaged models when empty")
    aliases: Path | None = Field(
        None, description="file that says which version of a model answers; beside the models, or in `data`, when empty"
    )
    shadow: float = Field(0, ge=0, le=1, description="share of live pictures that a challenger looks at, too")
    runs: Path = Field(Path("runs"), description="folder of the training runs that the console lists")
    datasets: Path | None = Field(None, description="folder of the training data whose label files the console lists")
    fit_rules: Path | None = Field(
        None, description="what uncovered parts mean, as JSON; the packaged rules when empty"
    )
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="where models run; auto: on the GPU if it can")
    engine: Literal["auto", "onnx", "openvino", "torch"] = Field(
        "auto", description="what runs models; auto: the fastest on the device"
    )
    threads: int = Field(0, ge=0, le=256, description="cores that the models take; 0: all")
    max_image_bytes: int = Field(20_000_000, gt=0, description="larger pictures are refused")
    max_image_pixels: int = Field(50_000_000, gt=0, description="larger pictures are refused before decoding")
    model_queue: int = Field(256, ge=1, description="pictures waiting in the model API before it answers 503")
    body_seconds: float = Field(30, gt=0, description="longest wait for a request's body, and 1 s more per megabyte")
    answer_seconds: float = Field(50, gt=0, description="longest wait for the models before the model API answers 503")
    queue_seconds: float = Field(
        0.5, ge=0, description="longest that a picture may wait for those before it; more are answered 503 at once"
    )

    # Videos, and addresses that callers name.
    max_video_bytes: int = Field(500_000_000, gt=0, description="larger videos are refused")
    max_video_seconds: float = Field(14_400, gt=0, description="longer videos are refused")
    fetch_seconds: float = Field(120, gt=0, description="longest that fetching a caller's URL may take")
    fetch_private: bool = Field(False, description="also fetch URLs of hosts inside the server's own network")

    @field_validator("allow_addresses")
    @classmethod
    def _are_addresses(cls, text: str) -> str:
        AddressPolicy.from_text(text)
        return text

    # Grouping of the embedded defaults.
    @property
    def broker_url(self) -> str:
        """Of the broker, with the embedded default filled in."""
        return self.broker or f"sqlite:///{self.data.absolute()}/queue.db"

    @property
    def store_url(self) -> str:
        """Of the object store, with the embedded default filled in."""
        return self.store or f"file://{self.data.absolute()}/pictures"

    @property
    def database_url(self) -> str:
        """Of the database, with the embedded default filled in."""
        return self.database or f"sqlite:///{self.data.absolute()}/maskwatch.db"

    @property
    def aliases_path(self) -> Path:
        """Of the models' aliases: beside one's own models, in `data` for the packaged ones (maybe read-only)."""
        if self.aliases is not None:
            return self.aliases
        return self.models / "aliases.json" if self.models is not None else self.data / "model-aliases.json"


def load_settings(**overrides: Any) -> Settings:
    """The settings from the environment, `.env` and secret files; an override wins over all.

    Raises InvalidInput naming the variable, the value and what is allowed.
    """
    try:
        return Settings(**{**_from_files(), **overrides})
    except ValidationError as exc:
        raise InvalidInput("; ".join(_sentence(dict(error)) for error in exc.errors())) from exc


def sources(settings: Settings) -> dict[str, str]:
    """Where each setting's value came from: environment, file, .env or default."""
    files = _from_files()
    found = {}
    for name in type(settings).model_fields:
        variable = f"{PREFIX}{name.upper()}"
        if name in files:
            found[name] = f"file {os.environ[f'{variable}_FILE']}"
        elif variable in os.environ:
            found[name] = "environment"
        else:
            found[name] = ".env" if name in settings.model_fields_set else "default"
    return found


def unknown_variables() -> list[str]:
    """A sentence for each variable with the prefix that no setting reads: misspelt, it would have no effect unseen."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    given = sorted(name for name in os.environ if name.startswith(PREFIX))
    unknown = [name for name in given if name not in known and name.removesuffix("_FILE") not in known]
    return [_unknown(name, get_close_matches(name, known, n=1)) for name in unknown]


def _unknown(name: str, alike: list[str]) -> str:
    return f"{name} is no setting and has no effect" + (f"; {alike[0]} is one" if alike else "")


def _from_files() -> dict[str, str]:
    values = {}
    for name in Settings.model_fields:
        path = os.environ.get(f"{PREFIX}{name.upper()}_FILE")
        if path:
            try:
                values[name] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as exc:
                raise InvalidInput(f"{PREFIX}{name.upper()}_FILE: cannot read {path}: {exc.strerror}") from exc
    return values


def _sentence(error: dict[str, Any]) -> str:
    name = str(error["loc"][0]) if error["loc"] else ""
    field = Settings.model_fields.get(name)
    is_secret = field is not None and field.annotation is SecretStr
    shown = "(secret)" if is_secret else repr(error["input"])
    return f"{PREFIX}{name.upper()}={shown}: {error['msg']}"
