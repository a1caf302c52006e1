"""This context's parts, made from the environment once per process when they are needed."""

from typing import TYPE_CHECKING

from telesalud.platform.backend import backend, part
from telesalud.platform.parts import http, services_from, verifier_from
from telesalud.platform.settings import PartnerSettings
from telesalud.platform.work import Services

if TYPE_CHECKING:
    from telesalud.pharmacy.services import PharmacyServices
    from telesalud.platform.tokens import TokenVerifier


class PharmacySettings(PartnerSettings):
    """Settings of the pharmacy app."""

    site: str = ""
    """The disconnected site that this process serves; empty at the centre."""


@part
def settings() -> PharmacySettings:
    """The environment. Raises SettingsError."""
    return PharmacySettings.load(backend().environment("pharmacy"))


@part
def services() -> Services:
    """What every use case takes."""
    return services_from(settings())


@part
def verifier() -> "TokenVerifier":
    """Access tokens."""
    return verifier_from(settings())


def services_of(authorization: str) -> "PharmacyServices":
    """What use cases take, in the name of whoever sent this header."""
    from telesalud.pharmacy.neighbours.clinic_http import HttpNeighbours  # noqa: PLC0415  # not cold
    from telesalud.pharmacy.services import PharmacyServices  # noqa: PLC0415  # likewise

    own, given = services(), settings()
    neighbours = HttpNeighbours(given.api, authorization, http)
    return PharmacyServices(own.store, own.vault, own.clock, own.new_id, neighbours, given.site)
