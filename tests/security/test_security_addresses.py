"""Which addresses are connected to: every way to write, wrap or answer one that nobody may reach."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from common.errors import AddressRefused, InvalidInput
from common.outbound.check import AddressCheck, host_and_port
from common.outbound.kind import Kind, kinds_of, parse
from common.outbound.policy import AddressPolicy
from common.settings import load_settings
from console.camera_url import SCHEMES
from maskwatch.addresses import allowing

NOWHERE = AddressPolicy()


def answering(*addresses: str, policy: AddressPolicy = NOWHERE) -> AddressCheck:
    """A network in which every name has these addresses."""

    def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return AddressCheck(policy=policy, resolve=resolve)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("93.184.215.14", Kind.PUBLIC),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", Kind.PUBLIC),
        ("10.1.2.3", Kind.PRIVATE),
        ("172.31.255.255", Kind.PRIVATE),
        ("192.168.1.20", Kind.PRIVATE),
        ("100.64.0.1", Kind.PRIVATE),
        ("fd12:3456::1", Kind.PRIVATE),
        ("fec0::1", Kind.PRIVATE),
        ("127.0.0.1", Kind.LOOPBACK),
        ("127.255.255.254", Kind.LOOPBACK),
        ("::1", Kind.LOOPBACK),
        ("0.0.0.0", Kind.UNSPECIFIED),  # noqa: S104
        ("0.1.2.3", Kind.UNSPECIFIED),
        ("::", Kind.UNSPECIFIED),
        ("169.254.7.7", Kind.LINK_LOCAL),
        ("fe80::1%eth0", Kind.LINK_LOCAL),
        ("169.254.169.254", Kind.METADATA),
        ("169.254.170.2", Kind.METADATA),
        ("fd00:ec2::254", Kind.METADATA),
        ("fd20:ce::254", Kind.METADATA),
        ("100.100.100.200", Kind.METADATA),
        ("192.0.0.192", Kind.METADATA),
        ("168.63.129.16", Kind.METADATA),
        ("224.0.0.1", Kind.MULTICAST),
        ("ff02::1", Kind.MULTICAST),
        ("240.0.0.1", Kind.RESERVED),
        ("255.255.255.255", Kind.RESERVED),
        ("4000::1", Kind.RESERVED),
    ],
)
def test_every_address_is_of_a_kind(address: str, kind: Kind) -> None:
    assert kinds_of(parse(address)) == [kind]
    assert (NOWHERE.refusal("h", 80, address) is None) is (kind in (Kind.PUBLIC, Kind.PRIVATE))


@pytest.mark.parametrize(
    "wrapped",
    [
        pytest.param("::ffff:127.0.0.1", id="mapped"),
        pytest.param("::ffff:7f00:1", id="mapped, in hexadecimal"),
        pytest.param("::127.0.0.1", id="compatible"),
        pytest.param("64:ff9b::127.0.0.1", id="NAT64"),
        pytest.param("64:ff9b:1::7f00:1", id="NAT64 of one's own network"),
        pytest.param("2002:7f00:1::", id="6to4"),
        pytest.param("2001:0:5db8:d70e:0:0:80ff:fffe", id="Teredo client"),
        pytest.param("2001:0:7f00:1::a247:28f1", id="Teredo server"),
        pytest.param("2606:2800::5efe:127.0.0.1", id="ISATAP"),
        pytest.param("fd12::200:5efe:7f00:1", id="ISATAP of a private network"),
        pytest.param("::ffff:169.254.169.254", id="metadata, mapped"),
        pytest.param("64:ff9b::a9fe:a9fe", id="metadata by NAT64"),
        pytest.param("2002:a9fe:a9fe::1", id="metadata by 6to4"),
    ],
)
def test_an_address_inside_an_address_counts(wrapped: str) -> None:
    assert NOWHERE.refusal("h", 80, wrapped) is not None


@pytest.mark.parametrize("wrapped", ["::ffff:93.184.215.14", "64:ff9b::5db8:d70e", "2002:5db8:d70e::1"])
def test_a_public_address_inside_an_address_is_public(wrapped: str) -> None:
    assert NOWHERE.refusal("h", 80, wrapped) is None


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.01", "0", "[::1]", "[::]",
     "[0:0:0:0:0:ffff:127.0.0.1]", "LOCALHOST", "127.0.0.1."],
)  # fmt: skip
def test_this_machine_is_found_under_each_of_its_names(host: str) -> None:
    check = AddressCheck(policy=NOWHERE)  # with the system's own resolver; a form that it does not read leads nowhere
    with pytest.raises((AddressRefused, OSError)):
        check.addresses(host.strip("[]"), 8080)


@pytest.mark.parametrize("scheme", ["http", "rtsp", "mqtt", "onvif"])
@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1", "[::1]"])
def test_a_refusal_names_the_setting_and_nothing_secret(scheme: str, host: str) -> None:
    with pytest.raises(AddressRefused, match="MASKWATCH_ALLOW_ADDRESSES") as refused:
        AddressCheck(policy=NOWHERE).check_url(f"{scheme}://user:password@{host}:8080/x", schemes=[scheme])
    assert "password" not in str(refused.value)


def test_one_bad_address_of_several_refuses_the_host() -> None:
    with pytest.raises(AddressRefused, match=r"^cinema\.example is this machine itself"):
        answering("93.184.215.14", "::1").addresses("cinema.example", 80)
    assert answering("93.184.215.14", "10.0.0.5").addresses("cinema.example", 80) == ("93.184.215.14", "10.0.0.5")


def test_a_host_without_an_address_may_be_saved_but_not_connected_to() -> None:
    nobody = answering()
    nobody.check_host("camera.example", 554)
    with pytest.raises(OSError, match="has no address"):
        nobody.addresses("camera.example", 554)


@pytest.mark.parametrize(
    ("setting", "host", "port", "address", "is_allowed"),
    [
        ("loopback", "localhost", 80, "127.0.0.1", True),
        ("loopback", "localhost", 80, "::1", True),
        ("loopback", "h", 80, "169.254.1.1", False),
        ("127.0.0.1:8554", "h", 8554, "127.0.0.1", True),
        ("127.0.0.1:8554", "h", 5672, "127.0.0.1", False),
        ("127.0.0.1:8554", "h", 8554, "127.0.0.2", False),
        ("[::1]:8554", "h", 8554, "::1", True),
        ("169.254.0.0/16", "h", 80, "169.254.9.9", True),
        ("169.254.0.0/16", "h", 80, "169.254.169.254", False),  # a network never means the metadata service in it
        ("169.254.169.254", "h", 80, "169.254.169.254", True),
        ("10.0.0.0/8, fe80::/10", "h", 80, "fe80::2%eth0", True),
        ("relay.local", "relay.local", 80, "127.0.0.1", True),
        ("relay.local", "RELAY.local.", 80, "127.0.0.1", True),
        ("relay.local", "evil.relay.local", 80, "127.0.0.1", False),
        ("relay.local:1935", "relay.local", 80, "127.0.0.1", False),
        ("", "h", 80, "127.0.0.1", False),
    ],
)
def test_the_setting_allows_what_it_names_and_no_more(
    setting: str, host: str, port: int, address: str, is_allowed: bool
) -> None:
    assert (AddressPolicy.from_text(setting).refusal(host, port, address) is None) is is_allowed


@pytest.mark.parametrize("setting", ["127.1", "10.0.0.0/99", "a b", "*", "http://h/", "h:99999", "[::1", "-"])
def test_a_setting_that_is_none_is_refused_at_the_start(setting: str) -> None:
    with pytest.raises(InvalidInput, match="MASKWATCH_ALLOW_ADDRESSES"):
        load_settings(allow_addresses=setting)


def test_videos_of_strangers_come_from_public_addresses_only() -> None:
    policy = AddressPolicy.from_text("10.7.0.0/16", is_public_only=True)
    assert policy.refusal("h", 80, "93.184.215.14") is None
    assert policy.refusal("h", 80, "10.7.0.1") is None
    assert "private network" in (policy.refusal("h", 80, "10.8.0.1") or "")


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "gopher://h/x", "rtsp://", "rtsp:///x", "http://h:port/", "http://[::1", "javascript:x",
     "http://good.example\\@127.0.0.1/", "http://h/\r\nX: 1", "rtsp://h\t/x", "rtsp://ho st/x", ""],
)  # fmt: skip
def test_what_programs_read_differently_is_no_address(url: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        host_and_port(url, schemes=[scheme for scheme in SCHEMES if scheme != "file"])
    assert "127.0.0.1" not in str(refused.value)


def test_the_host_behind_a_login_is_the_one_that_is_judged() -> None:
    assert host_and_port("http://93.184.215.14:80@127.0.0.1/x", schemes=["http"]) == ("127.0.0.1", 80)
    assert host_and_port("rtsp://a@b@[::1]:99/x", schemes=["rtsp"]) == ("::1", 99)


def test_whoever_starts_the_program_with_a_source_allows_just_that() -> None:
    settings = allowing(
        load_settings(allow_addresses="10.9.9.9"), ["rtsp://127.0.0.1:8554/x", "clip.mp4", "/dev/video0"]
    )
    policy = AddressPolicy.from_text(settings.allow_addresses)
    assert policy.refusal("h", 8554, "127.0.0.1") is None
    assert policy.refusal("h", 5432, "127.0.0.1") is not None
