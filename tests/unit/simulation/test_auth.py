"""Accounts of simulated cameras."""

from base64 import b64encode

from maskwatch.simulation.auth import Account


def test_basic_admits_only_the_right_password() -> None:
    account = Account(username="op", password="s:cret", scheme="basic")
    assert account.admits("DESCRIBE", "Basic " + b64encode(b"op:s:cret").decode())
    assert not account.admits("DESCRIBE", "Basic " + b64encode(b"op:wrong").decode())
    assert not account.admits("DESCRIBE", "")


def test_digest_checks_user_method_and_address() -> None:
    account = Account(username="op", password="secret", nonce="abc")
    # MD5(MD5(op:Simulated camera:secret):abc:MD5(DESCRIBE:rtsp://x/y)), worked out with md5sum
    good = 'Digest username="op", realm="Simulated camera", nonce="abc", uri="rtsp://x/y", response="{}"'
    answer = "86e1cd8dcb19835d8d2ef29a98d965ab"
    assert account.admits("DESCRIBE", good.format(answer))
    assert not account.admits("SETUP", good.format(answer))
    assert not account.admits("DESCRIBE", good.format(answer).replace('"op"', '"other"'))
    assert not account.admits("DESCRIBE", good.format("0" * 32))


def test_the_password_is_not_shown() -> None:
    assert "secret" not in repr(Account(username="op", password="secret"))
