"""Administration of users: create, list, change, disable, reset."""

from dataclasses import replace
from datetime import datetime

from schemas import identity as contract
from schemas.common import PageQuery
from telesalud.identity import attempts, authentication, repository, totp
from telesalud.identity.errors import UserNameTaken
from telesalud.identity.model import Credentials, IdentityServices, User
from telesalud.identity.policy import ADMINISTER, CODE_LIFETIME, GRANTS
from telesalud.identity.stored import Profile, Secrets
from telesalud.platform.access import CallerKind, Role, require
from telesalud.platform.errors import Conflict, FieldError, Forbidden, Invalid, StaleVersion
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.store import ABSENT, Check, ConditionFailed, Key, Put, at_version
from telesalud.platform.work import Call, Work

_NAME_CHARACTERS = frozenset("._-@+")


def create(
    services: IdentityServices, call: Call, command: contract.NewUser
) -> contract.UserCreated:
    """A user without a password, and the one-time code with which they set one.

    Raises Forbidden, Invalid for a user name with odd characters, UserNameTaken.
    """
    require(call.caller, ADMINISTER, GRANTS)
    work = Work(services.core, call)
    answer = add_user(services, work, command)
    work.add(*still_administrator(services, call))
    name = repository.name_key(services.core, call.caller.tenant, command.user_name)
    try:
        work.commit(answer, version=1)
    except ConditionFailed as failed:
        if failed.at(name):
            raise UserNameTaken from failed
        raise
    return answer


def still_administrator(
    services: IdentityServices, call: Call, target: str = ""
) -> tuple[Check, ...]:
    """For every act of administration: the actor must be an administrator when it commits.

    An access token lives ten minutes, so a dismissed administrator may still hold one; and two
    administrators who disable each other at once would leave nobody. Guests of another identity
    provider, partners and our own workers have no user here; `target` (the actor, of their own
    account) is guarded by the version of their own item. Raises Forbidden.
    """
    caller = call.caller
    if caller.kind is not CallerKind.USER or caller.subject == target:
        return ()
    key = repository.user_key(caller.tenant, caller.subject)
    item = services.core.store.get(key)
    if item is None:
        return ()
    roles = item.attributes["roles"]
    if not item.attributes["active"] or Role.ADMINISTRATOR not in (
        roles if isinstance(roles, tuple) else ()
    ):
        raise Forbidden("you are no longer an administrator", right=ADMINISTER)
    return (Check(key, at_version(item.version)),)


def add_user(
    services: IdentityServices, work: Work, command: contract.NewUser
) -> contract.UserCreated:
    """Put a new user into the work; its commit fails at the name when that is taken."""
    core, tenant = services.core, work.call.caller.tenant
    if not all(c.isalnum() or c in _NAME_CHARACTERS for c in command.user_name):
        fault = FieldError("/user_name", "characters", "use letters, digits and . _ - @ +")
        raise Invalid("choose another user name", [fault])
    name = repository.name_key(core, tenant, command.user_name)
    now = core.clock()
    profile = Profile(
        user_name=command.user_name,
        display_name=command.display_name,
        language=command.language,
    )
    roles = frozenset(Role(role) for role in command.roles)
    user = User(
        core.new_id(),
        tenant,
        profile,
        roles,
        active=True,
        created_at=now,
        version=0,
        vouched_by=_voucher(work.call),
        vouched_at=now,
    )
    code, secrets = _with_code(Secrets(), now)
    work.add(
        Put(name, {"user": user.id}, when=ABSENT),
        repository.put_user(core, user),
        repository.put_credentials(core, tenant, user.id, secrets, version=0),
    )
    work.event("identity.user_created", user.id, 1, _event_data(user))
    work.audit("identity.create_user", user.id, f"user/{user.id}")
    return contract.UserCreated(user=view(user), one_time_code=code)


def _voucher(call: Call) -> str:
    """Who answers for the account: they hand over its code. Nobody of the institution, for ours."""
    return "" if call.caller.kind is CallerKind.SYSTEM else call.caller.subject


def _with_code(secrets: Secrets, now: datetime) -> tuple[contract.OneTimeCode, Secrets]:
    code = contract.OneTimeCode(code=totp.new_code(), expires_at=now + CODE_LIFETIME)
    kept = {"reset_code": totp.code_hash(code.code), "reset_until": code.expires_at}
    return code, secrets.model_copy(update=kept)


def listed(services: IdentityServices, call: Call, page: PageQuery) -> contract.UserPage:
    """Users in order of creation. Raises Forbidden."""
    require(call.caller, ADMINISTER, GRANTS)
    found = services.core.store.query(
        repository.user_key(call.caller.tenant, "").pk,
        after=from_cursor(page.cursor),
        limit=page.limit,
    )
    users = tuple(view(repository.user_of(services.core, item)) for item in found.items)
    return contract.UserPage(items=users, cursor=to_cursor(found.next_after))


def read(services: IdentityServices, call: Call, user: str) -> User:
    """A user of the caller's tenant. Raises Forbidden, NotFound."""
    require(call.caller, ADMINISTER, GRANTS)
    return repository.load_user(services.core, call.caller.tenant, user)


def update(
    services: IdentityServices, call: Call, user: str, version: int, command: contract.UserUpdate
) -> User:
    """Replace name, roles, language and state; a disabled user's sessions end.

    Raises Forbidden, NotFound, StaleVersion, Conflict for one's own state, roles and name: what
    somebody may do and signs with is another's to say.
    """
    require(call.caller, ADMINISTER, GRANTS)
    before, credentials = repository.load_account(services.core, call.caller.tenant, user)
    roles = frozenset(Role(role) for role in command.roles)
    own = call.caller.subject == user
    if own and (command.active, roles) != (before.active, before.roles):
        raise Conflict("another administrator must change your roles or close your account")
    if own and command.display_name != before.profile.display_name:
        raise Conflict("another administrator must change the name that you sign with")
    profile = before.profile.model_copy(
        update={"display_name": command.display_name, "language": command.language}
    )
    after = replace(before, profile=profile, roles=roles, active=command.active, version=version)
    if before.active and not after.active:
        after = replace(after, ended_at=services.core.clock())
    work = Work(services.core, call)
    work.add(repository.put_user(services.core, after))
    if before.active and not after.active:
        work.add(_ended(services, before, credentials))
    work.add(*still_administrator(services, call, target=user))
    work.event("identity.user_changed", user, version + 1, _event_data(after))
    work.audit("identity.update_user", user, f"user/{user}")
    _commit(work, repository.user_key(before.tenant, user))
    return replace(after, version=version + 1)


def reset(
    services: IdentityServices, call: Call, user: str, command: contract.ResetUser
) -> contract.OneTimeCode:
    """Take the password away, end all sessions, lift the lockout; answer a one-time code.

    Raises Forbidden, NotFound.
    """
    require(call.caller, ADMINISTER, GRANTS)
    account, credentials = repository.load_account(services.core, call.caller.tenant, user)
    now = services.core.clock()
    forgotten = {"totp": "", "totp_step": 0, "recovery": ()} if command.second_factor else {}
    emptied = credentials.secrets.model_copy(
        update={
            "password": "",
            "pending_totp": "",
            "pending_until": None,
            "epoch": credentials.secrets.epoch + 1,
            **forgotten,
        }
    )
    code, secrets = _with_code(emptied, now)
    key = repository.user_key(account.tenant, user)
    after = replace(account, vouched_by=_voucher(call), vouched_at=now, ended_at=now)
    work = Work(services.core, call)
    work.add(
        repository.put_user(services.core, after),
        repository.put_credentials(
            services.core, account.tenant, user, secrets, credentials.version
        ),
        attempts.cleared(authentication.attempts_key(services, account), now),
        # One's own account is guarded by the version of its item.
        *(check for check in still_administrator(services, call) if check.key != key),
    )
    work.event("identity.user_changed", user, account.version + 1, _event_data(after))
    work.audit("identity.reset_user", user, f"user/{user}")
    work.commit(code)
    return code


def _ended(services: IdentityServices, user: User, credentials: Credentials) -> Put:
    secrets = credentials.secrets
    ended = secrets.model_copy(update={"epoch": secrets.epoch + 1})
    return repository.put_credentials(
        services.core, user.tenant, user.id, ended, credentials.version
    )


def _commit(work: Work, target: Key) -> None:
    try:
        work.commit()
    except ConditionFailed as failed:
        if failed.at(target):
            raise StaleVersion from failed
        raise


def _event_data(user: User) -> dict[str, object]:
    data = contract.UserChanged(
        user_id=user.id,
        roles=_role_names(user.roles),
        active=user.active,
        vouched_by=user.vouched_by,
        vouched_at=user.vouched_at,
        ended_at=user.ended_at,
    )
    return data.model_dump(mode="json")


def _role_names(roles: frozenset[Role]) -> tuple[contract.RoleName, ...]:
    return tuple(sorted(role.value for role in roles))


def view(user: User) -> contract.UserView:
    """The user as administrators see them."""
    return contract.UserView(
        id=user.id,
        user_name=user.profile.user_name,
        display_name=user.profile.display_name,
        roles=_role_names(user.roles),
        active=user.active,
        language=user.profile.language,
        created_at=user.created_at,
    )
