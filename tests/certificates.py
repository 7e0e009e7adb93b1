"""Certificates as cameras make their own: signed by nobody else."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A self-signed one of 127.0.0.1, and its key, as PEM files."""

    path: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        """For the server that shows it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path, self.key)
        return context


def own_certificate(folder: Path) -> Certificate:
    """Make one; skips the test where OpenSSL's command is not installed."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    made = Certificate(path=folder / "camera.pem", key=folder / "camera.key")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=camera", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    files = ["-keyout", str(made.key), "-out", str(made.path)]
    subprocess.run([*command, *names, *files], check=True, capture_output=True, timeout=60)
    return made
