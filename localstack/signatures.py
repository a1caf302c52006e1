"""Whether a request for a file carries a signature, as S3 asks of a private bucket.

The emulator verifies the signature of a download that has one, and serves one that has none; of an
upload's form it verifies nothing but the policy. What it leaves out is done here.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from email import message_from_bytes

ALGORITHM = "AWS4-HMAC-SHA256"


def signed_query(query: Sequence[tuple[str, str]]) -> bool:
    """Whether a query names one signature of the one kind that the emulator verifies."""
    given = [(name, value) for name, value in query if name.lower().startswith("x-amz-")]
    names = [name.lower() for name, _ in given]
    return (
        len(set(names)) == len(names)
        and dict(given).get("X-Amz-Algorithm") == ALGORITHM
        and bool(dict(given).get("X-Amz-Signature"))
    )


def signed_form(content_type: str, body: bytes, key: tuple[str, str]) -> bool:
    """Whether a form's policy is signed with this access key (id and secret): SigV4's POST."""
    try:
        fields = _fields(content_type, body)
        policy, signature = fields["policy"], fields["x-amz-signature"]
        key_id, day, region, service, end = fields["x-amz-credential"].split("/")
    except (KeyError, ValueError):
        return False
    if fields.get("x-amz-algorithm") != ALGORITHM or (service, end) != ("s3", "aws4_request"):
        return False
    signing = f"AWS4{key[1]}".encode()
    for part in (day, region, service, end):
        signing = hmac.digest(signing, part.encode(), "sha256")
    expected = hmac.new(signing, policy.encode(), hashlib.sha256).hexdigest()
    return key_id == key[0] and hmac.compare_digest(expected.encode(), signature.encode())


def _fields(content_type: str, body: bytes) -> Mapping[str, str]:
    """The form's fields but its file. Raises ValueError for what is no form, or names one twice."""
    head = b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n"
    form = message_from_bytes(head + body)
    fields: dict[str, str] = {}
    for part in form.walk():
        if part is form:
            continue
        name = str(part.get_param("name", "", header="content-disposition")).lower()
        content = part.get_payload(decode=True)
        if name in fields or not isinstance(content, bytes):
            raise ValueError("not a form")
        fields[name] = "" if name == "file" else content.decode("utf-8")
    return fields
