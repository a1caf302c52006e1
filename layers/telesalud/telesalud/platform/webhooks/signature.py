"""Signatures of notifications: HMAC-SHA256 (RFC 2104) over time and body.

While a secret is being rotated, the header carries a signature for each active secret, so that
receivers change over when it suits them.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from telesalud.platform.ids import new_secret

SIGNATURE_HEADER = "Telesalud-Signature"
ID_HEADER = "Telesalud-Id"
TOLERANCE = timedelta(minutes=5)
_PREFIX = "whsec_"
_HEADER = re.compile(r"t=([0-9]{1,12})((?:,v1=[0-9a-f]{64}){1,4})")


class SignatureRefused(Exception):
    """The notification is forged, altered, too old, or not signed at all; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def new_signing_secret() -> str:
    """A secret of 256 bits; its prefix lets secret scanners recognise it."""
    return _PREFIX + new_secret()


def sign(secrets: Sequence[str], body: bytes, at: datetime) -> str:
    """The value of `Telesalud-Signature`."""
    seconds = int(at.timestamp())
    parts = [f"t={seconds}", *(f"v1={_mac(secret, seconds, body)}" for secret in secrets)]
    return ",".join(parts)


def headers_for(
    notice_id: str, secrets: Sequence[str], body: bytes, at: datetime
) -> dict[str, str]:
    """All headers of a notification that is sent `at` this moment."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "Telesalud-Webhooks/1",
        ID_HEADER: notice_id,
        SIGNATURE_HEADER: sign(secrets, body, at),
    }


def verify(
    secrets: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    tolerance: timedelta = TOLERANCE,
) -> datetime:
    """When the notification was sent, by one of the receiver's `secrets`.

    Header names are compared without case. Raises SignatureRefused with reason `missing`,
    `malformed`, `mismatch` or `expired`. The comparison takes equal time for any forgery.
    """
    value = next((v for k, v in headers.items() if k.lower() == SIGNATURE_HEADER.lower()), None)
    if value is None:
        raise SignatureRefused("missing")
    match = _HEADER.fullmatch(value)
    if match is None:
        raise SignatureRefused("malformed")
    seconds = int(match[1])
    given = [part.removeprefix("v1=") for part in match[2].split(",")[1:]]
    genuine = False
    for secret in secrets:
        expected = _mac(secret, seconds, body)
        for candidate in given:
            genuine |= hmac.compare_digest(expected, candidate)
    if not genuine:
        raise SignatureRefused("mismatch")
    sent = datetime.fromtimestamp(seconds, UTC)
    if abs(now - sent) > tolerance:
        raise SignatureRefused("expired")
    return sent


def _mac(secret: str, seconds: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
