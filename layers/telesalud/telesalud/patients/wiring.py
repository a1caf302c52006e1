"""This context's parts, made from the environment once per process when they are needed."""

from typing import TYPE_CHECKING

from telesalud.patients.errors import NoTerminology
from telesalud.platform.backend import backend, part
from telesalud.platform.logs import get_logger
from telesalud.platform.parts import blobs_from, http, scanner_from, services_from, verifier_from
from telesalud.platform.settings import FileSettings, PartnerSettings
from telesalud.platform.work import Services

if TYPE_CHECKING:
    from telesalud.patients.admissions.neighbours import Wards
    from telesalud.patients.coverage.keeping import Contracts
    from telesalud.patients.custody.export_parts import OtherContexts
    from telesalud.patients.teleconsultations.importing import Filing
    from telesalud.patients.teleconsultations.reserving import Consults
    from telesalud.patients.terminology.release import Releases
    from telesalud.patients.terminology.search import TerminologyIndex
    from telesalud.platform.partners.client import PartnerClient
    from telesalud.platform.ports.blobs import Blobs
    from telesalud.platform.ports.scanner import Scanner
    from telesalud.platform.tokens import TokenVerifier


class PatientsSettings(FileSettings, PartnerSettings):
    """Settings of the patients app."""

    site: str = ""
    """The disconnected site that this process serves; empty at the centre."""
    terminology: str = ""
    """Folder of the blobs bucket in which indexes of classifications are published."""


@part
def settings() -> PatientsSettings:
    """The environment. Raises SettingsError."""
    return PatientsSettings.load(backend().environment("patients"))


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
    """Documents."""
    return blobs_from(settings())


@part
def scanner() -> "Scanner":
    """The virus scanner. Raises ValueError when none is configured."""
    return scanner_from(settings())


@part
def releases() -> "Releases":
    """The classifications in use."""
    from telesalud.patients.terminology.release import Releases  # noqa: PLC0415  # coding only

    own = settings()
    return Releases(own.terminology, backend().objects(own.blobs_bucket))


def terminology(name: str = "icd11") -> "TerminologyIndex":
    """The release of a classification in use. Raises NoTerminology."""
    return releases().open(name)


def terminology_if_any() -> "TerminologyIndex | None":
    """The same, or None: a diagnosis is recorded although its code cannot be looked up."""
    try:
        return terminology()
    except NoTerminology as missing:
        get_logger().warning("codes are not looked up", reason=missing.detail)
        return None


@part
def partner() -> "PartnerClient":
    """Calls to other contexts in the name of an institution's own client."""
    from telesalud.patients.neighbours.consults_http import credentials_of  # noqa: PLC0415
    from telesalud.platform.partners.client import PartnerClient  # noqa: PLC0415

    own = services()
    return PartnerClient(settings().api, lambda tenant: credentials_of(own, tenant), http)


@part
def filing() -> "Filing":
    """What the import of teleconsultations takes."""
    from telesalud.patients.neighbours.consults_http import HttpTeleconsultations  # noqa: PLC0415
    from telesalud.patients.teleconsultations.importing import Filing  # noqa: PLC0415  # the queue's function only

    return Filing(services(), blobs(), HttpTeleconsultations(partner(), http))


def consults_of(authorization: str) -> "Consults":
    """The consults service, in the name of whoever sent this header."""
    from telesalud.patients.neighbours.consults_http import HttpConsults  # noqa: PLC0415  # calls only

    return HttpConsults(settings().api, authorization, http)


def wards_of(authorization: str) -> "Wards":
    """The pharmacy's wards, in the name of whoever sent this header."""
    from telesalud.patients.neighbours.pharmacy_http import HttpWards  # noqa: PLC0415  # discharges only

    return HttpWards(settings().api, authorization, http)


def contracts_of(authorization: str) -> "Contracts":
    """Contracts of billing, in the name of whoever sent this header."""
    from telesalud.patients.neighbours.billing_http import HttpContracts  # noqa: PLC0415  # coverage only

    return HttpContracts(settings().api, authorization, http)


@part
def other_contexts() -> "OtherContexts":
    """What other contexts keep of a patient."""
    from telesalud.patients.neighbours.orders_http import HttpOrders  # noqa: PLC0415  # exports only

    return HttpOrders(partner(), http)
