"""This context's parts, made from the environment once per process when they are needed.

What only some functions need is imported where it is made, so that relaying events or sealing the
trail starts without catalogues, scanner and HTTP client.
"""

from functools import cache
from typing import TYPE_CHECKING, Self

from pydantic import model_validator

from telesalud.platform.aws import clients
from telesalud.platform.aws.dynamodb import DynamoStore
from telesalud.platform.aws.kms import KmsWrapper
from telesalud.platform.clock import utc_now
from telesalud.platform.ids import new_id
from telesalud.platform.ports.blobs import Blobs, S3Blobs
from telesalud.platform.ports.workflows import StepFunctionsWorkflow, Workflows
from telesalud.platform.settings import Settings
from telesalud.platform.tokens import TokenVerifier
from telesalud.platform.vault import Vault
from telesalud.platform.work import Services

if TYPE_CHECKING:
    import httpx

    from telesalud.orders.catalogues.releases import Catalogues
    from telesalud.orders.services import OrdersServices
    from telesalud.platform.ports.scanner import Scanner


class OrdersSettings(Settings):
    """Settings of the orders app."""

    blobs_bucket: str
    uploads_bucket: str
    storage_key: str = "alias/aws/s3"
    """KMS key that encrypts objects in the buckets."""
    scanner: str = ""
    """`clamd://host:port`; the local stages may use `eicar`."""
    partners_url: str = ""
    """Base URL of the other contexts' APIs; by default the front door's."""
    verify_url: str = ""
    """Page that shows what a code stands for, such as `https://clinic.example/verify/#`; by
    default the API itself."""
    deadline_machine: str = ""
    """ARN of the state machine that watches orders."""

    @model_validator(mode="after")
    def _real_scanner(self) -> Self:
        if not self.is_local and self.scanner == "eicar":
            raise ValueError("scanner eicar is for the local stages only")
        return self

    @property
    def code_url(self) -> str:
        """Where a printed code leads; the code comes after it."""
        return self.verify_url or self.origin + "/api/orders/verify/"

    @property
    def api(self) -> str:
        """Where the other contexts are called."""
        return self.partners_url or self.origin + "/api"


@cache
def settings() -> OrdersSettings:
    """The environment. Raises SettingsError."""
    return OrdersSettings.load()


def services_from(own: OrdersSettings) -> Services:
    """What every use case takes, by these settings."""
    store = DynamoStore(own.table, clients.dynamodb)
    vault = Vault(store, KmsWrapper(own.data_key, clients.kms), own.table)
    return Services(store, vault, utc_now, new_id)


def blobs_from(own: OrdersSettings) -> Blobs:
    """Files, by these settings."""
    buckets = own.uploads_bucket, own.blobs_bucket
    return S3Blobs(*buckets, own.storage_key, clients.s3, utc_now, origin=own.origin)


@cache
def services() -> Services:
    """What every use case takes."""
    return services_from(settings())


@cache
def verifier() -> TokenVerifier:
    """Access tokens."""
    return TokenVerifier(settings().trusted_issuers)


@cache
def blobs() -> Blobs:
    """Releases of catalogues, and attachments."""
    return blobs_from(settings())


@cache
def catalogues() -> "Catalogues":
    """The catalogues that this process has read."""
    from telesalud.orders.catalogues.releases import Catalogues  # noqa: PLC0415

    return Catalogues(blobs())


@cache
def scanner() -> "Scanner":
    """The virus scanner. Raises ValueError when none is configured: no file passes unscanned."""
    from telesalud.platform.ports.scanner import scanner_at  # noqa: PLC0415

    return scanner_at(settings().scanner)


@cache
def http() -> "httpx.Client":
    """Connections to the other contexts."""
    import httpx  # noqa: PLC0415

    return httpx.Client(follow_redirects=False)


@cache
def deadlines() -> Workflows:
    """The watch over orders."""
    return StepFunctionsWorkflow(settings().deadline_machine, clients.stepfunctions)


def services_of(authorization: str) -> "OrdersServices":
    """What use cases that reach a patient take, in the name of whoever sent this header."""
    from telesalud.orders.neighbours.patients_http import HttpPeople  # noqa: PLC0415
    from telesalud.orders.services import OrdersServices  # noqa: PLC0415

    own, people = services(), HttpPeople(settings().api, authorization, http)
    return OrdersServices(own.store, own.vault, own.clock, own.new_id, catalogues(), people)


def of_workers() -> "OrdersServices":
    """The same for queues and workflows: without a token, what needs a care relation refuses."""
    return services_of("")
