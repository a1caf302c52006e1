"""Outgoing notifications (webhooks): what travels in the body.

Headers: `Telesalud-Id` repeats the id, `Telesalud-Signature: t=<unix seconds>,v1=<hex>[,v1=<hex>]`
holds HMAC-SHA256 over `<t>.<body>`, one `v1` for each active secret. A receiver checks one of them
against its secret, refuses a `t` more than five minutes off, answers 2xx within ten seconds,
handles each id once, and ignores a sequence lower than one it knows for the same subject.
"""

from typing import Any

from pydantic import Field

from schemas.common import Contract, Moment


class Envelope(Contract):
    """Body of a notification."""

    id: str = Field(min_length=1, max_length=64)
    """The same in every attempt and every replay."""
    type: str = Field(pattern=r"^[a-z]+\.[a-z_]+$")
    """`<context>.<fact>`."""
    version: int = Field(ge=1)
    """Version of the schema of `data`."""
    tenant: str
    subject: str
    """Id of the thing it happened to."""
    sequence: int = Field(ge=0)
    """Rises with every notification of the same subject."""
    at: Moment
    data: dict[str, Any]
