"""This context's parts, made from the environment once per process when they are needed.

What only some functions need is imported where it is made, so that relaying events or sealing the
trail starts without catalogues, scanner and HTTP client.
"""

from typing import TYPE_CHECKING, Self

from pydantic import model_validator

from telesalud.platform.backend import backend, part
from telesalud.platform.parts import blobs_from, http, scanner_from, services_from, verifier_from
from telesalud.platform.settings import FileSettings, PartnerSettings
from telesalud.platform.work import Services

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.alarms import ChannelName
    from telesalud.orders.alarms.telling import Telling
    from telesalud.orders.catalogues.releases import Catalogues
    from telesalud.orders.qualified.finishing import Finishing
    from telesalud.orders.services import OrdersServices
    from telesalud.platform.ports.blobs import Blobs
    from telesalud.platform.ports.messages import Channel
    from telesalud.platform.ports.scanner import Scanner
    from telesalud.platform.ports.workflows import Workflows
    from telesalud.platform.tokens import TokenVerifier


class OrdersSettings(FileSettings, PartnerSettings):
    """Settings of the orders app."""

    verify_url: str = ""
    """Page that shows what a code stands for, such as `https://clinic.example/verify/#`; by
    default the API itself."""
    deadline_machine: str = ""
    """ARN of the state machine that watches orders."""

    alarm_machine: str = ""
    """ARN of the state machine that tells people of alarms."""
    email_sender: str = ""
    """Address that messages about alarms come from; empty sends no e-mail."""

    signing_url: str = ""
    """Service of qualified signatures (docs/signing.md), such as `https://signing.example/v1`."""

    @model_validator(mode="after")
    def _signing_is_encrypted(self) -> Self:
        if self.signing_url and not self.is_local and not self.signing_url.startswith("https://"):
            raise ValueError("signing_url must be https outside the local stages")
        return self

    @property
    def code_url(self) -> str:
        """Where a printed code leads; the code comes after it."""
        return self.verify_url or self.origin + "/api/orders/verify/"


@part
def settings() -> OrdersSettings:
    """The environment. Raises SettingsError."""
    return OrdersSettings.load(backend().environment("orders"))


@part
def services() -> Services:
    """What every use case takes."""
    return services_from(settings())


@part
def verifier() -> "TokenVerifier":
    """Access tokens."""
    return verifier_from(settings())


@part
def blobs() -> "Blobs":
    """Releases of catalogues, and attachments."""
    return blobs_from(settings())


@part
def catalogues() -> "Catalogues":
    """The catalogues that this process has read."""
    from telesalud.orders.catalogues.releases import Catalogues  # noqa: PLC0415

    return Catalogues(blobs())


@part
def scanner() -> "Scanner":
    """The virus scanner. Raises ValueError when none is configured."""
    return scanner_from(settings())


@part
def deadlines() -> "Workflows":
    """The watch over orders."""
    return backend().workflows(settings().deadline_machine)


@part
def alarms() -> "Workflows":
    """What tells people of alarms."""
    return backend().workflows(settings().alarm_machine)


@part
def channels() -> "Mapping[ChannelName, Channel]":
    """What messages about alarms are sent by. Providers of SMS are joined here."""
    from telesalud.orders.alarms.telling import EMAIL, SMS  # noqa: PLC0415
    from telesalud.platform.recorder import Recorder  # noqa: PLC0415

    own = settings()
    found: dict[ChannelName, Channel] = {}
    if own.is_local:
        found = {name: Recorder(services, name) for name in (EMAIL, SMS)}
    if own.email_sender:
        found[EMAIL] = backend().email(own.email_sender)
    return found


@part
def telling() -> "Telling":
    """What telling people of alarms takes."""
    from telesalud.orders.alarms.telling import Telling  # noqa: PLC0415

    return Telling(services(), channels(), settings().origin + "/alarms/")


def finishing() -> "Finishing":
    """What bringing papers and their qualified signatures together takes."""
    from telesalud.orders.papers.rendering import by_default  # noqa: PLC0415
    from telesalud.orders.qualified.finishing import Finishing  # noqa: PLC0415
    from telesalud.orders.qualified.http_service import HttpSigningService  # noqa: PLC0415

    own = settings()
    service = HttpSigningService(own.signing_url, http)
    return Finishing(of_workers(), service, by_default(own.code_url))


def services_of(authorization: str) -> "OrdersServices":
    """What use cases that reach a patient take, in the name of whoever sent this header."""
    from telesalud.orders.neighbours.patients_http import HttpPeople  # noqa: PLC0415
    from telesalud.orders.services import OrdersServices  # noqa: PLC0415

    own, people = services(), HttpPeople(settings().api, authorization, http)
    qualified = bool(settings().signing_url)
    return OrdersServices(
        own.store, own.vault, own.clock, own.new_id, catalogues(), people, qualified
    )


def of_workers() -> "OrdersServices":
    """The same for queues and workflows: without a token, what needs a care relation refuses."""
    return services_of("")
