"""This context's parts, made from the environment once per process when they are needed."""

from typing import TYPE_CHECKING

from telesalud.platform.backend import backend, part
from telesalud.platform.parts import http, services_from, verifier_from
from telesalud.platform.settings import PartnerSettings
from telesalud.platform.work import Services

if TYPE_CHECKING:
    from telesalud.billing.services import BillingServices
    from telesalud.platform.tokens import TokenVerifier


class BillingSettings(PartnerSettings):
    """Settings of the billing app."""

    site: str = ""
    """The disconnected site that this process serves; empty at the centre."""


@part
def settings() -> BillingSettings:
    """The environment. Raises SettingsError."""
    return BillingSettings.load(backend().environment("billing"))


@part
def services() -> Services:
    """What every use case takes."""
    return services_from(settings())


@part
def verifier() -> "TokenVerifier":
    """Access tokens."""
    return verifier_from(settings())


def services_of(authorization: str) -> "BillingServices":
    """What use cases take, in the name of whoever sent this header."""
    from telesalud.billing.neighbours.clinic_http import HttpNeighbours  # noqa: PLC0415  # not cold
    from telesalud.billing.services import BillingServices  # noqa: PLC0415  # likewise

    own, given = services(), settings()
    neighbours = HttpNeighbours(given.api, authorization, http)
    return BillingServices(own.store, own.vault, own.clock, own.new_id, neighbours, given.site)
