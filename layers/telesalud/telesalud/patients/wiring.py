"""This context's parts, made from the environment once per process when they are needed."""

from functools import cache
from typing import TYPE_CHECKING, Self

from pydantic import model_validator

from telesalud.patients.errors import NoTerminology
from telesalud.platform.aws import clients
from telesalud.platform.aws.dynamodb import DynamoStore
from telesalud.platform.aws.kms import KmsWrapper
from telesalud.platform.clock import utc_now
from telesalud.platform.ids import new_id
from telesalud.platform.logs import get_logger
from telesalud.platform.ports.blobs import Blobs, S3Blobs
from telesalud.platform.settings import Settings
from telesalud.platform.tokens import TokenVerifier
from telesalud.platform.vault import Vault
from telesalud.platform.work import Services

if TYPE_CHECKING:
    import httpx

    from telesalud.patients.custody.export_parts import OtherContexts
    from telesalud.patients.teleconsultations.importing import Filing
    from telesalud.patients.terminology.release import Releases
    from telesalud.patients.terminology.search import TerminologyIndex
    from telesalud.platform.partners.client import PartnerClient
    from telesalud.platform.ports.scanner import Scanner


class PatientsSettings(Settings):
    """Settings of the patients app."""

    blobs_bucket: str
    uploads_bucket: str
    storage_key: str = "alias/aws/s3"
    """KMS key that encrypts objects in the buckets."""
    partners_url: str = ""
    """Base URL of the other contexts' APIs; by default the front door's."""

    scanner: str = ""
    """`clamd://host:port`; the local stages may use `eicar`."""
    terminology: str = ""
    """Folder of the blobs bucket in which indexes of classifications are published."""

    @model_validator(mode="after")
    def _real_scanner(self) -> Self:
        if not self.is_local and self.scanner == "eicar":
            raise ValueError("scanner eicar is for the local stages only")
        return self

    @property
    def api(self) -> str:
        """Where the other contexts are called."""
        return self.partners_url or self.origin + "/api"


@cache
def settings() -> PatientsSettings:
    """The environment. Raises SettingsError."""
    return PatientsSettings.load()


@cache
def services() -> Services:
    """What every use case takes."""
    own = settings()
    store = DynamoStore(own.table, clients.dynamodb)
    vault = Vault(store, KmsWrapper(own.data_key, clients.kms), own.table)
    return Services(store, vault, utc_now, new_id)


@cache
def verifier() -> TokenVerifier:
    """Access tokens."""
    return TokenVerifier(settings().trusted_issuers)


@cache
def blobs() -> Blobs:
    """Documents."""
    own = settings()
    buckets = own.uploads_bucket, own.blobs_bucket
    return S3Blobs(*buckets, own.storage_key, clients.s3, utc_now, origin=own.origin)


@cache
def scanner() -> "Scanner":
    """The virus scanner. Raises ValueError when none is configured: no file passes unscanned."""
    from telesalud.platform.ports.scanner import scanner_at  # noqa: PLC0415  # examining only

    return scanner_at(settings().scanner)


@cache
def releases() -> "Releases":
    """The classifications in use."""
    from telesalud.patients.terminology.release import Releases  # noqa: PLC0415  # coding only
    from telesalud.platform.aws.s3_objects import S3Objects  # noqa: PLC0415  # coding only

    own = settings()
    return Releases(own.terminology, S3Objects(own.blobs_bucket, clients.s3))


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


@cache
def http() -> "httpx.Client":
    """Connections to the other contexts."""
    import httpx  # noqa: PLC0415  # only what talks to other contexts pays for it

    return httpx.Client(follow_redirects=False)


@cache
def partner() -> "PartnerClient":
    """Calls to other contexts in the name of an institution's own client."""
    from telesalud.patients.neighbours.consults_http import credentials_of  # noqa: PLC0415
    from telesalud.platform.partners.client import PartnerClient  # noqa: PLC0415

    own = services()
    return PartnerClient(settings().api, lambda tenant: credentials_of(own, tenant), http)


@cache
def filing() -> "Filing":
    """What the import of teleconsultations takes."""
    from telesalud.patients.neighbours.consults_http import HttpTeleconsultations  # noqa: PLC0415
    from telesalud.patients.teleconsultations.importing import Filing  # noqa: PLC0415  # the queue's function only

    return Filing(services(), blobs(), HttpTeleconsultations(partner(), http))


@cache
def other_contexts() -> "OtherContexts":
    """What other contexts keep of a patient."""
    from telesalud.patients.neighbours.orders_http import HttpOrders  # noqa: PLC0415  # exports only

    return HttpOrders(partner(), http)
