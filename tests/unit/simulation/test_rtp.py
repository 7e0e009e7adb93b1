"""H.264 packets: what goes in comes out."""

import struct

import pytest

from maskwatch.simulation.encoder import IDR, PPS, SPS, kind, parameter_sets
from maskwatch.simulation.rtp import interleaved, packet, payloads, split_nals


def test_a_small_nal_unit_travels_as_it_is() -> None:
    assert list(payloads(b"\x65abc", limit=4)) == [b"\x65abc"]


@pytest.mark.parametrize("length", [5, 6, 7, 8, 9, 10, 100, 5000])
def test_fragments_join_to_the_nal_unit_they_were(length: int) -> None:
    nal = bytes([0x65]) + bytes(at % 251 for at in range(length - 1))
    parts = list(payloads(nal, limit=4))
    assert all(len(part) <= 4 for part in parts)
    assert {part[0] for part in parts} == {0x60 | 28}  # the importance bits are kept, the type is FU-A
    assert [part[1] >> 6 for part in parts] == [0b10, *[0b00] * (len(parts) - 2), 0b01]
    rebuilt = bytes([(parts[0][0] & 0xE0) | (parts[0][1] & 0x1F)]) + b"".join(part[2:] for part in parts)
    assert rebuilt == nal


def test_start_codes_of_both_lengths_separate_nal_units() -> None:
    assert split_nals(b"\x00\x00\x00\x01\x67a\x00\x00\x01\x68b\x00\x00\x00\x01\x65c") == [b"\x67a", b"\x68b", b"\x65c"]


def test_a_packet_begins_with_the_header_of_rfc_3550() -> None:
    data = packet(b"body", kind=96, sequence=65536 + 7, timestamp=2**32 + 9, source=0xABCD, marker=True)
    assert struct.unpack(">BBHII", data[:12]) == (0x80, 0x80 | 96, 7, 9, 0xABCD)
    assert data[12:] == b"body"


def test_an_interleaved_packet_names_its_channel_and_length() -> None:
    assert interleaved(2, b"12345") == b"$\x02\x00\x0512345"


def test_the_parameter_sets_are_an_sps_and_a_pps() -> None:
    sps, pps = parameter_sets(8)
    assert (kind(sps), kind(pps)) == (SPS, PPS)
    assert kind(b"\x65") == IDR
