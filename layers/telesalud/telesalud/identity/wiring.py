"""This context's parts, made from the environment once per process when they are needed."""

from functools import cache
from typing import TYPE_CHECKING

from telesalud.identity.model import IdentityServices
from telesalud.identity.passwords import Hasher
from telesalud.identity.settings import IdentitySettings
from telesalud.platform.aws import clients
from telesalud.platform.aws.dynamodb import DynamoStore
from telesalud.platform.aws.kms import KmsSigner, KmsWrapper
from telesalud.platform.clock import utc_now
from telesalud.platform.ids import new_id
from telesalud.platform.vault import Vault
from telesalud.platform.work import Services

if TYPE_CHECKING:
    from telesalud.platform.tokens import TokenVerifier


@cache
def settings() -> IdentitySettings:
    """The environment. Raises SettingsError."""
    return IdentitySettings.load()


@cache
def services() -> IdentityServices:
    """What every use case takes."""
    return services_from(settings())


def core() -> Services:
    """What the edge itself needs."""
    return services().core


@cache
def verifier() -> "TokenVerifier":
    """The process's verifier, which keeps the issuers' keys."""
    from telesalud.platform.tokens import TokenVerifier  # noqa: PLC0415  # authorizer only

    return TokenVerifier(settings().trusted_issuers)


def services_from(settings: IdentitySettings) -> IdentityServices:
    """The services; no connection is made before the first use case needs it."""
    store = DynamoStore(settings.table, clients.dynamodb)
    vault = Vault(store, KmsWrapper(settings.data_key, clients.kms), settings.context)
    keys = (settings.signing_key, *settings.published_keys)
    return IdentityServices(
        core=Services(store, vault, utc_now, new_id),
        signers=tuple(KmsSigner(key, clients.kms) for key in keys),
        hasher=Hasher(settings.argon2_memory_kib, settings.argon2_passes, settings.argon2_lanes),
        issuer=settings.issuer,
        session_lifetime=settings.session_lifetime,
        idle_lifetime=settings.idle_lifetime,
    )
