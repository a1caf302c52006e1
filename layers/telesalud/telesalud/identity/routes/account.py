"""One's own profile, password and second factor over HTTP."""

from schemas import identity as contract
from telesalud.identity import account as accounts
from telesalud.identity import sessions, wiring
from telesalud.identity.routes import AUTHENTICATION_ERRORS
from telesalud.platform.errors import NotFound
from telesalud.platform.http.operations import Auth, Group, Request

group = Group("/identity")


@group.get("/me", answer=contract.Me, errors=(NotFound,))
def read_me(request: Request) -> contract.Me:
    """The caller's profile."""
    return sessions.me(wiring.services(), request.call)


@group.post(
    "/password-changes",
    auth=Auth.PUBLIC,
    body=contract.ChangePassword,
    status=204,
    errors=AUTHENTICATION_ERRORS,
)
def change_password(request: Request) -> None:
    """Replace the password, also an expired one; ends all sessions."""
    accounts.change_password(wiring.services(), request.call, request.body, request.source_ip)


@group.post(
    "/password-resets",
    auth=Auth.PUBLIC,
    body=contract.RedeemCode,
    status=204,
    errors=AUTHENTICATION_ERRORS,
)
def redeem_code(request: Request) -> None:
    """Set a password with an administrator's one-time code."""
    accounts.redeem_code(wiring.services(), request.call, request.body, request.source_ip)


@group.post(
    "/second-factor",
    auth=Auth.PUBLIC,
    body=contract.Credentials,
    answer=contract.Enrolment,
    errors=AUTHENTICATION_ERRORS,
)
def start_enrolment(request: Request) -> contract.Enrolment:
    """Start enrolling an authenticator app."""
    return accounts.start_enrolment(
        wiring.services(), request.call, request.body, request.source_ip
    )


@group.post(
    "/second-factor/confirmation",
    auth=Auth.PUBLIC,
    body=contract.ConfirmEnrolment,
    answer=contract.RecoveryCodes,
    errors=AUTHENTICATION_ERRORS,
)
def confirm_enrolment(request: Request) -> contract.RecoveryCodes:
    """Finish enrolling with a code of the app; answers the recovery codes."""
    return accounts.confirm_enrolment(
        wiring.services(), request.call, request.body, request.source_ip
    )
