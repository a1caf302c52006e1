"""The whole product in this process: every context on the backend in memory, over HTTP."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType

import telesalud.appointments.handlers
import telesalud.appointments.reports
import telesalud.billing.handlers
import telesalud.consults.handlers
import telesalud.interop.handlers
import telesalud.orders.handlers
import telesalud.orders.reports
import telesalud.patients.handlers
import telesalud.patients.reports
import telesalud.pharmacy.handlers
from telesalud.appointments import wiring as appointments
from telesalud.billing import wiring as billing
from telesalud.consults import wiring as consults
from telesalud.consults.visit import limit, sessions
from telesalud.identity import wiring as identity
from telesalud.interop import wiring as interop
from telesalud.orders import wiring as orders
from telesalud.orders.alarms import trying
from telesalud.orders.requests import deadlines
from telesalud.patients import wiring as patients
from telesalud.patients.custody import erasing as custody_erasing
from telesalud.patients.custody import export_parts
from telesalud.patients.documents import examining
from telesalud.pharmacy import wiring as pharmacy
from telesalud.platform import backend
from telesalud.platform.consumer import Handler, consume
from telesalud.platform.http.serving import Api, routes_in
from telesalud.platform.memory.backend import MemoryBackend, MovedClock, moment
from telesalud.platform.memory.queues import Data, Work
from telesalud.platform.memory.serving import App, Server, listening
from telesalud.platform.reports.working import handlers as report_handlers

LIMIT, DEADLINES, DELIVERIES, ALARMS = "limit", "deadlines", "deliveries", "alarms"
CONTEXTS: Mapping[str, ModuleType] = {
    "identity": identity,
    "patients": patients,
    "appointments": appointments,
    "consults": consults,
    "orders": orders,
    "pharmacy": pharmacy,
    "billing": billing,
    "interop": interop,
}
HEARD = {
    "patients": ("patients", "appointments", "identity", "orders"),
    "appointments": ("appointments", "patients", "identity"),
    "consults": ("consults", "identity"),
    "orders": ("orders", "patients", "identity", "pharmacy"),
    "pharmacy": ("identity", "patients"),
    "billing": ("billing", "identity", "patients", "pharmacy"),
    "interop": ("patients",),
}
"""Whose events each context hears of."""


@dataclass(frozen=True)
class Product:
    """A running installation."""

    memory: MemoryBackend
    clock: MovedClock
    origin: str


Serving = Callable[[Callable[[], Server], int], AbstractContextManager[None]]
"""Answers on a port of loopback while it is entered."""


@contextmanager
def running(serving: Serving = listening) -> Iterator[Product]:
    """Start everything on a free port of loopback."""
    port = _free_port()
    origin = f"http://127.0.0.1:{port}"
    clock = MovedClock()
    memory = MemoryBackend({context: _environment(context, origin) for context in CONTEXTS}, clock)
    backend.use(memory)
    _connect(memory)
    server = Server([_app(context) for context in CONTEXTS])
    try:
        with serving(lambda: server, port):
            yield Product(memory, clock, origin)
    finally:
        backend.use(None)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _environment(context: str, origin: str) -> dict[str, str]:
    ours = {
        "issuer": f"{origin}/api/identity",
        "jwks_url": f"{origin}/api/identity/.well-known/jwks.json",
        "audience": "telesalud",
        "ours": True,
    }
    variables = {
        "STAGE": "test",
        "CONTEXT": context,
        "TABLE": context,
        "DATA_KEY": f"{context}-data",
        "SIGNING_KEY": f"{context}-signing",
        "BUS": "bus",
        "ORIGIN": origin,
        "TRUSTED_ISSUERS": json.dumps([ours]),
        "BLOBS_BUCKET": f"{context}-blobs",
        "UPLOADS_BUCKET": f"{context}-uploads",
        "DIGESTS_BUCKET": "digests",
        "SCANNER": "eicar",
        "LIMIT_MACHINE": LIMIT,
        "DEADLINE_MACHINE": DEADLINES,
        "ALARM_MACHINE": ALARMS,
        "DELIVERIES": DELIVERIES,
    }
    return {f"TELESALUD_{name}": value for name, value in variables.items()}


def _app(context: str) -> App:
    wiring = CONTEXTS[context]
    services = identity.core if context == "identity" else wiring.services
    api = Api(context, routes_in(f"telesalud.{context}.routes"), services)
    return App(api, _participants if context == "consults" else wiring.verifier)


def _participants() -> sessions.EitherToken:
    return sessions.EitherToken(consults.tokens(), consults.verifier())


def _connect(memory: MemoryBackend) -> None:
    """What the stacks connect in the cloud: streams, queues, executions."""
    for context in CONTEXTS:
        then = telesalud.consults.handlers.push if context == "consults" else None
        memory.stream(context, "bus", then)
    bus = memory.bus("bus")
    for context, heard in HEARD.items():
        bus.subscribe(memory.queues[context], *heard)
        memory.consume(context, _handling(HANDLERS[context]))
    bus.subscribe(memory.queues[DELIVERIES], "consults")
    memory.consume(DELIVERIES, telesalud.consults.handlers.deliver)
    memory.execute(LIMIT, _end_sessions)
    memory.execute(DEADLINES, _watch_orders)
    memory.execute(ALARMS, _tell_people)


def _handling(handlers: Callable[[], Mapping[str, Handler]]) -> Work:
    return lambda messages: consume(messages, handlers())


def _end_sessions(data: Data) -> datetime | None:
    tenant, consult = str(data["tenant"]), str(data["consult_id"])
    due = limit.due(consults.services(), tenant, consult, int(data["schedule"]))
    return None if due.done else moment(due.next_at)


def _watch_orders(data: Data) -> datetime | None:
    tenant, order = str(data["tenant"]), str(data["order_id"])
    following = deadlines.check(orders.of_workers(), tenant, order, int(data["schedule"]))
    return None if following.done else moment(following.next_at)


def _tell_people(data: Data) -> datetime | None:
    tenant, subject = str(data["tenant"]), str(data["subject"])
    following = trying.step(orders.telling(), tenant, subject, int(data["number"]))
    return None if following.done else moment(following.next_at)


def _patients() -> Mapping[str, Handler]:
    return {
        **telesalud.patients.handlers.handlers(patients.filing),
        **examining.handlers(patients.services, patients.blobs, patients.scanner),
        **export_parts.handlers(patients.services, patients.blobs, patients.other_contexts),
        **custody_erasing.handlers(patients.services, patients.blobs),
        **report_handlers(telesalud.patients.reports.reports, "patients"),
    }


def _appointments() -> Mapping[str, Handler]:
    return {
        **telesalud.appointments.handlers.handlers(
            appointments.services(), appointments.consults, appointments.patients
        ),
        **report_handlers(telesalud.appointments.reports.reports, "appointments"),
    }


def _orders() -> Mapping[str, Handler]:
    return {
        **telesalud.orders.handlers.handlers(
            orders.of_workers, orders.blobs, orders.scanner, orders.deadlines, orders.alarms
        ),
        **report_handlers(telesalud.orders.reports.reports, "orders"),
    }


def _pharmacy() -> Mapping[str, Handler]:
    return telesalud.pharmacy.handlers.handlers(pharmacy.services)


def _billing() -> Mapping[str, Handler]:
    return telesalud.billing.handlers.handlers(billing.services)


def _interop() -> Mapping[str, Handler]:
    return telesalud.interop.handlers.handlers(interop.services)


HANDLERS: Mapping[str, Callable[[], Mapping[str, Handler]]] = {
    "patients": _patients,
    "appointments": _appointments,
    "consults": telesalud.consults.handlers.handlers,
    "orders": _orders,
    "pharmacy": _pharmacy,
    "billing": _billing,
    "interop": _interop,
}
