"""What every coordination promises, on each of them."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from real_servers import Services
from tcp_proxy import TcpProxy

from common.adapters.coordination.memory import SWEEP_SECONDS, MemoryCoordination
from common.adapters.open import open_coordination
from common.errors import Unavailable
from common.ports.coordination import Coordination, Lease

LONG, SHORT = 60.0, 0.1  # seconds: outlasts any test; lapses within one


class HandClock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.services)])
def coordination(request: pytest.FixtureRequest, clock: HandClock) -> Iterator[Coordination]:
    if request.param == "memory":
        yield MemoryCoordination(now=clock)
        return
    opened = open_coordination(request.getfixturevalue("fresh_redis_url"))
    yield opened
    opened.close()


@pytest.fixture
def wait(coordination: Coordination, clock: HandClock) -> Callable[[float], None]:
    """Lets time pass: ours where it is ours."""
    return clock.advance if isinstance(coordination, MemoryCoordination) else time.sleep


Wait = Callable[[float], None]


def test_a_lease_has_one_owner(coordination: Coordination) -> None:
    assert coordination.acquire("camera/1", "a", ttl=LONG) == Lease(name="camera/1", owner="a", token=1)
    assert coordination.acquire("camera/1", "b", ttl=LONG) is None
    assert coordination.acquire("camera/2", "b", ttl=LONG) is not None


def test_its_owner_extends_a_lease_with_the_same_token(coordination: Coordination, wait: Wait) -> None:
    first = coordination.acquire("camera/1", "a", ttl=SHORT)
    assert coordination.acquire("camera/1", "a", ttl=LONG) == first
    wait(2 * SHORT)
    assert coordination.acquire("camera/1", "b", ttl=LONG) is None


def test_a_lapsed_lease_is_free_and_its_token_grows(coordination: Coordination, wait: Wait) -> None:
    coordination.acquire("camera/1", "a", ttl=SHORT)
    wait(2 * SHORT)
    assert coordination.leases() == {}
    taken = coordination.acquire("camera/1", "b", ttl=LONG)
    assert taken is not None
    assert (taken.owner, taken.token) == ("b", 2)
    assert coordination.acquire("camera/1", "a", ttl=LONG) is None


def test_a_released_lease_is_free_at_once_and_its_token_grows(coordination: Coordination) -> None:
    coordination.acquire("camera/1", "a", ttl=LONG)
    coordination.release("camera/1", "a")
    taken = coordination.acquire("camera/1", "b", ttl=LONG)
    assert taken is not None
    assert taken.token == 2


def test_releasing_what_another_holds_does_nothing(coordination: Coordination) -> None:
    coordination.acquire("camera/1", "a", ttl=LONG)
    coordination.release("camera/1", "b")
    coordination.release("camera/2", "b")
    assert coordination.leases()["camera/1"].owner == "a"


def test_leases_are_listed_by_prefix(coordination: Coordination) -> None:
    for name in ("camera/1", "camera/2", "camera*", "analyzer"):
        coordination.acquire(name, "a", ttl=LONG)
    assert sorted(coordination.leases("camera/")) == ["camera/1", "camera/2"]
    assert coordination.leases("camera/")["camera/2"] == Lease(name="camera/2", owner="a", token=1)
    assert len(coordination.leases()) == 4


def test_of_many_who_try_at_once_one_gets_the_lease(coordination: Coordination) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: coordination.acquire("camera/1", f"owner-{n}", ttl=LONG), range(32)))
    assert len([lease for lease in answers if lease is not None]) == 1


def test_members_are_alive_while_they_announce_themselves(coordination: Coordination, wait: Wait) -> None:
    coordination.announce("grabbers", "b", ttl=SHORT, info="going")
    coordination.announce("grabbers", "a", ttl=LONG, info="here: ü")
    coordination.announce("others", "c", ttl=LONG)
    assert coordination.members("grabbers") == {"a": "here: ü", "b": "going"}
    wait(2 * SHORT)
    assert coordination.members("grabbers") == {"a": "here: ü"}
    coordination.announce("grabbers", "a", ttl=LONG, info="still")
    assert coordination.members("grabbers") == {"a": "still"}
    assert coordination.members("nobody") == {}


def test_who_withdraws_is_gone_at_once(coordination: Coordination) -> None:
    coordination.announce("grabbers", "a", ttl=LONG)
    coordination.withdraw("grabbers", "a")
    coordination.withdraw("grabbers", "never-was")
    assert coordination.members("grabbers") == {}


def test_values_lapse(coordination: Coordination, wait: Wait) -> None:
    coordination.put("latest/1", b"\x00picture\xff", ttl=LONG)
    coordination.put("latest/2", b"old", ttl=SHORT)
    assert coordination.get("latest/2") == b"old"
    wait(2 * SHORT)
    assert coordination.get_many(["latest/2", "latest/1", "never"]) == [None, b"\x00picture\xff", None]
    assert coordination.get("latest/2") is None
    assert coordination.get_many([]) == []


def test_a_value_written_again_lives_on(coordination: Coordination, wait: Wait) -> None:
    coordination.put("latest/1", b"old", ttl=SHORT)
    coordination.put("latest/1", b"new", ttl=LONG)
    wait(2 * SHORT)
    assert coordination.get("latest/1") == b"new"


def test_a_number_grows_by_what_everybody_adds_to_it(coordination: Coordination) -> None:
    with ThreadPoolExecutor(8) as people:
        totals = list(people.map(lambda _: coordination.add("tries", 2, ttl=LONG), range(40)))
    assert sorted(totals) == list(range(2, 81, 2))
    assert coordination.add("tries", -1, ttl=LONG) == 79
    assert coordination.get("tries") == b"79"
    coordination.put("tries", b"0", ttl=LONG)
    assert coordination.add("tries", 1, ttl=LONG) == 1


def test_a_number_lapses_after_the_last_addition(coordination: Coordination, wait: Wait) -> None:
    for lifetime in (SHORT, LONG):
        coordination.add("lasting", 1, ttl=lifetime)
    coordination.add("lapsing", 1, ttl=SHORT)
    wait(2 * SHORT)
    assert coordination.add("lasting", 1, ttl=LONG) == 3
    assert coordination.add("lapsing", 1, ttl=LONG) == 1


def test_names_of_different_kinds_do_not_meet(coordination: Coordination) -> None:
    coordination.acquire("x", "a", ttl=LONG)
    coordination.announce("x", "a", ttl=LONG, info="member")
    coordination.put("x", b"value", ttl=LONG)
    assert coordination.get("x") == b"value"
    assert coordination.members("x") == {"a": "member"}
    assert list(coordination.leases("x")) == ["x"]


def test_memory_forgets_what_lapsed_long_ago(clock: HandClock) -> None:
    memory = MemoryCoordination(now=clock)
    memory.put("latest/gone-camera", b"x" * 1000, ttl=1)
    clock.advance(SWEEP_SECONDS + 1)
    memory.put("latest/other", b"y", ttl=1)
    assert list(memory._values) == ["latest/other"]


@pytest.mark.services
def test_redis_is_unavailable_in_an_outage_and_back_after_it(fresh_services: Services) -> None:
    address, _slash, number = fresh_services.redis_url.rpartition("/")
    with TcpProxy(host="127.0.0.1", port=int(address.rpartition(":")[2])) as proxy:
        coordination = open_coordination(f"redis://127.0.0.1:{proxy.port}/{number}")
        coordination.check()
        proxy.cut()
        for attempt in (
            coordination.check,
            lambda: coordination.acquire("x", "a", ttl=LONG),
            lambda: coordination.members("x"),
            lambda: coordination.withdraw("x", "a"),
            lambda: coordination.put("x", b"", ttl=LONG),
        ):
            with pytest.raises(Unavailable):
                attempt()
        proxy.restore()
        assert coordination.acquire("x", "a", ttl=LONG) is not None
        coordination.close()


def test_a_redis_that_hangs_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waited for a second answer would let leases lapse meanwhile."""
    monkeypatch.setattr("common.adapters.coordination.redis.ANSWER_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        coordination = open_coordination(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        with pytest.raises(Unavailable):
            coordination.acquire("x", "a", ttl=LONG)
        coordination.close()
        silent.setblocking(False)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()
