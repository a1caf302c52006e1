"""A receiver takes what we signed, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telesalud.platform.webhooks.signature import (
    ID_HEADER,
    SIGNATURE_HEADER,
    TOLERANCE,
    SignatureRefused,
    headers_for,
    new_signing_secret,
    sign,
    verify,
)
from tests.worlds.world import START

SECRET, OLD, OTHER = "whsec_current", "whsec_previous", "whsec_other"
BODY = '{"id":"e-1","data":{"año":1}}'.encode()


def refused(secrets: list[str], headers: dict[str, str], body: bytes, now: datetime = START) -> str:
    with pytest.raises(SignatureRefused) as caught:
        verify(secrets, headers, body, now)
    return caught.value.reason


def test_the_signature_is_hmac_sha256_over_time_and_body() -> None:
    """Computed apart: printf '%s.%s' 1767225600 '{}' | openssl dgst -sha256 -hmac whsec_x."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert (
        sign(["whsec_x"], b"{}", at)
        == "t=1767225600,v1=55e946a5e8cd34574aac85612cb547d0bbb16639e729ad0d7ed4eb747d064aa0"
    )


def test_a_receiver_verifies_and_learns_when_it_was_sent() -> None:
    headers = headers_for("e-1", [SECRET], BODY, START)
    assert headers[ID_HEADER] == "e-1"
    assert verify([SECRET], headers, BODY, START + timedelta(minutes=4)) == START
    lowered = {name.lower(): value for name, value in headers.items()}
    assert verify([SECRET], lowered, BODY, START) == START


def test_during_rotation_old_and_new_receivers_both_verify() -> None:
    headers = headers_for("e-1", [SECRET, OLD], BODY, START)
    for known in ([SECRET], [OLD], [OTHER, OLD], [SECRET, OTHER]):
        assert verify(known, headers, BODY, START) == START
    assert refused([OTHER], headers, BODY) == "mismatch"


@given(st.binary(max_size=200), st.integers(0, 199), st.integers(1, 255))
def test_any_altered_byte_of_the_body_is_noticed(body: bytes, index: int, change: int) -> None:
    headers = headers_for("e-1", [SECRET], body, START)
    altered = bytearray(body or b"x")
    if body:
        altered[index % len(body)] ^= change
    assert refused([SECRET], headers, bytes(altered)) == "mismatch"


@pytest.mark.parametrize("off", [TOLERANCE, -TOLERANCE])
def test_an_old_or_future_notification_is_refused(off: timedelta) -> None:
    headers = headers_for("e-1", [SECRET], BODY, START)
    assert verify([SECRET], headers, BODY, START + off) == START
    beyond = off + (timedelta(seconds=1) if off > timedelta(0) else timedelta(seconds=-1))
    assert refused([SECRET], headers, BODY, START + beyond) == "expired"


def test_a_replayed_signature_with_a_newer_time_is_forged() -> None:
    headers = headers_for("e-1", [SECRET], BODY, START)
    later = int((START + timedelta(hours=1)).timestamp())
    moved = headers[SIGNATURE_HEADER].replace(str(int(START.timestamp())), str(later))
    changed = headers | {SIGNATURE_HEADER: moved}
    assert refused([SECRET], changed, BODY, START + timedelta(hours=1)) == "mismatch"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "t=1",
        "v1=00",
        "t=x,v1=" + "0" * 64,
        "t=1,v1=" + "0" * 63,
        "t=1,v1=" + "é" * 64,
        "t=1,v0=" + "0" * 64,
        "t=1" + (",v1=" + "0" * 64) * 5,
        "t=" + "9" * 13 + ",v1=" + "0" * 64,
    ],
)
def test_a_malformed_header_is_refused(value: str) -> None:
    assert refused([SECRET], {SIGNATURE_HEADER: value}, BODY) == "malformed"


@given(st.text())
def test_no_header_whatever_crashes_a_receiver(value: str) -> None:
    assert refused([SECRET], {SIGNATURE_HEADER: value}, BODY) in ("malformed", "mismatch")


def test_an_unsigned_notification_is_refused() -> None:
    assert refused([SECRET], {}, BODY) == "missing"


def test_without_any_secret_nothing_verifies() -> None:
    assert refused([], headers_for("e-1", [SECRET], BODY, START), BODY) == "mismatch"


def test_secrets_are_long_and_never_the_same() -> None:
    secrets = {new_signing_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert all(len(secret) >= 43 for secret in secrets)
