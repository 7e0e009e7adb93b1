"""The model repository: folders `<name>/<version>/` with the weights, their description and their card."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from model_api.errors import BrokenModel, ModelNotFound

PACKAGED = Path(__file__).parent / "weights"  # the models that ship with the program
DESCRIPTION = "model.json"
VERSIONS = "[!.]*"  # folders; one with a dot in front is a version that is still being written


class Description(BaseModel):
    """`model.json`. Numbers that only one kind of model uses have defaults; unknown fields are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    version: str = Field(coerce_numbers_to_str=True)
    kind: str = ""
    file: str = "model.onnx"  # relative to the description; may point at another model's file in the repository
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    input_size: int = Field(ge=32)  # pixels: the longer side (detector), both sides (classifier)
    # A face detector's.
    stride: int = Field(32, ge=1)  # the sides of its input are multiples of this
    nms_iou: float = Field(0.5, ge=0, le=1)
    min_score: float = Field(0.5, ge=0, le=1)
    classes: tuple[str, ...] = ()
    # A classifier's.
    crop_scale: float = Field(1.0, gt=0)  # side of the crop / longer side of the face's box
    crop_padding: str = Field("replicate", pattern="^(replicate|constant)$")  # what lies outside the picture
    temperature: float = Field(1.0, gt=0)  # of the calibrated softmax
    uncertain_below: float = Field(0.0, ge=0, le=1)


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model whose file was found and checked."""

    description: Description
    path: Path

    @property
    def id(self) -> str:
        """As answers name it: `name@version`."""
        return f"{self.description.name}@{self.description.version}"


class ModelRepository:
    """Reads models from a folder; every read verifies the file's checksum."""

    def __init__(self, root: Path = PACKAGED, *, versions: Mapping[str, str] | None = None) -> None:
        """`versions`: of the models whose version was chosen; of all others the newest is taken."""
        self.root = root.resolve()
        self._chosen = dict(versions or {})

    def load(self, name: str, version: str | None = None) -> Model:
        """The model in the version that is named, was chosen, or is the newest: in this order.

        Raises ModelNotFound, or BrokenModel when the description is wrong or the file does not have its checksum.
        """
        if not (_is_plain(name) and _is_plain(version or "newest")):  # what a caller sent is no path
            raise ModelNotFound("there is no model of that name")
        folder = self.root / name / (version or self._chosen.get(name) or self._newest(name))
        if not (folder / DESCRIPTION).is_file():
            raise ModelNotFound(f"there is no model {name}/{folder.name} in {self.root}")
        description = _read(folder / DESCRIPTION)
        if (description.name, description.version) != (name, folder.name):
            raise BrokenModel(f"{folder / DESCRIPTION} describes {description.name}/{description.version}")
        path = (folder / description.file).resolve()
        if not path.is_relative_to(self.root):
            raise BrokenModel(f"{folder / DESCRIPTION}: its file {description.file} lies outside the repository")
        _verify(path, description.sha256)
        return Model(description=description, path=path)

    def names(self) -> list[str]:
        """Every model that has a version, sorted."""
        return sorted({path.parts[-3] for path in self.root.glob(f"*/{VERSIONS}/{DESCRIPTION}")})

    def is_expected(self, name: str) -> bool:
        """Whether the model has a version, or one was chosen: then it is an error when it cannot be loaded."""
        return name in self._chosen or bool(self.versions(name))

    def versions(self, name: str) -> list[str]:
        """A model's versions, the newest last: numbers by their value, after all that is no number."""
        found = (path.parent.name for path in (self.root / name).glob(f"{VERSIONS}/{DESCRIPTION}"))
        return sorted(found, key=lambda version: (int(version) if version.isdecimal() else -1, version))

    def _newest(self, name: str) -> str:
        versions = self.versions(name)
        if not versions:
            raise ModelNotFound(f"there is no model {name} in {self.root}")
        return versions[-1]


def _is_plain(name: str) -> bool:
    return name not in (".", "..") and name.isprintable() and not {"/", "\\"} & set(name)


def _read(path: Path) -> Description:
    try:
        return Description.model_validate_json(path.read_bytes())
    except ValidationError as exc:
        first = exc.errors()[0]
        raise BrokenModel(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from exc


def _verify(path: Path, sha256: str) -> None:
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as exc:
        raise BrokenModel(f"{path} cannot be read: {exc.strerror}") from exc
    if found != sha256:
        raise BrokenModel(f"{path} is damaged: its sha256 is {found}, not {sha256}")
