"""appointments: agendas, free slots, bookings, and their teleconsultations."""

import re
from typing import Any

from chalice.app import AuthRequest, AuthResponse, Chalice

from schemas import appointments as contract
from schemas.common import PageQuery
from schemas.connections import Connection, ConnectionBody
from telesalud.appointments import (
    agenda,
    booking,
    directory,
    linking,
    wiring,
)
from telesalud.appointments.refusals import AgendaChanged, OutsideHours, PatientBusy, SlotTaken
from telesalud.platform.authorizer import CACHED_SECONDS, authorize
from telesalud.platform.edge import Answer, Auth, Edge, Request
from telesalud.platform.errors import (
    Conflict,
    Invalid,
    InvalidTransition,
    Malformed,
    NotFound,
    StaleVersion,
    Unauthenticated,
    Unavailable,
)

app = Chalice(app_name="appointments")
settings = wiring.settings()
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CODE = re.compile(r"[a-z][a-z0-9-]{1,39}")
BOOKING_ERRORS = (Invalid, OutsideHours, SlotTaken, PatientBusy, AgendaChanged)
CHANGE_ERRORS = (NotFound, StaleVersion, InvalidTransition)


@app.authorizer(ttl_seconds=CACHED_SECONDS)
def authorizer(request: AuthRequest) -> AuthResponse:
    """Lets valid tokens in; what they may do is decided in the domain."""
    return authorize(request, wiring.verifier())


edge = Edge(
    app, wiring.services, authorizer=authorizer, front_door_sha256=settings.front_door_sha256
)


def id_in(request: Request, name: str) -> str:
    """An id of the path. What is no id names nothing."""
    value = request.path[name]
    if not _ID.fullmatch(value):
        raise NotFound
    return value


# --- what appointments are made of -------------------------------------------------------------


@edge.operation(
    "POST",
    "/appointments/sites",
    summary="Register a site",
    body=contract.SiteBody,
    answer=contract.Site,
    status=201,
    idempotent=True,
)
def add_site(request: Request) -> Answer:
    site = directory.add_site(wiring.services(), request.call, request.body)
    return Answer(site, site.version)


@edge.operation(
    "GET",
    "/appointments/sites",
    summary="The institution's sites",
    query=PageQuery,
    answer=contract.SiteList,
)
def list_sites(request: Request) -> contract.SiteList:
    return directory.list_sites(wiring.services(), request.call, request.query)


@edge.operation(
    "PUT",
    "/appointments/sites/{site_id}",
    summary="Replace a site's data",
    body=contract.SiteBody,
    answer=contract.Site,
    versioned=True,
    errors=(NotFound, StaleVersion),
)
def change_site(request: Request) -> Answer:
    site = directory.change_site(
        wiring.services(), request.call, id_in(request, "site_id"), request.body, request.if_match
    )
    return Answer(site, site.version)


@edge.operation(
    "POST",
    "/appointments/practitioners",
    summary="Register a practitioner",
    body=contract.PractitionerBody,
    answer=contract.Practitioner,
    status=201,
    idempotent=True,
    errors=(Invalid,),
)
def add_practitioner(request: Request) -> Answer:
    person = directory.add_practitioner(wiring.services(), request.call, request.body)
    return Answer(person, person.version)


@edge.operation(
    "GET",
    "/appointments/practitioners",
    summary="The institution's practitioners",
    query=PageQuery,
    answer=contract.PractitionerList,
)
def list_practitioners(request: Request) -> contract.PractitionerList:
    return directory.list_practitioners(wiring.services(), request.call, request.query)


@edge.operation(
    "PUT",
    "/appointments/practitioners/{practitioner_id}",
    summary="Replace a practitioner's data",
    body=contract.PractitionerBody,
    answer=contract.Practitioner,
    versioned=True,
    errors=(Invalid, NotFound, StaleVersion),
)
def change_practitioner(request: Request) -> Answer:
    who = id_in(request, "practitioner_id")
    person = directory.change_practitioner(
        wiring.services(), request.call, who, request.body, request.if_match
    )
    return Answer(person, person.version)


@edge.operation(
    "GET",
    "/appointments/practitioners/{practitioner_id}/availability",
    summary="When a practitioner receives patients",
    answer=contract.Availability,
    errors=(NotFound,),
)
def read_hours(request: Request) -> Answer:
    who = id_in(request, "practitioner_id")
    hours = directory.read_hours(wiring.services(), request.call, who)
    return Answer(hours, hours.version)


@edge.operation(
    "PUT",
    "/appointments/practitioners/{practitioner_id}/availability",
    summary='Set when a practitioner receives patients; If-Match "0" the first time',
    body=contract.AvailabilityBody,
    answer=contract.Availability,
    versioned=True,
    errors=(Invalid, NotFound, StaleVersion),
)
def put_hours(request: Request) -> Answer:
    who = id_in(request, "practitioner_id")
    hours = directory.put_hours(
        wiring.services(), request.call, who, request.body, request.if_match
    )
    return Answer(hours, hours.version)


@edge.operation(
    "GET",
    "/appointments/categories",
    summary="Kinds of appointment",
    query=PageQuery,
    answer=contract.CategoryList,
)
def list_categories(request: Request) -> contract.CategoryList:
    return directory.list_categories(wiring.services(), request.call, request.query)


@edge.operation(
    "PUT",
    "/appointments/categories/{code}",
    summary='Create or replace a kind of appointment; If-Match "0" creates',
    body=contract.CategoryBody,
    answer=contract.Category,
    versioned=True,
    errors=(Invalid, StaleVersion),
)
def put_category(request: Request) -> Answer:
    code = request.path["code"]
    if not _CODE.fullmatch(code):
        raise NotFound
    category = directory.put_category(
        wiring.services(), request.call, code, request.body, request.if_match
    )
    return Answer(category, category.version)


# --- looking for time ---------------------------------------------------------------------------


@edge.operation(
    "GET",
    "/appointments/slots",
    summary="Free slots by practitioner, specialty, site and category; limit=1 is the first",
    query=contract.SlotQuery,
    answer=contract.SlotList,
    errors=(Invalid, NotFound),
)
def free_slots(request: Request) -> contract.SlotList:
    return agenda.free_slots(wiring.services(), request.call, request.query)


@edge.operation(
    "GET",
    "/appointments/agenda",
    summary="Appointments of a practitioner, a site or a patient in a span of time",
    query=contract.AgendaQuery,
    answer=contract.AppointmentList,
)
def read_agenda(request: Request) -> contract.AppointmentList:
    return agenda.agenda(wiring.services(), request.call, request.query)


# --- appointments -------------------------------------------------------------------------------


@edge.operation(
    "POST",
    "/appointments",
    summary="Book an appointment",
    body=contract.Book,
    answer=contract.Appointment,
    status=201,
    idempotent=True,
    errors=(*BOOKING_ERRORS, Unavailable),
)
def book(request: Request) -> Answer:
    made = booking.book(wiring.services(), request.call, request.body, wiring.patients())
    return Answer(made, made.version)


@edge.operation(
    "GET",
    "/appointments/{appointment_id}",
    summary="One appointment",
    answer=contract.Appointment,
    errors=(NotFound,),
)
def read_appointment(request: Request) -> Answer:
    which = id_in(request, "appointment_id")
    found = agenda.read(wiring.services(), request.call, which)
    return Answer(found, found.version)


@edge.operation(
    "POST",
    "/appointments/{appointment_id}/reschedule",
    summary="Move an appointment; repeating it changes nothing",
    body=contract.Reschedule,
    answer=contract.Appointment,
    versioned=True,
    errors=(*CHANGE_ERRORS, *BOOKING_ERRORS),
)
def reschedule(request: Request) -> Answer:
    which = id_in(request, "appointment_id")
    moved = booking.reschedule(
        wiring.services(), request.call, which, request.body, request.if_match
    )
    return Answer(moved, moved.version)


@edge.operation(
    "POST",
    "/appointments/{appointment_id}/cancel",
    summary="Call an appointment off; repeating it changes nothing",
    body=contract.Cancel,
    answer=contract.Appointment,
    versioned=True,
    errors=CHANGE_ERRORS,
)
def cancel(request: Request) -> Answer:
    which = id_in(request, "appointment_id")
    cancelled = booking.cancel(
        wiring.services(), request.call, which, request.body, request.if_match
    )
    return Answer(cancelled, cancelled.version)


@edge.operation(
    "POST",
    "/appointments/{appointment_id}/status",
    summary="Move an appointment to its next status; repeating it changes nothing",
    body=contract.ChangeStatus,
    answer=contract.Appointment,
    versioned=True,
    errors=CHANGE_ERRORS,
)
def change_status(request: Request) -> Answer:
    which = id_in(request, "appointment_id")
    changed = booking.change_status(
        wiring.services(), request.call, which, request.body, request.if_match
    )
    return Answer(changed, changed.version)


# --- teleconsultations --------------------------------------------------------------------------


@edge.operation(
    "GET",
    "/appointments/{appointment_id}/links",
    summary="The links into the teleconsultation",
    answer=contract.JoinLinks,
    errors=(NotFound, Conflict),
)
def read_links(request: Request) -> contract.JoinLinks:
    which = id_in(request, "appointment_id")
    return agenda.read_links(wiring.services(), request.call, which)


@edge.operation(
    "GET",
    "/appointments/connection",
    summary="How this institution's appointments reach the consults service",
    answer=Connection,
)
def read_connection(request: Request) -> Answer:
    connection = linking.read_connection(wiring.services(), request.call)
    return Answer(connection, connection.version)


@edge.operation(
    "PUT",
    "/appointments/connection",
    summary='Set the credentials for the consults service; If-Match "0" the first time',
    body=ConnectionBody,
    answer=Connection,
    versioned=True,
    errors=(StaleVersion,),
)
def put_connection(request: Request) -> Answer:
    connection = linking.put_connection(
        wiring.services(), request.call, request.body, request.if_match
    )
    return Answer(connection, connection.version)


@edge.operation(
    "POST",
    "/appointments/teleconsultation-notifications",
    summary="Receive a signed notification of the consults service",
    answer=contract.NotificationReceipt,
    auth=Auth.PUBLIC,
    errors=(Unauthenticated, Malformed),
)
def receive_notification(request: Request) -> contract.NotificationReceipt:
    from telesalud.appointments import notifications  # noqa: PLC0415  # this route only

    services = wiring.services()
    notification = notifications.authentic(services, request.headers, request.raw_body)
    return notifications.receive(services, notification, request.call.request_id)


# --- queues and streams -------------------------------------------------------------------------


@app.lambda_function(name="on_events")
def on_events(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Events of this context and of patients, from the queue."""
    from telesalud.appointments.events import handlers  # noqa: PLC0415  # this function only
    from telesalud.platform.consumer import consume  # noqa: PLC0415  # this function only

    return consume(event, handlers(wiring.services(), wiring.consults))


@app.lambda_function(name="relay")
def relay(event: dict[str, Any], _: object) -> dict[str, Any]:
    """New outbox items go to the event bus."""
    from telesalud.platform import clients  # noqa: PLC0415  # this function only
    from telesalud.platform import relay as outbox  # noqa: PLC0415  # this function only

    return outbox.relay(event["Records"], outbox.EventBridgeBus(settings.bus, clients.events))


@app.lambda_function(name="seal_audit")
def seal_audit(event: dict[str, Any], _: object) -> dict[str, Any]:
    """New audit entries go into the tenant's hash chain; its head is archived once a day."""
    from telesalud.platform.trail import keep_trail  # noqa: PLC0415  # this function only

    services = wiring.services()
    return keep_trail(event, services.store, services.clock)
