"""The links into teleconsultations, and what the consults service notifies, over HTTP."""

from schemas import appointments as c
from schemas.connections import Connection, ConnectionBody
from telesalud.appointments import wiring
from telesalud.appointments.booking import agenda
from telesalud.appointments.policy import CONNECT, GRANTS
from telesalud.platform.errors import Conflict, Malformed, NotFound, StaleVersion, Unauthenticated
from telesalud.platform.http.operations import Answer, Auth, Edge, Request
from telesalud.platform.partners import connections


def register(edge: Edge) -> None:
    """Add this group's operations."""

    @edge.operation(
        "GET",
        "/appointments/{appointment_id}/links",
        summary="The links into the teleconsultation",
        answer=c.JoinLinks,
        errors=(NotFound, Conflict),
    )
    def read_links(request: Request) -> c.JoinLinks:
        which = request.id("appointment_id")
        return agenda.read_links(wiring.services(), request.call, which)

    @edge.operation(
        "GET",
        "/appointments/connection",
        summary="How this institution's appointments reach the consults service",
        answer=Connection,
    )
    def read_connection(request: Request) -> Answer:
        connection = connections.read_connection(wiring.services(), request.call, CONNECT, GRANTS)
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
        connection = connections.put_connection(
            wiring.services(),
            request.call,
            request.body,
            request.if_match,
            right=CONNECT,
            grants=GRANTS,
        )
        return Answer(connection, connection.version)

    @edge.operation(
        "POST",
        "/appointments/teleconsultation-notifications",
        summary="Receive a signed notification of the consults service",
        answer=c.NotificationReceipt,
        auth=Auth.PUBLIC,
        errors=(Unauthenticated, Malformed),
    )
    def receive_notification(request: Request) -> c.NotificationReceipt:
        from telesalud.appointments.teleconsultations import notifications  # noqa: PLC0415  # this route only

        services = wiring.services()
        notification = notifications.authentic(services, request.headers, request.raw_body)
        return notifications.receive(services, notification, request.call.request_id)
