"""What users do about their own credentials.

Everything here asks for the password again (and the second factor, once enrolled) instead of a
session, so that it also serves whom the rules do not let in before: an expired password, a
missing authenticator app.
"""

from dataclasses import replace

from schemas import identity as contract
from telesalud.identity import authentication, totp
from telesalud.identity.authentication import ProvenAccount
from telesalud.identity.model import IdentityServices, Tenant, User
from telesalud.identity.passwords import check_new
from telesalud.identity.policy import ENROLMENT_LIFETIME, PASSWORDS_REMEMBERED
from telesalud.identity.stored import Secrets
from telesalud.platform.errors import Conflict, Invalid
from telesalud.platform.work import Call, Work


def change_password(
    services: IdentityServices, call: Call, command: contract.ChangePassword, source: str
) -> None:
    """Set a new password and end every session of the user.

    Raises what `authentication.authenticate` raises, and Invalid for a password that breaks the
    rules.
    """
    account = authentication.authenticate(services, call, command, source)
    secrets = _with_password(services, account, command.new_password)
    work = Work(services.core, replace(call, caller=account.caller))
    work.add(*account.operations(services, secrets))
    work.audit("identity.change_password", account.user.id, f"user/{account.user.id}")
    authentication.commit(work)


def redeem_code(
    services: IdentityServices, call: Call, command: contract.RedeemCode, source: str
) -> None:
    """Set a password with the one-time code of an administrator; the code works once.

    Raises LogInRefused, TooMany, and Invalid for a password that breaks the rules.
    """
    tenant, name = command.tenant, command.user_name
    claimed = authentication.claim(services, tenant, name, source, guessable=False)
    account = authentication.authenticate_by_code(services, call, claimed, command.code)
    secrets = _with_password(services, account, command.new_password)
    work = Work(services.core, replace(call, caller=account.caller))
    work.add(*account.operations(services, secrets))
    work.audit("identity.redeem_code", account.user.id, f"user/{account.user.id}")
    authentication.commit(work)


def _with_password(services: IdentityServices, account: ProvenAccount, password: str) -> Secrets:
    secrets = account.secrets
    try:
        check_new(
            password, services.hasher, secrets.remembered, _context(account.user, account.tenant)
        )
    except Invalid:
        authentication.release(services, account)
        raise
    hashed = services.hasher.hash(password)
    return secrets.model_copy(
        update={
            "password": hashed,
            "password_set_at": services.core.clock(),
            "remembered": (hashed, *secrets.remembered)[:PASSWORDS_REMEMBERED],
            "reset_code": "",
            "reset_until": None,
            "epoch": secrets.epoch + 1,
        }
    )


def _context(user: User, tenant: Tenant) -> tuple[str, ...]:
    """What an attacker who knows the user would try first."""
    return user.profile.user_name, user.profile.display_name, tenant.id, tenant.name


def start_enrolment(
    services: IdentityServices, call: Call, command: contract.Credentials, source: str
) -> contract.Enrolment:
    """A new secret for an authenticator app; what was enrolled works until this is confirmed.

    Raises what `authentication.authenticate` raises: a user who has an app needs a code of it, or a
    recovery code.
    """
    account = authentication.authenticate(services, call, command, source)
    secret, expires = totp.new_secret(), services.core.clock() + ENROLMENT_LIFETIME
    secrets = account.secrets.model_copy(update={"pending_totp": secret, "pending_until": expires})
    work = Work(services.core, replace(call, caller=account.caller))
    work.add(*account.operations(services, secrets))
    work.audit("identity.start_enrolment", account.user.id, f"user/{account.user.id}")
    authentication.commit(work)
    label = f"{account.user.profile.user_name}@{account.tenant.id}"
    uri = totp.uri(secret, label, "Telesalud")
    return contract.Enrolment(secret=secret, uri=uri, expires_at=expires)


def confirm_enrolment(
    services: IdentityServices, call: Call, command: contract.ConfirmEnrolment, source: str
) -> contract.RecoveryCodes:
    """Make the pending secret the user's second factor, account by one of its codes.

    Raises LogInRefused (password or code), TooMany, and Conflict when no enrolment was started.
    """
    claimed = authentication.claim(services, command.tenant, command.user_name, source)
    account = authentication.authenticate_by_password(services, call, claimed, command.password)
    secrets, now = account.secrets, services.core.clock()
    if not secrets.pending_totp or secrets.pending_until is None or secrets.pending_until <= now:
        authentication.release(services, account)
        raise Conflict("no enrolment is under way; start it again")
    step = totp.matching_step(secrets.pending_totp, command.code, now, last_step=0)
    if step is None:
        raise authentication.refuse(services, call, claimed, "second_factor")
    codes = totp.new_recovery_codes()
    enrolled = secrets.model_copy(
        update={
            "totp": secrets.pending_totp,
            "totp_step": step,
            "pending_totp": "",
            "pending_until": None,
            "recovery": tuple(totp.code_hash(code) for code in codes),
        }
    )
    work = Work(services.core, replace(call, caller=account.caller))
    work.add(*account.operations(services, enrolled))
    work.audit("identity.enrol_second_factor", account.user.id, f"user/{account.user.id}")
    authentication.commit(work)
    return contract.RecoveryCodes(codes=codes)
