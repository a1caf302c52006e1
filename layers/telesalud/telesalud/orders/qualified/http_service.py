"""A signing service over HTTP, by the contract of docs/signing.md."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ValidationError

from telesalud.orders.qualified.service import (
    Declined,
    Outcome,
    SignedDocument,
    SigningRequest,
    StillWaiting,
)
from telesalud.platform.errors import Unavailable
from telesalud.platform.partners.client import TIMEOUT

if TYPE_CHECKING:
    import httpx

_MOST: int = 300 * 1024
"""Bytes of a signed paper that can be kept."""


class _Answer(BaseModel):
    state: Literal["signed", "pending", "refused"]
    document: str = ""
    signer: str = ""
    issuer: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HttpSigningService:
    """`PUT <url>/signatures/<id>`, which may be repeated."""

    url: str
    http: "Callable[[], httpx.Client]"

    def sign(self, token: str, request: SigningRequest) -> Outcome:
        """Sign, or say how far it is. Raises Unavailable."""
        import httpx  # noqa: PLC0415  # 120 ms of import that most requests do without

        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        place = f"{self.url}/signatures/{request.id}"
        try:
            answer = self.http().put(
                place, content=_body(request), headers=headers, timeout=TIMEOUT
            )
        except httpx.HTTPError as error:
            raise Unavailable("the signing service did not answer") from error
        if answer.status_code in (409, 422):
            return Declined(f"http-{answer.status_code}")
        if answer.status_code not in (200, 202):
            # Credentials and outages are mended by people; the paper waits meanwhile.
            raise Unavailable(f"the signing service answered {answer.status_code}")
        return _read(answer.content)


def _body(request: SigningRequest) -> str:
    signer, register = request.signer, request.signer.registration
    return json.dumps(
        {
            "document": base64.b64encode(request.document).decode(),
            "sha256": hashlib.sha256(request.document).hexdigest(),
            "user": request.user,
            "name": signer.name,
            "registration": {"type": register.type, "number": register.number},
        },
        ensure_ascii=False,
    )


def _read(content: bytes) -> Outcome:
    try:
        answer = _Answer.model_validate_json(content)
        document = base64.b64decode(answer.document, validate=True)
    except (ValidationError, ValueError) as error:
        raise Unavailable("the signing service answered something else") from error
    if answer.state == "pending":
        return StillWaiting()
    if answer.state == "refused":
        return Declined(answer.reason[:60] or "refused")
    if len(document) > _MOST:
        return Declined("too-large")
    return SignedDocument(document, answer.signer[:200], answer.issuer[:200])
