"""Rotation of refresh tokens with reuse detection.

A session is a family of refresh tokens. Each is 256 random bits, stored as SHA-256, and works
once. Its successor is HMAC-SHA256 over it with a random salt that is stored when it is used, so a
client whose answer got lost gets the *same* successor again for as long as nobody has used that (a
laptop may sleep for an hour before it reads the answer), while neither the old token nor the table
alone yields it. During a short grace a used token leads on to the newest of its family, however
many tabs refreshed in between. Any other use of a used token means that two parties hold the
family: it is revoked and the reuse audited (RFC 9700 §4.14.2). Who stole a token and gets its
successor is found out when the other party comes with it.
"""

import base64
import hashlib
import hmac
import secrets as randomness
from dataclasses import dataclass, replace

from telesalud.identity import issuing, repository
from telesalud.identity.errors import GrantRefused
from telesalud.identity.model import IdentityServices, RefreshToken, Session, Tenant, User
from telesalud.identity.policy import REFRESH_GRACE
from telesalud.identity.sessions import Issued, end_session
from telesalud.identity.stored import Secrets
from telesalud.platform.access import Caller, CallerKind
from telesalud.platform.audit import Outcome
from telesalud.platform.clock import to_text
from telesalud.platform.store import (
    PRESENT,
    Check,
    StoreBusy,
    Update,
    When,
    at_version,
)
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Work, retrying

_SALT_BYTES = 32
_MOST_STEPS = 20
"""Refreshes of one family within the grace that are followed."""


@dataclass(frozen=True, slots=True)
class _Family:
    """What a refresh token belongs to."""

    token: RefreshToken
    session: Session
    user: User
    tenant: Tenant
    secrets: Secrets


def refresh(services: IdentityServices, call: Call, token: str) -> Issued:
    """New tokens for an old refresh token. Raises GrantRefused, StoreBusy."""
    return retrying(lambda: _refresh(services, call, token))


def _refresh(services: IdentityServices, call: Call, token: str) -> Issued:
    family = _family(services, token)
    if family.token.used_at is None:
        return _rotate(services, family, token)
    return _again(services, call, family, token)


def _family(services: IdentityServices, token: str) -> _Family:
    item = services.core.store.get(repository.refresh_key(token))
    if item is None:
        raise GrantRefused
    known = repository.refresh_of(item)
    keys = (
        repository.session_key(known.tenant, known.user, known.session),
        repository.user_key(known.tenant, known.user),
        repository.tenant_key(known.tenant),
        repository.credentials_key(known.tenant, known.user),
    )
    found = services.core.fetch(keys, Scope(known.tenant))
    if not all(key in found for key in keys):
        raise GrantRefused
    session = repository.session_of(found[keys[0]])
    user = repository.user_of(services.core, found[keys[1]])
    credentials = repository.credentials_of(services.core, known.tenant, found[keys[3]])
    epoch = credentials.secrets.epoch
    if not user.active or session.over(services.core.clock(), services.idle_lifetime, epoch):
        raise GrantRefused
    tenant = repository.tenant_of(found[keys[2]])
    return _Family(known, session, user, tenant, credentials.secrets)


def _rotate(services: IdentityServices, family: _Family, token: str) -> Issued:
    now, session = services.core.clock(), family.session
    salt = randomness.token_bytes(_SALT_BYTES)
    successor = _successor(token, salt)
    rotated = replace(session, generation=session.generation + 1, last_used_at=now)
    access_token = issuing.user_token(services, family.user, session.id)
    services.core.store.transact(
        [
            Update(
                repository.refresh_key(token),
                set={"used": True, "used_at": to_text(now), "salt": salt},
                when=When(exists=True, equals={"used": False}),
            ),
            Update(
                repository.session_key(session.tenant, session.user, session.id),
                set={"generation": rotated.generation, "last_used_at": to_text(now)},
                when=When(exists=True, version=session.version, equals={"live": True}),
            ),
            repository.put_refresh(successor, rotated),
            Check(
                repository.user_key(session.tenant, session.user), at_version(family.user.version)
            ),
        ]
    )
    return _issued(family, rotated, access_token, successor)


def _again(services: IdentityServices, call: Call, family: _Family, token: str) -> Issued:
    """A used token came back: the newest of its family, or revocation."""
    used_at, session = family.token.used_at, family.session
    assert used_at is not None
    latest = session.generation == family.token.generation + 1
    if latest or services.core.clock() < used_at + REFRESH_GRACE:
        newest = _newest(services, token)
        access_token = issuing.user_token(services, family.user, session.id)
        return _issued(family, session, access_token, newest)
    key = repository.session_key(session.tenant, session.user, session.id)
    caller = Caller(session.tenant, session.user, CallerKind.ANONYMOUS, session=session.id)
    work = Work(services.core, replace(call, caller=caller))
    work.add(Update(key, set={"live": False}, when=PRESENT))
    work.audit(
        "identity.refresh",
        session.user,
        f"session/{session.id}",
        Outcome.DENIED,
        "refresh_token_reused",
    )
    work.commit()
    raise GrantRefused


def _newest(services: IdentityServices, token: str) -> str:
    """The last token that came from this one. Raises StoreBusy when there are always newer ones."""
    for _ in range(_MOST_STEPS):
        item = services.core.store.get(repository.refresh_key(token))
        known = repository.refresh_of(item) if item else None
        if known is None:
            raise GrantRefused
        if known.used_at is None:
            return token
        token = _successor(token, known.salt)
    raise StoreBusy


def _issued(family: _Family, session: Session, access_token: str, refresh_token: str) -> Issued:
    return Issued(session, family.user, family.tenant, family.secrets, access_token, refresh_token)


def _successor(token: str, salt: bytes) -> str:
    digest = hmac.new(salt, token.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def end(services: IdentityServices, call: Call, token: str) -> None:
    """End the session that the token belongs to; an unknown token is no error (RFC 7009 §2.2)."""
    item = services.core.store.get(repository.refresh_key(token))
    if item is None:
        return
    known = repository.refresh_of(item)
    caller = Caller(known.tenant, known.user, CallerKind.USER, session=known.session)
    key = repository.session_key(known.tenant, known.user, known.session)
    end_session(Work(services.core, replace(call, caller=caller)), key, "identity.log_out")
