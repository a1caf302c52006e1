"""Setting up how an institution's appointments reach the consults service."""

from schemas.connections import Connection, ConnectionBody
from telesalud.appointments.policy import CONNECT, GRANTS
from telesalud.platform.access import require
from telesalud.platform.partners import connections
from telesalud.platform.work import Call, Services


def read_connection(services: Services, call: Call) -> Connection:
    """The connection without its secrets."""
    require(call.caller, CONNECT, GRANTS)
    return connections.show(services, call.caller.tenant)


def put_connection(
    services: Services, call: Call, body: ConnectionBody, version: int
) -> Connection:
    """Set (version 0) or replace the credentials. Raises StaleVersion."""
    require(call.caller, CONNECT, GRANTS)
    return connections.put(services, call, body, version, "appointments.connect")
