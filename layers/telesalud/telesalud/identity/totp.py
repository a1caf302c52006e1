"""Second factors: time-based one-time passwords (RFC 6238) and recovery codes."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from telesalud.identity.policy import RECOVERY_CODES

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.twofactor.totp import TOTP

# cryptography is imported where it is used: most of this app's requests check no code.

# SHA-1, six digits, 30 s: the only choice that every authenticator app implements, and the
# collision attacks on SHA-1 do not touch HMAC.
DIGITS = 6
STEP_SECONDS = 30
_KEY_BYTES = 20
_DRIFT = (0, -1, 1)
"""Time steps that are accepted around the present one (RFC 6238 §5.2)."""
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: nothing that is misread on paper."""


def new_secret() -> str:
    """A 160-bit key in base 32 (RFC 4226 §4 recommends that length)."""
    return base64.b32encode(secrets.token_bytes(_KEY_BYTES)).decode()


def uri(secret: str, account: str, issuer: str) -> str:
    """The `otpauth://` URI that authenticator apps read from a QR code."""
    return _totp(secret).get_provisioning_uri(account, issuer)


def matching_step(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """The time step that the code belongs to, or None when it is wrong or was used before."""
    present = int(now.timestamp()) // STEP_SECONDS
    generator = _totp(secret)
    for step in (present + drift for drift in _DRIFT):
        expected = generator.generate(step * STEP_SECONDS).decode()
        if hmac.compare_digest(expected, code) and step > last_step:
            return step
    return None


def _totp(secret: str) -> "TOTP":
    from cryptography.hazmat.primitives.hashes import SHA1  # noqa: PLC0415
    from cryptography.hazmat.primitives.twofactor.totp import TOTP  # noqa: PLC0415

    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303


def new_code() -> str:
    """Twenty characters with 100 bits of entropy, in groups of five."""
    text = "".join(secrets.choice(_ALPHABET) for _ in range(20))
    return "-".join(text[at : at + 5] for at in range(0, 20, 5))


def new_recovery_codes() -> tuple[str, ...]:
    """A set of codes to print."""
    return tuple(new_code() for _ in range(RECOVERY_CODES))


def code_hash(code: str) -> str:
    """What is stored of a code: SHA-256 is enough for 100 random bits. Typing is forgiven."""
    plain = code.upper().replace("-", "").translate(str.maketrans("OIL", "011"))
    return hashlib.sha256(plain.encode()).hexdigest()
