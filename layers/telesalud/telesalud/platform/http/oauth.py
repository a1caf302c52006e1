"""OAuth 2.0 endpoints: form bodies in, error objects of their own out (RFC 6749, RFC 7009)."""

import base64
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote_plus

from pydantic import BaseModel, ValidationError

from telesalud.platform.errors import Malformed, Unauthenticated
from telesalud.platform.http import problems
from telesalud.platform.http.replies import Reply
from telesalud.platform.validation import invalid

_MOST_FIELDS = 20


class OAuthError(BaseModel):
    """RFC 6749 §5.2."""

    error: str
    error_description: str


def read_form(model: type[BaseModel], headers: Mapping[str, str], body: bytes) -> BaseModel:
    """The form as an instance of `model`: each parameter once, empty ones as if absent.

    Raises Malformed, Invalid, UnsupportedMediaType.
    """
    media_type = headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise problems.UnsupportedMediaType("send application/x-www-form-urlencoded")
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(text, max_num_fields=_MOST_FIELDS, errors="strict", encoding="utf-8")
    except ValueError:
        raise Malformed("the form cannot be read") from None
    given = dict(pairs)
    if len(given) != len(pairs):
        raise Malformed("a parameter is repeated")
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise invalid(error) from None


def basic_credentials(headers: Mapping[str, str]) -> tuple[str, str] | None:
    """Client id and secret of HTTP Basic, form-encoded as RFC 6749 §2.3.1 has it; None without.

    Raises Malformed for an Authorization header that is not readable Basic.
    """
    header = headers.get("authorization", "")
    if not header:
        return None
    scheme, _, encoded = header.partition(" ")
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:  # also of base64 and of UTF-8
        text = ""
    client_id, colon, secret = text.partition(":")
    if scheme.lower() != "basic" or not colon:
        raise Malformed("the Authorization header is not HTTP Basic")
    return unquote_plus(client_id), unquote_plus(secret)


def reply(error: Exception, problem: problems.ProblemDetails) -> Reply:
    """The error object of RFC 6749 §5.2 for what would be `problem` elsewhere."""
    if problem.status in (429, 503):
        code = "temporarily_unavailable"
    elif problem.status >= 500:
        code = "server_error"
    else:
        code = str(getattr(error, "oauth", "invalid_request"))
    headers = {**problems.reply(problem).headers, "Content-Type": "application/json"}
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = 'Basic realm="telesalud"'
    body = OAuthError(error=code, error_description=problem.detail).model_dump_json()
    return Reply(problem.status, body, headers)
