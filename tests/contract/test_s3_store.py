"""What only an S3 server can suffer: outages and refused keys."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from real_servers import Services
from tcp_proxy import TcpProxy

from common.adapters.open import open_store
from common.errors import InvalidInput, Unavailable


@pytest.mark.services
def test_pictures_are_unavailable_in_an_outage_and_back_after_it(fresh_services: Services) -> None:
    parts = urlsplit(fresh_services.s3_url)
    with TcpProxy(host=str(parts.hostname), port=int(parts.port or 0)) as proxy:
        url = fresh_services.store_url.replace(fresh_services.s3_url, f"http://127.0.0.1:{proxy.port}")
        store = open_store(url, access_key=fresh_services.s3_access_key, secret_key=fresh_services.s3_secret_key)
        store.put("a.jpg", b"picture")
        proxy.cut()
        for attempt in (
            lambda: store.get("a.jpg"),
            lambda: store.put("b.jpg", b"x"),
            lambda: store.delete(["a.jpg"]),
            lambda: list(store.list()),
            lambda: list(store.objects()),
            store.check,
        ):
            with pytest.raises(Unavailable):
                attempt()
        proxy.restore()
        assert store.get("a.jpg") == b"picture"
        store.close()


@pytest.mark.services
def test_refused_keys_are_told_without_the_secret(fresh_services: Services) -> None:
    store = open_store(fresh_services.store_url, access_key=fresh_services.s3_access_key, secret_key="open-sesame")
    with pytest.raises(Unavailable) as caught:
        store.put("a.jpg", b"x")
    assert "open-sesame" not in str(caught.value)
    store.close()


@pytest.mark.parametrize(
    "url", ["s3://", "s3://bucket/folder", "s3://key:secret@bucket", "s3://bucket?endpont=http://x"]
)
def test_a_url_of_another_form_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="s3://bucket") as caught:
        open_store(url)
    assert "secret@" not in str(caught.value)
