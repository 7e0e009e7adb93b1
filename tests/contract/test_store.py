"""What every object store promises, on each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from common.adapters.open import open_store
from common.errors import InvalidInput, NotFound
from common.ports.store import ObjectStore


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.services)])
def open_one(request: pytest.FixtureRequest) -> Callable[[], ObjectStore]:
    """Opens the same store, empty at first."""
    if request.param == "folder":
        url = f"file://{request.getfixturevalue('tmp_path')}/pictures"
        return lambda: open_store(url)
    url, status = request.getfixturevalue("fresh_store_url"), request.getfixturevalue("server_status")
    return lambda: open_store(url, access_key=status["s3_access_key"], secret_key=status["s3_secret_key"])


@pytest.fixture
def store(open_one: Callable[[], ObjectStore]) -> Iterator[ObjectStore]:
    opened = open_one()
    yield opened
    opened.delete(opened.list())
    opened.close()


def test_what_was_put_is_got(store: ObjectStore) -> None:
    data = bytes(range(256)) * 500
    store.put("snapshots/cam/2026/11/22/cam-1.jpg", data)
    assert store.get("snapshots/cam/2026/11/22/cam-1.jpg") == data


def test_another_opening_sees_it(store: ObjectStore, open_one: Callable[[], ObjectStore]) -> None:
    store.put("a.jpg", b"picture")
    other = open_one()
    assert other.get("a.jpg") == b"picture"
    other.close()


def test_putting_again_replaces(store: ObjectStore) -> None:
    store.put("a.jpg", b"old and longer")
    store.put("a.jpg", b"new")
    assert store.get("a.jpg") == b"new"


@pytest.mark.parametrize("key", ["missing.jpg", "a/missing.jpg", "a", "a/b.jpg/c.jpg"])
def test_a_missing_key_is_not_found(store: ObjectStore, key: str) -> None:
    store.put("a/b.jpg", b"picture")
    with pytest.raises(NotFound, match=key):
        store.get(key)


def test_deleting_takes_the_named_and_no_other(store: ObjectStore) -> None:
    for key in ("a/1.jpg", "a/2.jpg", "b/1.jpg"):
        store.put(key, b"picture")
    store.delete(["a/1.jpg", "b/1.jpg", "never/was.jpg"])
    assert list(store.list()) == ["a/2.jpg"]


def test_deleting_nothing_is_fine(store: ObjectStore) -> None:
    store.delete([])
    store.delete(["never/was.jpg"])


def test_a_deleted_folder_can_be_used_again(store: ObjectStore) -> None:
    store.put("a/b/1.jpg", b"picture")
    store.delete(["a/b/1.jpg"])
    store.put("a/b/1.jpg", b"again")
    assert store.get("a/b/1.jpg") == b"again"


def test_keys_are_listed_by_prefix_in_ascending_order(store: ObjectStore) -> None:
    keys = ["a/1/c.jpg", "a/10/c.jpg", "a/10/d.jpg", "a/2/c.jpg", "b/a.jpg"]
    for key in reversed(keys):
        store.put(key, b"picture")
    assert list(store.list()) == keys
    assert list(store.list("a/")) == keys[:4]
    assert list(store.list("a/1")) == keys[:3]
    assert list(store.list("a/10/")) == keys[1:3]
    assert list(store.list("a/10/d.jpg")) == keys[2:3]
    assert list(store.list("c")) == []


def test_objects_tell_size_and_age(store: ObjectStore) -> None:
    store.put("b/1.jpg", b"x" * 70_000)
    store.put("a/1.jpg", b"")
    store.put("c/1.jpg", b"other")
    found = [stored for prefix in ("a/", "b/") for stored in store.objects(prefix)]
    assert [(stored.key, stored.size_bytes) for stored in found] == [("a/1.jpg", 0), ("b/1.jpg", 70_000)]
    now = datetime.now(UTC)
    assert all(abs(now - stored.modified_at) < timedelta(minutes=5) for stored in found)


def test_more_than_a_page_is_listed_whole_although_it_is_deleted_meanwhile(store: ObjectStore) -> None:
    keys = [f"a/{number % 7}/{number:04d}.jpg" for number in range(1100)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: store.put(key, b"picture"), keys))
    seen = []
    for number, stored in enumerate(store.objects("a/")):
        seen.append(stored.key)
        if number % 100 == 99:
            store.delete(seen[-100:])
    assert seen == sorted(keys)


def test_storing_the_same_picture_again_changes_nothing(store: ObjectStore) -> None:
    for _ in range(3):
        store.put("a.jpg", b"picture")
    store.delete(["a.jpg"])
    store.delete(["a.jpg"])
    assert list(store.objects()) == []


def test_an_unused_store_is_empty(store: ObjectStore) -> None:
    assert list(store.list()) == []
    assert list(store.objects()) == []
    with pytest.raises(NotFound):
        store.get("a.jpg")


def test_check_makes_it_ready(store: ObjectStore) -> None:
    store.check()
    store.check()


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../out.jpg", "a/../../out.jpg", "a//b", "a/", "./a", "a\\b", "a\0b"]
)
def test_a_key_that_is_no_relative_path_is_refused(store: ObjectStore, key: str) -> None:
    for attempt in (lambda: store.put(key, b"x"), lambda: store.get(key), lambda: store.delete([key])):
        with pytest.raises(InvalidInput):
            attempt()


def test_a_reader_sees_whole_pictures_while_others_write(store: ObjectStore) -> None:
    pictures = [bytes([number]) * 50_000 for number in range(8)]
    store.put("a.jpg", pictures[0])
    with ThreadPoolExecutor(8) as pool:
        writes = [pool.submit(store.put, "a.jpg", picture) for picture in pictures]
        reads = [pool.submit(store.get, "a.jpg") for _ in range(16)]
        for write in writes:
            write.result()
        assert all(read.result() in pictures for read in reads)
