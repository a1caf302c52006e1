"""This context's parts, made from the environment once per process when they are needed."""

from typing import TYPE_CHECKING

from telesalud.platform.backend import backend, part
from telesalud.platform.parts import blobs_from, http, scanner_from, services_from, verifier_from
from telesalud.platform.settings import FileSettings, PartnerSettings
from telesalud.platform.work import Services

if TYPE_CHECKING:
    from telesalud.orders.catalogues.releases import Shelf
    from telesalud.orders.desk import Desk
    from telesalud.platform.ports.blobs import Blobs
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
def shelf() -> "Shelf":
    """The catalogues that this process has read."""
    from telesalud.orders.catalogues.releases import Shelf  # noqa: PLC0415  # what orders, not what lists

    return Shelf(blobs())


@part
def scanner() -> "Scanner":
    """The virus scanner. Raises ValueError when none is configured."""
    return scanner_from(settings())


@part
def deadlines() -> "Workflows":
    """The watch over orders."""
    return backend().workflows(settings().deadline_machine)


def desk(authorization: str) -> "Desk":
    """What a request's use case works with, in the name of the request's caller."""
    from telesalud.orders.desk import Desk  # noqa: PLC0415  # these operations only
    from telesalud.orders.neighbours.patients_http import HttpPeople  # noqa: PLC0415

    return Desk(services(), shelf(), HttpPeople(settings().api, authorization, http))
