"""The parts that every context's wiring has, made from its settings by the backend."""

from typing import TYPE_CHECKING

from telesalud.platform.backend import backend, part
from telesalud.platform.settings import FileSettings, Settings
from telesalud.platform.vault import Vault
from telesalud.platform.work import Services

if TYPE_CHECKING:
    import httpx

    from telesalud.platform.ports.blobs import Blobs
    from telesalud.platform.ports.scanner import Scanner
    from telesalud.platform.tokens import TokenVerifier


def services_from(own: Settings) -> Services:
    """What every use case takes; no connection is made before the first one needs it."""
    under = backend()
    store = under.store(own.table)
    vault = Vault(store, under.key_wrapper(own.data_key), own.context)
    return Services(store, vault, under.clock, under.new_id)


def verifier_from(own: Settings) -> "TokenVerifier":
    """Access tokens, with the issuers' keys in memory."""
    from telesalud.platform.tokens import TokenVerifier  # noqa: PLC0415  # the authorizer's only

    return TokenVerifier(own.trusted_issuers, clock=backend().clock)


def blobs_from(own: FileSettings) -> "Blobs":
    """People's files."""
    return backend().blobs(own.uploads_bucket, own.blobs_bucket, own.storage_key, own.origin)


def scanner_from(own: FileSettings) -> "Scanner":
    """The virus scanner. Raises ValueError when none is configured: no file passes unscanned."""
    from telesalud.platform.scanners import scanner_at  # noqa: PLC0415  # who examines files only

    if own.scanner == "guardduty":
        return backend().scanner(own.uploads_bucket)
    return scanner_at(own.scanner)


@part
def http() -> "httpx.Client":
    """Connections to the other contexts."""
    return backend().http()
