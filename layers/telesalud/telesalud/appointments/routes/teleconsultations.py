"""The links into teleconsultations, and what the consults service notifies, over HTTP."""

from schemas.appointments import JoinLinks, NotificationReceipt
from schemas.connections import Connection, ConnectionBody
from telesalud.appointments import wiring
from telesalud.appointments.booking import reading
from telesalud.appointments.policy import CONNECT, GRANTS
from telesalud.appointments.teleconsultations import notifications
from telesalud.platform.errors import Conflict, Malformed, NotFound, StaleVersion, Unauthenticated
from telesalud.platform.http.operations import Answer, Auth, Group, Request
from telesalud.platform.partners import connections

group = Group("/appointments")


@group.get("/{appointment_id}/links", answer=JoinLinks, errors=(NotFound, Conflict))
def read_links(request: Request) -> JoinLinks:
    """The links into the teleconsultation."""
    appointment = request.id("appointment_id")
    return reading.read_links(wiring.services(), request.call, appointment)


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
    answer=NotificationReceipt,
    auth=Auth.PUBLIC,
    errors=(Unauthenticated, Malformed),
)
def receive_notification(request: Request) -> NotificationReceipt:
    """Receive a signed notification of the consults service."""
    return notifications.receive(
        wiring.services(), request.headers, request.raw_body, request.call.request_id
    )
