"""A citizen channel in a few lines: sign what is sent, check what is told."""

import hashlib
import hmac
import json
import re
import time
import urllib.request


def signature(secret: str, body: bytes, at: int) -> str:
    """The value of `Telesalud-Signature`."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


def send(address: str, secret: str, message: dict[str, object]) -> dict[str, object]:
    """Send one citizen's triage; the receipt. After a failure, send the same message again."""
    body = json.dumps(message).encode()
    headers = {
        "Content-Type": "application/json",
        "Telesalud-Signature": signature(secret, body, int(time.time())),
    }
    if not address.startswith("https://"):
        raise ValueError("the address begins with https://")
    request = urllib.request.Request(address, body, headers, method="POST")  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        receipt: dict[str, object] = json.load(answer)
    return receipt


def is_genuine(secret: str, header: str, body: bytes, now: float) -> bool:
    """Whether a webhook comes from Telesalud, within five minutes."""
    match = re.fullmatch(r"t=([0-9]{1,12})((?:,v1=[0-9a-f]{64})+)", header)
    if match is None or abs(now - int(match[1])) > 300:
        return False
    expected = signature(secret, body, int(match[1])).partition(",v1=")[2]
    given = match[2].split(",v1=")[1:]
    return any(hmac.compare_digest(expected, each) for each in given)
