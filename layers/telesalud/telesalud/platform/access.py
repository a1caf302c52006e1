"""Who is calling and what they may do. Deny by default: a right is granted or it does not exist."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from telesalud.platform.errors import Forbidden, SessionExpired


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


def require_live(caller: Caller, now: datetime) -> None:
    """Raise SessionExpired unless the user's token is still valid at this very moment.

    The gateway may vouch for a token for a minute after its expiry; that is enough for reading,
    not for a signature.
    """
    if caller.kind is CallerKind.USER and now.timestamp() >= caller.expires:
        raise SessionExpired
