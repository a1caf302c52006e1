"""The links into teleconsultations, and what the consults service notifies, over HTTP."""

from schemas import appointments as c
from schemas.connections import Connection, ConnectionBody
from telesalud.appointments import wiring
from telesalud.appointments.booking import agenda
from telesalud.appointments.policy import CONNECT, GRANTS
from telesalud.platform.errors import Conflict, Malformed, NotFound, StaleVersion, Unauthenticated
from telesalud.platform.http.operations import Answer, Auth, Group, Request
from telesalud.platform.partners import connections

group = Group("/appointments")


@group.get("/{appointment_id}/links", answer=c.JoinLinks, errors=(NotFound, Conflict))
def read_links(request: Request) -> c.JoinLinks:
    """The links into the teleconsultation."""
    which = request.id("appointment_id")
    return agenda.read_links(wiring.services(), request.call, which)


@group.get("/connection", answer=Connection)
def read_connection(request: Request) -> Answer:
    """How this institution's appointments reach the consults service."""
    connection = connections.read_connection(wiring.services(), request.call, CONNECT, GRANTS)
    return Answer(connection, connection.version)


@group.put(
    "/connection", body=ConnectionBody, answer=Connection, versioned=True, errors=(StaleVersion,)
)
def put_connection(request: Request) -> Answer:
    """Set the credentials for the consults service; If-Match "0" the first time."""
    connection = connections.put_connection(
        wiring.services(),
        request.call,
        request.body,
        request.if_match,
        right=CONNECT,
        grants=GRANTS,
    )
    return Answer(connection, connection.version)


@group.post(
    "/teleconsultation-notifications",
    answer=c.NotificationReceipt,
    auth=Auth.PUBLIC,
    errors=(Unauthenticated, Malformed),
)
def receive_notification(request: Request) -> c.NotificationReceipt:
    """Receive a signed notification of the consults service."""
    from telesalud.appointments.teleconsultations import notifications  # noqa: PLC0415  # this route only

    services = wiring.services()
    notification = notifications.authentic(services, request.headers, request.raw_body)
    return notifications.receive(services, notification, request.call.request_id)
