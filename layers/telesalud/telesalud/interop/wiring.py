"""This context's parts, made from the environment once per process when they are needed."""

from dataclasses import replace
from typing import TYPE_CHECKING

from telesalud.interop.fhir.services import FhirServices
from telesalud.platform.backend import backend, part
from telesalud.platform.parts import http, services_from, verifier_from
from telesalud.platform.settings import PartnerSettings
from telesalud.platform.work import Services

if TYPE_CHECKING:
    from telesalud.interop.messages.services import MessageServices
    from telesalud.interop.record.clinic import Clinic
    from telesalud.interop.triage.services import TriageServices
    from telesalud.platform.access import Caller
    from telesalud.platform.ports.deliveries import DeliveryQueue
    from telesalud.platform.ports.messages import Channel
    from telesalud.platform.tokens import TokenVerifier

FHIR = "/api/interop/fhir/r4"


class InteropSettings(PartnerSettings):
    """Settings of the interop app."""

    deliveries: str = ""
    """URL of the queue of notifications."""
    deliveries_dead_letters: str = ""
    """URL of its dead-letter queue."""
    email_sender: str = ""
    """Address that messages about signs of danger come from; empty sends no e-mail."""


@part
def settings() -> InteropSettings:
    """The environment. Raises SettingsError."""
    return InteropSettings.load(backend().environment("interop"))


@part
def services() -> Services:
    """What every use case takes."""
    return services_from(settings())


@part
def verifier() -> "TokenVerifier":
    """Access tokens."""
    return verifier_from(settings())


@part
def fhir() -> FhirServices:
    """What the use cases of FHIR take."""
    own = services()
    return FhirServices(own.store, own.vault, own.clock, own.new_id, settings().origin + FHIR)


def clinic(authorization: str) -> "Clinic":
    """The contexts that keep the record, in the name of whoever sent this header."""
    from telesalud.interop.neighbours.record_http import HttpRecord  # noqa: PLC0415  # not cold

    return HttpRecord(settings().api, authorization, http)


def fhir_of(caller: "Caller", authorization: str) -> FhirServices:
    """What the use cases of FHIR take, with the record as this caller may see it."""
    from telesalud.interop.record.reading import Record  # noqa: PLC0415  # discovery does without

    own = fhir()
    return replace(own, record=Record(clinic(authorization), caller.scopes, own.clock()))


def triage_of(authorization: str) -> "TriageServices":
    """What the use cases of the inbox take, in the name of whoever sent this header."""
    from telesalud.interop.neighbours.inbox_http import HttpNeighbours  # noqa: PLC0415  # not cold
    from telesalud.interop.triage.services import TriageServices  # noqa: PLC0415  # likewise

    own = services()
    neighbours = HttpNeighbours(settings().api, authorization, http)
    return TriageServices(own.store, own.vault, own.clock, own.new_id, neighbours)


def messages_of(authorization: str) -> "MessageServices":
    """What taking a message needs, in the name of whoever sent this header."""
    from telesalud.interop.messages.services import MessageServices  # noqa: PLC0415  # not cold
    from telesalud.interop.neighbours.inbox_http import HttpNeighbours  # noqa: PLC0415  # likewise

    own = services()
    neighbours = HttpNeighbours(settings().api, authorization, http)
    return MessageServices(own.store, own.vault, own.clock, own.new_id, neighbours)


@part
def deliveries() -> "DeliveryQueue":
    """The queue of notifications."""
    own = settings()
    return backend().deliveries(own.deliveries, own.deliveries_dead_letters)


@part
def mail() -> "Channel | None":
    """What messages about signs of danger are sent by; None where nothing sends e-mail."""
    own = settings()
    if own.email_sender:
        return backend().email(own.email_sender)
    if own.is_local:
        from telesalud.platform.recorder import Recorder  # noqa: PLC0415  # local stages only

        return Recorder(services, "email")
    return None
