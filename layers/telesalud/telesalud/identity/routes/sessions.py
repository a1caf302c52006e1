"""Logging in and out, and the caller's sessions, over HTTP."""

from schemas import identity as contract
from telesalud.identity import browser, issuing, refreshing, sessions, wiring
from telesalud.identity.errors import EnrolmentRequired, GrantRefused, PasswordChangeRequired
from telesalud.identity.routes import AUTHENTICATION_ERRORS
from telesalud.identity.stored import Device
from telesalud.platform.errors import NotFound
from telesalud.platform.http.operations import Answer, Auth, Group, Request

group = Group("/identity/sessions")


@group.post(
    auth=Auth.PUBLIC,
    body=contract.LogIn,
    answer=contract.SessionStarted,
    status=201,
    errors=(*AUTHENTICATION_ERRORS, PasswordChangeRequired, EnrolmentRequired),
)
def log_in(request: Request) -> Answer:
    """Log in with password and, once enrolled, second factor."""
    device = Device(
        user_agent=browser.printable(request.headers.get("user-agent", "")),
        source=request.source_ip,
    )
    command: contract.LogIn = request.body
    issued = sessions.log_in(wiring.services(), request.call, command, device)
    in_cookie = command.refresh == "cookie"
    body = contract.SessionStarted(
        session_id=issued.session.id,
        access_token=issued.access_token,
        expires_in=issuing.LIFETIME_SECONDS,
        refresh_token=None if in_cookie else issued.refresh_token,
        user=sessions.view_me(issued.user, issued.tenant, issued.secrets),
    )
    headers = browser.keep(wiring.settings(), issued.refresh_token) if in_cookie else {}
    return Answer(body, headers=headers)


@group.post("/refresh", auth=Auth.PUBLIC, answer=contract.AccessToken, errors=(GrantRefused,))
def refresh_session(request: Request) -> Answer:
    """A fresh access token for a browser, by its cookie."""
    token = browser.refresh_token(wiring.settings(), request.headers)
    issued = refreshing.refresh(wiring.services(), request.call, token)
    body = contract.AccessToken(
        access_token=issued.access_token, expires_in=issuing.LIFETIME_SECONDS
    )
    return Answer(body, headers=browser.keep(wiring.settings(), issued.refresh_token))


@group.post("/end", auth=Auth.PUBLIC, status=204)
def end_session(request: Request) -> Answer:
    """Log a browser out, by its cookie."""
    token = browser.refresh_token(wiring.settings(), request.headers)
    refreshing.end(wiring.services(), request.call, token)
    return Answer(None, headers=browser.forget(wiring.settings()))


@group.get(answer=contract.SessionList, errors=(NotFound,))
def list_sessions(request: Request) -> contract.SessionList:
    """The caller's sessions that have not ended."""
    return sessions.listed(wiring.services(), request.call)


@group.delete("/{session}", status=204, errors=(NotFound,))
def revoke_session(request: Request) -> None:
    """End one of the caller's sessions."""
    sessions.revoke(wiring.services(), request.call, request.id("session"))
