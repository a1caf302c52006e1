"""The earlier module's routes, each a function that knows no server; `serve` answers for them all.

Routes stand without `/api`, which is the stage's name: the front door sends both
`/api/videoconsultation` and `/videoconsultation` here. Answers have that module's envelope instead
of problem+json, so these are no operations of a `Group`.
"""

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from pydantic import BaseModel, ValidationError

from schemas.paho import CreatedVideoconsultation, Envelope, NewVideoconsultation, Owner
from telesalud.consults import wiring
from telesalud.consults.paho import usecases
from telesalud.consults.paho.forms import fields_of
from telesalud.consults.paho.tokens import Partner, partner_of
from telesalud.platform.errors import DomainError, Forbidden, Invalid, TooLarge
from telesalud.platform.http.operations import MAX_BODY, Method
from telesalud.platform.http.parsing import Raw
from telesalud.platform.http.replies import Reply
from telesalud.platform.http.serving import check_front_door
from telesalud.platform.logs import get_logger, where
from telesalud.platform.work import AnsweredBefore

Handler = Callable[[Raw], Reply]

_SECRET = re.compile(r"[A-Za-z0-9_-]{22,128}")
_PAGE_HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
_PAGE = (
    "<!doctype html><html lang=es><meta charset=utf-8><title>Teleconsulta</title><p>{}</p></html>"
)


def create_videoconsultation(raw: Raw) -> Reply:
    """`POST /api/videoconsultation`: the seven keys. An Idempotency-Key makes it repeatable."""
    services = wiring.services()
    partner = _partner(raw)
    if len(raw.body) > MAX_BODY:
        raise TooLarge("the body is too large", limit=MAX_BODY)
    fields = fields_of(raw.headers.get("content-type", ""), raw.body)
    new = NewVideoconsultation.model_validate(fields)
    key = raw.headers.get("idempotency-key", "")[:128]
    try:
        made = usecases.create(services, partner, wiring.settings().origin, new, key)
    except AnsweredBefore as before:
        made = CreatedVideoconsultation.model_validate_json(before.answer.body)
    return _envelope(200, "Videoconsulta creada", made)


def videoconsultation_data(raw: Raw) -> Reply:
    """`GET /api/videoconsultation/data?vc&medic`: the export, or 303 to it when it is large."""
    vc, medic = _parameter(raw, "vc"), _parameter(raw, "medic")
    data = usecases.data(wiring.services(), wiring.blobs(), _partner(raw), vc, medic)
    if isinstance(data, usecases.Elsewhere):
        return Reply(303, "", {"Location": data.url, "Cache-Control": "no-store"})
    return _envelope(200, "ok", data)


def user(raw: Raw) -> Reply:
    """`GET /api/user`: whose token it is."""
    partner = _partner(raw)
    return _envelope(200, "ok", Owner(id=partner.caller.subject, name=partner.name))


def login(_raw: Raw) -> Reply:
    """`GET /api/login`: where the earlier module sent callers without a token."""
    return _envelope(401, "Unauthenticated.", None)


def page(raw: Raw) -> Reply:
    """`GET /videoconsultation?vc[&medic]`: hands the secret to the page in a fragment."""
    vc, medic = _parameter(raw, "vc"), _parameter(raw, "medic")
    try:
        if not _SECRET.fullmatch(vc) or (medic and not _SECRET.fullmatch(medic)):
            raise Forbidden
        secret = usecases.page_secret(wiring.services(), vc, medic)
    except DomainError:
        # Said the same way for every wrong secret; the earlier module answered 200.
        text = "El enlace no es válido. / O link não é válido. / The link is not valid."
        return Reply(404, _PAGE.format(text), _PAGE_HEADERS)
    location = f"{wiring.settings().origin}/c/#{secret}"
    return Reply(302, "", {**_PAGE_HEADERS, "Location": location})


class Route(NamedTuple):
    """Where a handler is reached, and the media types of the bodies that it takes."""

    method: Method
    path: str
    handler: Handler
    content_types: tuple[str, ...] = ("application/json",)


ROUTES: Final = (
    Route(
        "POST",
        "/videoconsultation",
        create_videoconsultation,
        ("application/json", "application/x-www-form-urlencoded"),
    ),
    Route("GET", "/videoconsultation", page),
    Route("GET", "/videoconsultation/data", videoconsultation_data),
    Route("GET", "/user", user),
    Route("GET", "/login", login),
)


def serve(handler: Handler, raw: Raw) -> Reply:
    """The handler's reply, or the envelope of its refusal; never raises."""
    try:
        check_front_door(wiring.settings().front_door_sha256, raw.headers)
        reply = handler(raw)
    except Exception as error:  # noqa: BLE001  # the one place where everything becomes a reply
        reply = _refusal(error)
    get_logger().info("request", operation=handler.__name__, status=reply.status)
    return reply


def _partner(raw: Raw) -> Partner:
    return partner_of(wiring.services(), raw.headers.get("authorization", ""))


def _parameter(raw: Raw, name: str) -> str:
    """A query parameter's value, the last where there are several, as the module read it."""
    return raw.query.get(name, ("",))[-1]


def _envelope(status: int, message: str, data: BaseModel | dict[str, Any] | None) -> Reply:
    body = Envelope[Any](success=status < 400, message=message, data=data).model_dump_json()
    return Reply(status, body, {"Content-Type": "application/json", "Cache-Control": "no-store"})


def _refusal(error: Exception) -> Reply:
    """The envelope of a refusal. Fields at fault are listed under `data`, with status 400."""
    if isinstance(error, ValidationError):
        fields = {
            str(e["loc"][0]): [e["msg"]] for e in error.errors(include_input=False) if e["loc"]
        }
        return _envelope(400, "Los datos no son válidos", fields)
    if isinstance(error, Invalid):
        named = {f.pointer.lstrip("/"): [f.detail] for f in error.fields}
        # The consults context speaks of `start`, the earlier module of `appointment_date`.
        fields = {("appointment_date" if n == "start" else n): d for n, d in named.items()}
        return _envelope(400, "Los datos no son válidos", fields)
    if isinstance(error, DomainError):
        return _envelope(error.status, error.detail, None)
    get_logger().error("request failed", error=type(error).__name__, where=where(error))
    return _envelope(500, "Algo falló de nuestro lado; repita la solicitud", None)
