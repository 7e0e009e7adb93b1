"""Whether a camera's address may be saved or tested: we would connect to it from inside the network."""

from __future__ import annotations

from common.domain.camera import Camera
from common.errors import AddressRefused
from console.camera_url import SCHEMES
from console.context import Console
from console.errors import FieldError, InvalidForm

OF_THE_NETWORK = tuple(scheme for scheme in SCHEMES if scheme != "file")


def check_camera(console: Console, camera: Camera) -> None:
    """Asks the resolver, so not inside a transaction. Raises InvalidForm naming the field."""
    if camera.url.startswith(("/dev/", "file:")):
        if not console.allows_files:
            raise _wrong(
                "names a file or device of the server; such cameras are added by its command line, "
                "or with MASKWATCH_ALLOW_FILES=true"
            )
        return
    try:
        console.addresses.check_url(camera.url, schemes=OF_THE_NETWORK)
    except AddressRefused as exc:
        raise _wrong(str(exc)) from exc


def check_change(console: Console, known: Camera, wanted: Camera) -> None:
    """An address that stays is as it was: the command line may have allowed it. Raises InvalidForm."""
    if wanted.url != known.url:
        check_camera(console, wanted)


def _wrong(message: str) -> InvalidForm:
    return InvalidForm([FieldError(field="url", message=message)])
