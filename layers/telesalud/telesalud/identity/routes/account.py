"""One's own profile, password and second factor over HTTP."""

from schemas import identity as contract
from telesalud.identity import account as accounts
from telesalud.identity import sessions, wiring
from telesalud.identity.routes import PROOF_ERRORS
from telesalud.platform.errors import NotFound
from telesalud.platform.http.operations import Auth, Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operations."""

    @edge.operation(
        "GET",
        "/identity/me",
        summary="The caller's profile",
        answer=contract.Me,
        errors=(NotFound,),
    )
    def read_me(request: Request) -> contract.Me:
        return sessions.me(wiring.services(), request.call)

    @edge.operation(
        "POST",
        "/identity/password-changes",
        summary="Replace the password, also an expired one; ends all sessions",
        auth=Auth.PUBLIC,
        body=contract.ChangePassword,
        answer=None,
        status=204,
        errors=PROOF_ERRORS,
    )
    def change_password(request: Request) -> None:
        accounts.change_password(wiring.services(), request.call, request.body, request.source_ip)

    @edge.operation(
        "POST",
        "/identity/password-resets",
        summary="Set a password with an administrator's one-time code",
        auth=Auth.PUBLIC,
        body=contract.RedeemCode,
        answer=None,
        status=204,
        errors=PROOF_ERRORS,
    )
    def redeem_code(request: Request) -> None:
        accounts.redeem_code(wiring.services(), request.call, request.body, request.source_ip)

    @edge.operation(
        "POST",
        "/identity/second-factor",
        summary="Start enrolling an authenticator app",
        auth=Auth.PUBLIC,
        body=contract.Credentials,
        answer=contract.Enrolment,
        errors=PROOF_ERRORS,
    )
    def start_enrolment(request: Request) -> contract.Enrolment:
        return accounts.start_enrolment(
            wiring.services(), request.call, request.body, request.source_ip
        )

    @edge.operation(
        "POST",
        "/identity/second-factor/confirmation",
        summary="Finish enrolling with a code of the app; answers the recovery codes",
        auth=Auth.PUBLIC,
        body=contract.ConfirmEnrolment,
        answer=contract.RecoveryCodes,
        errors=PROOF_ERRORS,
    )
    def confirm_enrolment(request: Request) -> contract.RecoveryCodes:
        return accounts.confirm_enrolment(
            wiring.services(), request.call, request.body, request.source_ip
        )
