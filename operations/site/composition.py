"""Every context in one process, on any backend that runs what follows from writes itself."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import ModuleType
from typing import Protocol

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
from telesalud.platform.consumer import Handler, Received, consume
from telesalud.platform.http.one_process import App, Server
from telesalud.platform.http.serving import Api, routes_in
from telesalud.platform.relay import NewItem
from telesalud.platform.reports.working import handlers as report_handlers

BUS, LIMIT, DEADLINES, DELIVERIES, ALARMS = "bus", "limit", "deadlines", "deliveries", "alarms"
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
Follow = Callable[[Sequence[NewItem]], object]
Work = Callable[[Sequence[Received]], Sequence[Received]]
Data = Mapping[str, str | int]
Step = Callable[[Data], datetime | None]
HEARD = {
    "patients": ("patients", "appointments", "identity", "orders"),
    "appointments": ("appointments", "patients", "identity"),
    "consults": ("consults", "identity"),
    "orders": ("orders", "patients", "identity", "pharmacy"),
    "pharmacy": ("identity", "patients"),
    "interop": ("identity", "patients", "appointments"),
    "billing": ("billing", "identity", "patients", "pharmacy"),
}
"""Whose events each context hears of."""


class Connecting(Protocol):
    """What a backend in one process offers beside its parts: what follows from writes."""

    def stream(self, table: str, bus: str, then: Follow | None = None) -> None:
        """Have a table's new events published, and `then` follow its new items."""

    def hear(self, bus: str, queue: str, *contexts: str) -> None:
        """Have the events of these contexts put on the queue."""

    def consume(self, queue: str, work: Work) -> None:
        """Have a queue's messages worked on."""

    def execute(self, machine: str, step: Step) -> None:
        """Have a machine's executions ask this step what is due."""


def environment(context: str, origin: str, **own: str) -> dict[str, str]:
    """A context's variables; `own` sets some of them, by names in upper case."""
    ours = {
        "issuer": f"{origin}/api/identity",
        "jwks_url": f"{origin}/api/identity/.well-known/jwks.json",
        "audience": "telesalud",
        "ours": True,
    }
    variables = {
        "CONTEXT": context,
        "TABLE": context,
        "DATA_KEY": f"{context}-data",
        "SIGNING_KEY": f"{context}-signing",
        "BUS": BUS,
        "ORIGIN": origin,
        "TRUSTED_ISSUERS": json.dumps([ours]),
        "BLOBS_BUCKET": f"{context}-blobs",
        "UPLOADS_BUCKET": f"{context}-uploads",
        "DIGESTS_BUCKET": "digests",
        "LIMIT_MACHINE": LIMIT,
        "DEADLINE_MACHINE": DEADLINES,
        "ALARM_MACHINE": ALARMS,
        "DELIVERIES": _deliveries(context),
        **own,
    }
    return {f"TELESALUD_{name}": value for name, value in variables.items()}


def _deliveries(context: str) -> str:
    """The queue of a context's notifications."""
    return DELIVERIES if context == "consults" else f"{context}-{DELIVERIES}"


def server(contexts: Iterable[str] = CONTEXTS) -> Server:
    """The APIs of these contexts behind one address."""
    return Server([_app(context) for context in contexts])


def _app(context: str) -> App:
    wiring = CONTEXTS[context]
    services = identity.core if context == "identity" else wiring.services
    api = Api(context, routes_in(f"telesalud.{context}.routes"), services)
    return App(api, _participants if context == "consults" else wiring.verifier)


def _participants() -> sessions.EitherToken:
    return sessions.EitherToken(consults.tokens(), consults.verifier())


def connect(to: Connecting, contexts: Iterable[str] = CONTEXTS) -> None:
    """What the stacks connect in the cloud: streams, queues, executions."""
    present = frozenset(contexts)
    for context in present:
        then = telesalud.consults.handlers.push if context == "consults" else None
        to.stream(context, BUS, then)
    for context, heard in HEARD.items():
        if context in present:
            to.hear(BUS, context, *heard)
            to.consume(context, _handling(HANDLERS[context]))
    if "consults" in present:
        to.hear(BUS, DELIVERIES, "consults")
        to.consume(DELIVERIES, telesalud.consults.handlers.deliver)
        to.execute(LIMIT, _end_sessions)
    if "interop" in present:
        to.hear(BUS, _deliveries("interop"), "interop")
        to.consume(_deliveries("interop"), telesalud.interop.handlers.deliver)
    if "orders" in present:
        to.execute(DEADLINES, _watch_orders)
        to.execute(ALARMS, _tell_people)


def _handling(handlers: Callable[[], Mapping[str, Handler]]) -> Work:
    return lambda messages: consume(messages, handlers())


def _end_sessions(data: Data) -> datetime | None:
    tenant, consult = str(data["tenant"]), str(data["consult_id"])
    due = limit.due(consults.services(), tenant, consult, int(data["schedule"]))
    return None if due.done else _moment(due.next_at)


def _watch_orders(data: Data) -> datetime | None:
    tenant, order = str(data["tenant"]), str(data["order_id"])
    following = deadlines.check(orders.of_workers(), tenant, order, int(data["schedule"]))
    return None if following.done else _moment(following.next_at)


def _tell_people(data: Data) -> datetime | None:
    tenant, subject = str(data["tenant"]), str(data["subject"])
    following = trying.step(orders.telling(), tenant, subject, int(data["number"]))
    return None if following.done else _moment(following.next_at)


def _moment(text: str) -> datetime:
    """When to ask again, as workflows are told it: RFC 3339 in whole seconds."""
    return datetime.fromisoformat(text).astimezone(UTC)


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


def _interop() -> Mapping[str, Handler]:
    return telesalud.interop.handlers.handlers(interop.services)


def _billing() -> Mapping[str, Handler]:
    return telesalud.billing.handlers.handlers(billing.services)


HANDLERS: Mapping[str, Callable[[], Mapping[str, Handler]]] = {
    "patients": _patients,
    "appointments": _appointments,
    "consults": telesalud.consults.handlers.handlers,
    "orders": _orders,
    "pharmacy": _pharmacy,
    "billing": _billing,
    "interop": _interop,
}
