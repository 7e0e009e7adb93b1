"""Sharing: everybody comes to the same answer, nobody carries much more than the others, and few cameras move."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from grabber.sharing import Sharing, assign, bound

CAMERAS = {f"camera-{number}": 1 for number in range(300)}
COSTS = st.dictionaries(st.text(max_size=8), st.integers(0, 500), max_size=60)
MEMBERS = st.sets(st.text(max_size=8), min_size=1, max_size=12)


def loads(costs: dict[str, int], owners: dict[str, str]) -> Counter[str]:
    carried: Counter[str] = Counter()
    for camera_id, owner in owners.items():
        carried[owner] += costs[camera_id]
    return carried


@settings(deadline=None)
@given(costs=COSTS, members=MEMBERS)
def test_every_camera_falls_to_exactly_one_member(costs: dict[str, int], members: set[str]) -> None:
    shares = [Sharing(member).share(costs, members=members) for member in members]
    assert sum(len(share) for share in shares) == len(costs)
    assert set().union(*shares) == costs.keys()


@settings(deadline=None)
@given(costs=COSTS, members=MEMBERS)
def test_the_order_in_which_they_are_known_changes_nothing(costs: dict[str, int], members: set[str]) -> None:
    backwards = {camera_id: costs[camera_id] for camera_id in reversed(costs)}
    assert assign(backwards, sorted(members, reverse=True)) == assign(costs, sorted(members))


@settings(deadline=None)
@given(costs=COSTS, members=MEMBERS)
def test_nobody_carries_more_than_the_bound_and_one_camera(costs: dict[str, int], members: set[str]) -> None:
    total, costliest = sum(costs.values()), max(costs.values(), default=0)
    limit = bound(total, members=len(members))
    assert total / len(members) <= limit <= 1.1 * 1.05 * total / len(members) + 1
    assert max(loads(costs, assign(costs, members)).values(), default=0) < limit + costliest


def test_costly_cameras_are_spread_and_not_only_counted() -> None:
    costs = {camera_id: 100 if number % 10 == 0 else 5 for number, camera_id in enumerate(CAMERAS)}
    members = [f"grabber-{number}" for number in range(6)]
    carried = loads(costs, assign(costs, members))
    assert max(carried.values()) < 1.1 * 1.05 * sum(costs.values()) / 6 + 100


@settings(deadline=None)
@given(gone=st.sampled_from([f"grabber-{number}" for number in range(8)]))
def test_when_a_member_goes_its_cameras_move_and_few_others(gone: str) -> None:
    members = {f"grabber-{number}" for number in range(8)}
    before, after = assign(CAMERAS, members), assign(CAMERAS, members - {gone})
    moved = {camera_id for camera_id in CAMERAS if before[camera_id] != after[camera_id]}
    of_the_gone = {camera_id for camera_id, owner in before.items() if owner == gone}
    assert of_the_gone <= moved
    assert len(moved - of_the_gone) <= len(of_the_gone)


def test_with_room_for_all_a_camera_is_where_its_hash_puts_it() -> None:
    """The cameras of one who goes are spread over those who stay; nothing else moves while nobody is full."""
    costs = dict.fromkeys(CAMERAS, 0)
    before, after = assign(costs, {"a", "b", "c"}), assign(costs, {"a", "b"})
    assert all(after[camera] == before[camera] for camera in CAMERAS if before[camera] != "c")
    assert {after[camera] for camera in CAMERAS if before[camera] == "c"} == {"a", "b"}
    assert all(70 <= count <= 130 for count in Counter(before.values()).values())


def test_a_share_follows_costs_and_members() -> None:
    sharing = Sharing("a")
    assert sharing.share(CAMERAS, members={"a"}) == CAMERAS.keys()
    assert 100 <= len(sharing.share(CAMERAS, members={"a", "b"})) <= 200
    assert sharing.share({"camera-1": 1}, members={"a"}) == {"camera-1"}


def test_without_members_nobody_takes_anything() -> None:
    assert assign(CAMERAS, set()) == {}
    assert Sharing("a").share(CAMERAS, members=set()) == frozenset()
