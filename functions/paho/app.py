"""paho: the HTTP interface of PAHO's earlier telehealth module, over the consults context.

Routes stand without `/api`, which is the stage's name: the front door sends both
`/api/videoconsultation` and `/videoconsultation` here. Answers have that module's envelope instead
of problem+json.
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Any

from chalice.app import Chalice, Response
from pydantic import BaseModel, ValidationError

from schemas.paho import CreatedVideoconsultation, Envelope, NewVideoconsultation, Owner
from telesalud.consults import wiring
from telesalud.consults.paho import usecases
from telesalud.consults.paho.forms import fields_of
from telesalud.consults.paho.tokens import partner_of
from telesalud.platform.errors import DomainError, Forbidden, Invalid, TooLarge
from telesalud.platform.http.operations import MAX_BODY
from telesalud.platform.http.serving import FRONT_DOOR_HEADER
from telesalud.platform.logs import get_logger, where
from telesalud.platform.work import AnsweredBefore

app = Chalice(app_name="paho")

_SECRET = re.compile(r"[A-Za-z0-9_-]{22,128}")
_CONTENT_TYPES = ["application/json", "application/x-www-form-urlencoded"]
_Headers = dict[str, str | list[str]]

_PAGE_HEADERS: _Headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
_PAGE = (
    "<!doctype html><html lang=es><meta charset=utf-8><title>Teleconsulta</title><p>{}</p></html>"
)

Handler = Callable[[Any], Response]


def _answer(status: int, message: str, data: BaseModel | dict[str, Any] | None) -> Response:
    body = Envelope[Any](success=status < 400, message=message, data=data).model_dump_json()
    headers: _Headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return Response(body=body, status_code=status, headers=headers)


def _refusal(error: Exception) -> Response:
    """The envelope of a refusal. Fields at fault are listed under `data`, with status 400."""
    if isinstance(error, ValidationError):
        fields = {
            str(e["loc"][0]): [e["msg"]] for e in error.errors(include_input=False) if e["loc"]
        }
        return _answer(400, "Los datos no son válidos", fields)
    if isinstance(error, Invalid):
        named = {f.pointer.lstrip("/"): [f.detail] for f in error.fields}
        # The consults context speaks of `start`, the earlier module of `appointment_date`.
        fields = {("appointment_date" if n == "start" else n): d for n, d in named.items()}
        return _answer(400, "Los datos no son válidos", fields)
    if isinstance(error, DomainError):
        return _answer(error.status, error.detail, None)
    get_logger().error("request failed", error=type(error).__name__, where=where(error))
    return _answer(500, "Algo falló de nuestro lado; repita la solicitud", None)


def _serve(handler: Handler) -> Response:
    request: Any = app.current_request
    try:
        _check_front_door(request.headers)
        response = handler(request)
    except Exception as error:  # noqa: BLE001  # the one place where everything becomes an answer
        response = _refusal(error)
    get_logger().info("request", operation=handler.__name__, status=response.status_code)
    return response


def _check_front_door(headers: Any) -> None:
    expected = wiring.settings().front_door_sha256
    given = hashlib.sha256(headers.get(FRONT_DOOR_HEADER, "").encode()).hexdigest()
    if expected and not hmac.compare_digest(given, expected):
        raise Forbidden("requests come in through the front door only")


@app.route("/videoconsultation", methods=["POST"], content_types=_CONTENT_TYPES)
def create_videoconsultation() -> Response:
    """`POST /api/videoconsultation`: the seven keys. An Idempotency-Key makes it repeatable."""
    return _serve(_create)


def _create(request: Any) -> Response:
    services = wiring.services()
    partner = partner_of(services, request.headers.get("authorization", ""))
    body: bytes = request.raw_body or b""
    if len(body) > MAX_BODY:
        raise TooLarge("the body is too large", limit=MAX_BODY)
    fields = fields_of(request.headers.get("content-type", ""), body)
    new = NewVideoconsultation.model_validate(fields)
    key = request.headers.get("idempotency-key", "")[:128]
    try:
        made = usecases.create(services, partner, wiring.settings().origin, new, key)
    except AnsweredBefore as before:
        made = CreatedVideoconsultation.model_validate_json(before.answer.body)
    return _answer(200, "Videoconsulta creada", made)


@app.route("/videoconsultation/data", methods=["GET"])
def videoconsultation_data() -> Response:
    """`GET /api/videoconsultation/data?vc&medic`: the export, or 303 to it when it is large."""
    return _serve(_data)


def _data(request: Any) -> Response:
    services = wiring.services()
    partner = partner_of(services, request.headers.get("authorization", ""))
    query = request.query_params or {}
    found = usecases.data(
        services, wiring.blobs(), partner, query.get("vc", ""), query.get("medic", "")
    )
    if isinstance(found, usecases.Elsewhere):
        headers: _Headers = {"Location": found.url, "Cache-Control": "no-store"}
        return Response(body="", status_code=303, headers=headers)
    return _answer(200, "ok", found)


@app.route("/user", methods=["GET"])
def user() -> Response:
    """`GET /api/user`: whose token it is."""
    return _serve(_user)


def _user(request: Any) -> Response:
    partner = partner_of(wiring.services(), request.headers.get("authorization", ""))
    return _answer(200, "ok", Owner(id=partner.caller.subject, name=partner.name))


@app.route("/login", methods=["GET"])
def login() -> Response:
    """`GET /api/login`: where the earlier module sent callers without a token."""
    return _serve(_login)


def _login(_request: Any) -> Response:
    return _answer(401, "Unauthenticated.", None)


@app.route("/videoconsultation", methods=["GET"])
def page() -> Response:
    """`GET /videoconsultation?vc[&medic]`: hands the secret to the page in a fragment."""
    return _serve(_page)


def _page(request: Any) -> Response:
    query = request.query_params or {}
    vc, medic = query.get("vc", ""), query.get("medic", "")
    try:
        if not _SECRET.fullmatch(vc) or (medic and not _SECRET.fullmatch(medic)):
            raise Forbidden
        secret = usecases.page_secret(wiring.services(), vc, medic)
    except DomainError:
        # Said the same way for every wrong secret; the earlier module answered 200.
        text = "El enlace no es válido. / O link não é válido. / The link is not valid."
        return Response(body=_PAGE.format(text), status_code=404, headers=_PAGE_HEADERS)
    location = f"{wiring.settings().origin}/c/#{secret}"
    return Response(body="", status_code=302, headers={**_PAGE_HEADERS, "Location": location})
