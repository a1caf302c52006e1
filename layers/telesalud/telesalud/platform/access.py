"""Who is calling and what they may do. Deny by default: a right is granted or it does not exist."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from telesalud.platform.errors import FieldError, Forbidden, Invalid, SessionExpired


class CallerKind(StrEnum):
    """What proves the caller's identity."""

    USER = "user"
    PARTNER = "partner"
    PARTICIPANT = "participant"
    """Holder of a teleconsultation link's session."""
    ANONYMOUS = "anonymous"
    """Nobody in particular: a public operation."""
    SYSTEM = "system"
    """A queue, a schedule or a state machine of our own."""


class Role(StrEnum):
    """Roles of a user within one tenant."""

    ADMINISTRATOR = "administrator"
    PHYSICIAN = "physician"
    NURSE = "nurse"
    FRONT_DESK = "front_desk"
    PHARMACIST = "pharmacist"
    LABORATORY = "laboratory"
    AUDITOR = "auditor"
    PHARMACY_ASSISTANT = "pharmacy_assistant"
    """Receives, stores and prepares; what leaves the pharmacy is a pharmacist's."""
    WARD_NURSE = "ward_nurse"
    """Asks the pharmacy for what a ward needs, and answers for what became of it."""
    ADMISSIONS = "admissions"
    BILLING = "billing"


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated caller, bound to one tenant."""

    tenant: str
    subject: str
    """User id, client id or participant id; never a name."""
    kind: CallerKind
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[str] = frozenset()
    """Rights such as `consults.write`: a partner's granted scopes, or a participant's session."""
    session: str = ""
    """Id of the login session or of the participant's consult."""
    expires: int = 0
    """Unix time at which what proved the caller ends; 0 when unknown."""
    issued: int = 0
    """Unix time at which it was issued; 0 when unknown."""
    name: str = ""
    """A user's display name, as their identity provider vouches for it; what they sign with."""

    @classmethod
    def system(cls, tenant: str, subject: str) -> "Caller":
        """A worker of our own acting for `tenant`."""
        return cls(tenant, subject, CallerKind.SYSTEM)

    @classmethod
    def anonymous(cls) -> "Caller":
        """Nobody; belongs to no tenant and has no right."""
        return cls("", "anonymous", CallerKind.ANONYMOUS)


Grants = Mapping[Role, frozenset[str]]
"""Which rights each role has in one context; written once in that context's `policy` module."""


def allows(caller: Caller, right: str, grants: Grants) -> bool:
    """Whether the caller has `right` (`<context>.<action>`) by role or by scope."""
    if caller.kind is CallerKind.SYSTEM:
        return True
    if caller.kind is CallerKind.USER:
        return any(right in grants.get(role, frozenset()) for role in caller.roles)
    return right in caller.scopes


def require(caller: Caller, right: str, grants: Grants) -> None:
    """Raise Forbidden unless the caller has the right."""
    if not allows(caller, right, grants):
        raise Forbidden(f"this needs the right {right}", right=right)


def require_person(caller: Caller) -> None:
    """Raise Forbidden unless a person acts: no machine signs, agrees, or breaks the glass."""
    if caller.kind is not CallerKind.USER:
        raise Forbidden("a person does this, with an account of their own", right="person")


def require_live(caller: Caller, now: datetime) -> None:
    """Raise Forbidden unless a person acts, SessionExpired unless their token is valid this moment.

    The gateway may vouch for a token for a minute after its expiry; that is enough for reading,
    not for a signature.
    """
    require_person(caller)
    if now.timestamp() >= caller.expires:
        raise SessionExpired


def own_name(caller: Caller, given: str | None, field: str) -> str:
    """The name that somebody signs and attends with: their own, as their identity provider has it.

    Raises Forbidden for a machine or an account without a name, Invalid when a client shows them
    by another (`given`, in this `field`).
    """
    require_person(caller)
    if not caller.name:
        raise Forbidden("your account has no name to sign with", right="name")
    if given is not None and given.split() != caller.name.split():
        fault = FieldError(f"/{field}", "differs", "people sign and attend under their own name")
        raise Invalid("this is not the name of your account", [fault])
    return caller.name
