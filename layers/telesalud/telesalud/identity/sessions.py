"""Sessions: log-in, listing, ending."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schemas.identity import Credentials, Me, SessionList, SessionView
from telesalud.identity import authentication, issuing, repository
from telesalud.identity.errors import EnrolmentRequired, PasswordChangeRequired
from telesalud.identity.model import IdentityServices, Session, Tenant, User
from telesalud.identity.stored import Device, Secrets
from telesalud.platform.access import CallerKind
from telesalud.platform.errors import Forbidden, NotFound
from telesalud.platform.ids import new_secret
from telesalud.platform.store import ConditionFailed, Key, Update, When
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Work

_MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Issued:
    """A session's tokens."""

    session: Session
    user: User
    tenant: Tenant
    secrets: Secrets
    access_token: str
    refresh_token: str


def log_in(
    services: IdentityServices,
    call: Call,
    command: Credentials,
    device: Device,
) -> Issued:
    """Start a session.

    Raises what `authentication.authenticate` raises, PasswordChangeRequired and EnrolmentRequired.
    """
    account = authentication.authenticate(services, call, command, device.source)
    _require_ready(services, account)
    core, now = services.core, services.core.clock()
    session = Session(
        id=core.new_id(),
        tenant=account.tenant.id,
        user=account.user.id,
        live=True,
        epoch=account.secrets.epoch,
        generation=1,
        started_at=now,
        last_used_at=now,
        ends_at=now + services.session_lifetime,
        version=1,
    )
    token = new_secret()
    access_token = issuing.user_token(services, account.user, session.id)
    work = Work(core, replace(call, caller=replace(account.caller, session=session.id)))
    work.add(
        *account.operations(services, account.secrets),
        repository.put_session(core, session, device),
        repository.put_refresh(token, session),
    )
    work.audit("identity.log_in", account.user.id, f"session/{session.id}")
    authentication.commit(work)
    return Issued(session, account.user, account.tenant, account.secrets, access_token, token)


def _require_ready(services: IdentityServices, account: authentication.ProvenAccount) -> None:
    expires = password_expiry(account.tenant, account.secrets)
    if expires is not None and expires <= services.core.clock():
        authentication.release(services, account)
        raise PasswordChangeRequired
    demanded = authentication.needs_second_factor(account.tenant, account.user.roles)
    if demanded and not account.secrets.totp:
        authentication.release(services, account)
        raise EnrolmentRequired


def password_expiry(tenant: Tenant, secrets: Secrets) -> datetime | None:
    """When the password must have been changed; None when the institution sets no term."""
    if not tenant.password_days or secrets.password_set_at is None:
        return None
    return secrets.password_set_at + timedelta(days=tenant.password_days)


def me(services: IdentityServices, call: Call) -> Me:
    """The user of the calling session. Raises Forbidden for partners, NotFound for guests of
    another identity provider, who have no account here."""
    if call.caller.kind is not CallerKind.USER:
        raise Forbidden("only users have a profile")
    core, tenant, id_ = services.core, call.caller.tenant, call.caller.subject
    user, credentials, institution = (
        repository.user_key(tenant, id_),
        repository.credentials_key(tenant, id_),
        repository.tenant_key(tenant),
    )
    found = core.fetch([user, credentials, institution], Scope(tenant))
    if user not in found or institution not in found:
        raise NotFound("there is no such user")
    return view_me(
        repository.user_of(core, found[user]),
        repository.tenant_of(found[institution]),
        repository.credentials_of(core, tenant, found.get(credentials)).secrets,
    )


def view_me(user: User, tenant: Tenant, secrets: Secrets) -> Me:
    """The user as they see themselves."""
    return Me(
        id=user.id,
        tenant=user.tenant,
        tenant_name=tenant.name,
        user_name=user.profile.user_name,
        display_name=user.profile.display_name,
        roles=tuple(sorted(role.value for role in user.roles)),
        language=user.profile.language,
        second_factor_enrolled=bool(secrets.totp),
        recovery_codes_left=len(secrets.recovery),
        password_expires_at=password_expiry(tenant, secrets),
    )


def listed(services: IdentityServices, call: Call) -> SessionList:
    """The caller's sessions that have not ended, the newest first."""
    tenant, user = call.caller.tenant, call.caller.subject
    _, credentials = repository.load_account(services.core, tenant, user)
    partition = repository.session_key(tenant, user, "").pk
    page = services.core.store.query(partition, "SESSION#", limit=_MOST_LISTED, newest_first=True)
    now, epoch = services.core.clock(), credentials.secrets.epoch
    views = []
    for item in page.items:
        session = repository.session_of(item)
        if session.over(now, services.idle_lifetime, epoch):
            continue
        view = SessionView(
            id=session.id,
            started_at=session.started_at,
            last_used_at=session.last_used_at,
            expires_at=min(session.ends_at, session.last_used_at + services.idle_lifetime),
            user_agent=repository.device_of(services.core, item).user_agent,
            current=session.id == call.caller.session,
        )
        views.append(view)
    return SessionList(items=tuple(views))


def revoke(services: IdentityServices, call: Call, session: str) -> None:
    """End one of the caller's sessions; ending it twice is no error. Raises NotFound."""
    tenant, user = call.caller.tenant, call.caller.subject
    key = repository.session_key(tenant, user, session)
    if services.core.store.get(key) is None:
        raise NotFound("there is no such session")
    end_session(Work(services.core, call), key, "identity.log_out")


def end_session(work: Work, key: Key, action: str) -> None:
    """Commit the end of the session at `key`, audited; nothing happens when it was over."""
    _, _, user = key.pk.split("#")
    session = key.sk.removeprefix("SESSION#")
    work.add(Update(key, set={"live": False}, when=When(exists=True, equals={"live": True})))
    work.audit(action, user, f"session/{session}")
    try:
        work.commit()
    except ConditionFailed:
        return
