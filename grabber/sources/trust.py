"""Whose certificates are believed when a camera is reached over TLS: public authorities, or the operator's own file."""

from __future__ import annotations

import ssl

import certifi

from common.errors import InvalidInput
from grabber.sources.source import Reading


def tls_context(reading: Reading) -> ssl.SSLContext:
    """For HTTPS. Raises InvalidInput for a file that holds no certificates."""
    try:
        return ssl.create_default_context(cafile=_file(reading))
    except (OSError, ssl.SSLError) as exc:
        raise InvalidInput(f"MASKWATCH_CA_FILE={_file(reading)!r}: cannot read certificates (PEM) from it") from exc


def tls_options(reading: Reading) -> dict[str, str]:
    """For FFmpeg's own TLS (rtsps://, rtmps://), which by itself would believe anybody."""
    return {"tls_verify": "1", "ca_file": _file(reading)}


def _file(reading: Reading) -> str:
    return str(reading.ca_file) if reading.ca_file else certifi.where()
