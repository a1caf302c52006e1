"""This context's parts, made from the environment once per process when they are needed."""

from typing import TYPE_CHECKING

from telesalud.identity.model import IdentityServices
from telesalud.identity.passwords import Hasher
from telesalud.identity.settings import IdentitySettings
from telesalud.platform import parts
from telesalud.platform.backend import backend, part
from telesalud.platform.work import Services

if TYPE_CHECKING:
    from telesalud.platform.tokens import TokenVerifier


@part
def settings() -> IdentitySettings:
    """The environment. Raises SettingsError."""
    return IdentitySettings.load(backend().environment("identity"))


@part
def services() -> IdentityServices:
    """What every use case takes."""
    return services_from(settings())


def core() -> Services:
    """What the edge itself needs."""
    return services().core


@part
def verifier() -> "TokenVerifier":
    """The process's verifier, which keeps the issuers' keys."""
    return parts.verifier_from(settings())


def services_from(own: IdentitySettings) -> IdentityServices:
    """The services; no connection is made before the first use case needs it."""
    keys = (own.signing_key, *own.published_keys)
    return IdentityServices(
        core=parts.services_from(own),
        signers=tuple(backend().signer(key) for key in keys),
        hasher=Hasher(own.argon2_memory_kib, own.argon2_passes, own.argon2_lanes),
        issuer=own.issuer,
        session_lifetime=own.session_lifetime,
        idle_lifetime=own.idle_lifetime,
    )
