"""This context's parts, made from the environment once per process when they are needed."""

from dataclasses import replace
from typing import TYPE_CHECKING

from telesalud.interop.fhir.services import FhirServices
from telesalud.platform.backend import backend, part
from telesalud.platform.parts import http, services_from, verifier_from
from telesalud.platform.settings import PartnerSettings
from telesalud.platform.work import Services

if TYPE_CHECKING:
    from telesalud.interop.record.clinic import Clinic
    from telesalud.platform.access import Caller
    from telesalud.platform.tokens import TokenVerifier

FHIR = "/api/interop/fhir/r4"


class InteropSettings(PartnerSettings):
    """Settings of the interop app."""


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
