"""Builds this context's services on AWS (or the local cloud) from the settings."""

from telesalud.identity.model import IdentityServices
from telesalud.identity.passwords import Hasher
from telesalud.identity.settings import IdentitySettings
from telesalud.platform import clients
from telesalud.platform.clock import utc_now
from telesalud.platform.dynamodb import DynamoStore
from telesalud.platform.ids import new_id
from telesalud.platform.kms import KmsSigner, KmsWrapper
from telesalud.platform.vault import Vault
from telesalud.platform.work import Services


def services_from(settings: IdentitySettings) -> IdentityServices:
    """The services; no connection is made before the first use case needs it."""
    store = DynamoStore(settings.table, clients.dynamodb)
    vault = Vault(store, KmsWrapper(settings.data_key, clients.kms), settings.table)
    keys = (settings.signing_key, *settings.published_keys)
    return IdentityServices(
        core=Services(store, vault, utc_now, new_id),
        signers=tuple(KmsSigner(key, clients.kms) for key in keys),
        hasher=Hasher(settings.argon2_memory_kib, settings.argon2_passes, settings.argon2_lanes),
        issuer=settings.issuer,
        session_lifetime=settings.session_lifetime,
        idle_lifetime=settings.idle_lifetime,
    )
