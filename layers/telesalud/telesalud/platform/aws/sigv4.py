"""AWS Signature Version 4 for requests with a JSON body sent to the root of a service.

botocore has a signer, too; importing it costs a cold start 0.1 s, so it signs the same requests in
the tests instead. (AWS, "Create a signed AWS API request".)
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who signs; `token` belongs to credentials that end."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


class Signer:
    """Signs for one service in one region."""

    def __init__(self, service: str, region: str) -> None:
        self._service = service
        self._region = region
        self._made: tuple[str, str, bytes] | None = None

    def _key(self, secret: str, day: str) -> bytes:
        """The key of a day, derived once for it."""
        made = self._made
        if made is not None and made[:2] == (secret, day):
            return made[2]
        key = _mac(f"AWS4{secret}".encode(), day)
        for part in (self._region, self._service, "aws4_request"):
            key = _mac(key, part)
        self._made = (secret, day, key)
        return key

    def headers(
        self, who: Credentials, at: datetime, host: str, fixed: dict[str, str], body: bytes
    ) -> dict[str, str]:
        """`fixed` with what proves who sends them to `host` at the moment `at` (UTC).

        `fixed` has lower-case names and values without surrounding or double spaces.
        """
        moment = at.strftime("%Y%m%dT%H%M%SZ")
        day = moment[:8]
        signed = {**fixed, "host": host, "x-amz-date": moment}
        if who.token is not None:
            signed["x-amz-security-token"] = who.token
        names = sorted(signed)
        lines = "".join(f"{name}:{signed[name]}\n" for name in names)
        listed = ";".join(names)
        digest = hashlib.sha256(body).hexdigest()
        canonical = f"POST\n/\n\n{lines}\n{listed}\n{digest}"
        scope = f"{day}/{self._region}/{self._service}/aws4_request"
        hashed = hashlib.sha256(canonical.encode()).hexdigest()
        text = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashed}"
        signature = _mac(self._key(who.secret_key, day), text).hex()
        signed["authorization"] = (
            f"{_ALGORITHM} Credential={who.access_key}/{scope}, "
            f"SignedHeaders={listed}, Signature={signature}"
        )
        return signed
