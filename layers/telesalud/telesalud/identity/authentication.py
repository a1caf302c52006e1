"""Proving who somebody is, with the same work whether or not they exist.

Every attempt costs one read of the tenant, one of name and attempts, one counting write, one read
of the account, one argon2 verification, and on failure one audit entry: for a known name, an
unknown one, a disabled user and a wrong code alike.
"""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime

from schemas import identity as contract
from telesalud.identity import attempts, repository, totp
from telesalud.identity.errors import LogInRefused, SecondFactorRequired
from telesalud.identity.model import Credentials, IdentityServices, Tenant, User
from telesalud.identity.stored import Secrets
from telesalud.platform.access import Caller, CallerKind, Role
from telesalud.platform.audit import Outcome
from telesalud.platform.errors import Conflict, TooMany
from telesalud.platform.store import Check, ConditionFailed, Key, Operation, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Work

UNKNOWN = "unknown"
"""Audit subject of attempts on names that nobody has."""
_NOBODY = "00000000-0000-7000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class ClaimedAccount:
    """The account that somebody says is theirs, before anything was proved."""

    tenant: Tenant
    reservation: attempts.Reservation
    user: User | None
    credentials: Credentials
    now: datetime


@dataclass(frozen=True, slots=True)
class ProvenAccount:
    """The account of a user who has proved who they are. Nothing is written yet: what follows
    decides."""

    tenant: Tenant
    user: User
    secrets: Secrets
    """With the code marked as used and an outdated hash renewed."""
    version: int
    """Of the credentials item."""
    reservation: attempts.Reservation

    @property
    def caller(self) -> Caller:
        """The user, for the audit trail of what they do now."""
        return Caller(self.tenant.id, self.user.id, CallerKind.USER, self.user.roles)

    def operations(self, services: IdentityServices, secrets: Secrets) -> tuple[Operation, ...]:
        """Spend the proof: belongs in the transaction of what it was for.

        Writes `secrets` over the version that was proved, so that of two requests with one code
        only one succeeds, and fails when the user was changed meanwhile.
        """
        user, tenant = self.user, self.tenant.id
        key = repository.user_key(tenant, user.id)
        return (
            repository.put_credentials(services.core, tenant, user.id, secrets, self.version),
            Check(key, at_version(user.version)),
            *self.reservation.succeeded(),
        )


def claim(
    services: IdentityServices,
    tenant_id: str,
    user_name: str,
    source: str,
    *,
    guessable: bool = True,
) -> ClaimedAccount:
    """Count the attempt and read the account. Raises TooMany, LogInRefused for no such tenant.

    `source` is the caller's network address; `guessable` is whether the proof to come is.
    """
    core = services.core
    found_tenant = core.store.get(repository.tenant_key(tenant_id))
    if found_tenant is None:
        services.hasher.verify("", UNKNOWN)
        raise LogInRefused
    name = repository.name_key(core, tenant_id, user_name)
    keys = attempts.attempt_keys(core, tenant_id, name, source)
    found = core.store.get_many([name, keys.account, keys.span, keys.before])
    try:
        reservation = attempts.reserve(core, keys, found, guessable=guessable)
    except attempts.SourceMustWait as waits:
        services.hasher.verify("", UNKNOWN)  # as long as for an account that may go on
        raise attempts.too_many(waits.retry_after) from None
    user_id = found[name].text("user") if name in found else _NOBODY
    user, credentials = _account(services, tenant_id, user_id)
    tenant = repository.tenant_of(found_tenant)
    return ClaimedAccount(tenant, reservation, user, credentials, core.clock())


def _account(
    services: IdentityServices, tenant: str, user_id: str
) -> tuple[User | None, Credentials]:
    keys = repository.user_key(tenant, user_id), repository.credentials_key(tenant, user_id)
    found = services.core.fetch(keys, Scope(tenant))
    item = found.get(keys[0])
    user = repository.user_of(services.core, item) if item else None
    return user, repository.credentials_of(services.core, tenant, found.get(keys[1]))


def authenticate(
    services: IdentityServices, call: Call, command: contract.Credentials, source: str
) -> ProvenAccount:
    """The account, proved by password and, once enrolled, second factor.

    Raises LogInRefused, SecondFactorRequired (password right, code missing), TooMany.
    """
    claimed = claim(services, command.tenant, command.user_name, source)
    account = authenticate_by_password(services, call, claimed, command.password)
    if not account.secrets.totp:
        return account
    if command.second_factor is None:
        release(services, account)
        raise SecondFactorRequired
    spent = spend_second_factor(account.secrets, command.second_factor, claimed.now)
    if spent is None:
        raise refuse(services, call, claimed, "second_factor")
    return replace(account, secrets=spent)


def authenticate_by_password(
    services: IdentityServices, call: Call, claimed: ClaimedAccount, password: str
) -> ProvenAccount:
    """The account, proved by password alone. Verifies exactly one hash. Raises LogInRefused."""
    secrets = claimed.credentials.secrets
    right = services.hasher.verify(secrets.password, password)
    if claimed.user is None or not right:
        raise refuse(services, call, claimed, "password")
    if not claimed.user.active:
        raise refuse(services, call, claimed, "disabled")
    if services.hasher.outdated(secrets.password):
        secrets = secrets.model_copy(update={"password": services.hasher.hash(password)})
    return _proven(claimed, claimed.user, secrets)


def authenticate_by_code(
    services: IdentityServices, call: Call, claimed: ClaimedAccount, code: str
) -> ProvenAccount:
    """The account, proved by an administrator's one-time code. Raises LogInRefused."""
    secrets = claimed.credentials.secrets
    right = hmac.compare_digest(totp.code_hash(code), secrets.reset_code)
    if claimed.user is None or not right or secrets.reset_until is None:
        raise refuse(services, call, claimed, "one_time_code")
    if not claimed.user.active or secrets.reset_until <= claimed.now:
        raise refuse(services, call, claimed, "expired")
    return _proven(claimed, claimed.user, secrets)


def _proven(claimed: ClaimedAccount, user: User, secrets: Secrets) -> ProvenAccount:
    return ProvenAccount(
        claimed.tenant, user, secrets, claimed.credentials.version, claimed.reservation
    )


def spend_second_factor(secrets: Secrets, given: str, now: datetime) -> Secrets | None:
    """The secrets with this code used up, or None when it is wrong or was used before."""
    if len(given) == totp.DIGITS:
        step = totp.matching_step(secrets.totp, given, now, secrets.totp_step)
        return None if step is None else secrets.model_copy(update={"totp_step": step})
    hashed = totp.code_hash(given)
    left = tuple(kept for kept in secrets.recovery if not hmac.compare_digest(kept, hashed))
    return None if left == secrets.recovery else secrets.model_copy(update={"recovery": left})


def refuse(
    services: IdentityServices, call: Call, claimed: ClaimedAccount, reason: str
) -> LogInRefused | TooMany:
    """Leave an audit entry and return the refusal; the attempt stays counted.

    Where others must wait, it does not tell that this account may go on.
    """
    subject = claimed.user.id if claimed.user else UNKNOWN
    caller = Caller(claimed.tenant.id, "anonymous", CallerKind.ANONYMOUS)
    work = Work(services.core, replace(call, caller=caller))
    work.audit("identity.log_in", subject, f"user/{subject}", Outcome.DENIED, reason)
    work.commit()
    wait = claimed.reservation.wait
    return attempts.too_many(wait) if wait else LogInRefused()


def release(services: IdentityServices, account: ProvenAccount) -> None:
    """The proof was right but not used: the attempt does not count, codes stay valid."""
    services.core.store.transact(account.reservation.neutral())


def commit(work: Work) -> None:
    """Commit what a proof was for. Raises Conflict when the account changed meanwhile."""
    try:
        work.commit()
    except ConditionFailed as failed:
        raise Conflict("the account changed at this moment; wait for a new code and retry") from (
            failed
        )


def attempts_key(services: IdentityServices, user: User) -> Key:
    """Where attempts on the user's account are counted."""
    name = repository.name_key(services.core, user.tenant, user.profile.user_name)
    return attempts.attempt_keys(services.core, user.tenant, name, "").account


def needs_second_factor(tenant: Tenant, roles: frozenset[Role]) -> bool:
    """Whether the institution's rules demand an authenticator app for one of the roles."""
    return bool(tenant.second_factor_roles & roles)
