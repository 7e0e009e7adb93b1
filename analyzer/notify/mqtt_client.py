"""paho's client, connecting to addresses that were checked."""

from __future__ import annotations

import socket

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from common.errors import AddressRefused
from common.outbound.check import AddressCheck


class CheckedClient(mqtt.Client):
    """Checks also when paho's thread gets a lost connection back; TLS still asks for the name's certificate."""

    def __init__(self, addresses: AddressCheck, *, client_id: str) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5)
        self._addresses = addresses

    def _create_socket_connection(self) -> socket.socket:
        """In place of paho's own, for which it has no parameter. Raises OSError, which paho's thread expects."""
        try:
            *others, last = self._addresses.addresses(self._host, self._port)
        except AddressRefused as exc:
            raise OSError(str(exc)) from exc
        for address in others:
            try:
                return socket.create_connection((address, self._port), timeout=self._connect_timeout)
            except OSError:
                continue
        return socket.create_connection((last, self._port), timeout=self._connect_timeout)
