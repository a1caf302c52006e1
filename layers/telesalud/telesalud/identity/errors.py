"""Refusals of this context."""

from typing import ClassVar

from telesalud.platform.errors import Conflict, DomainError, Unauthenticated


class LogInRefused(Unauthenticated):
    """Unknown user, wrong password, wrong code, disabled user: the caller is never told which."""

    slug = "log-in-refused"
    title = "The institution, user name, password or code is not right"


class UserNameTaken(Conflict):
    """Another user of the institution has this name, also a disabled one."""

    slug = "user-name-taken"
    title = "Somebody has this user name"


class SecondFactorRequired(Unauthenticated):
    """The password is right; ask for a code of the authenticator app and send all again."""

    slug = "second-factor-required"
    title = "A code of the authenticator app is required"


class PasswordChangeRequired(DomainError):
    """The password has expired: change it, then log in."""

    slug = "password-change-required"
    status = 403
    title = "Change your password before you log in"


class EnrolmentRequired(DomainError):
    """The user's role needs an authenticator app and they have none: enrol, then log in."""

    slug = "second-factor-enrolment-required"
    status = 403
    title = "Enrol an authenticator app before you log in"


class GrantRefused(DomainError):
    """A refresh token that is unknown, expired, used or revoked (RFC 6749 `invalid_grant`)."""

    slug = "invalid-grant"
    status = 400
    title = "The refresh token is not valid; log in again"
    oauth: ClassVar[str] = "invalid_grant"


class ClientRefused(Unauthenticated):
    """Unknown client, wrong secret, disabled client (RFC 6749 `invalid_client`)."""

    slug = "invalid-client"
    title = "The client could not be authenticated"
    oauth: ClassVar[str] = "invalid_client"


class GrantTypeRefused(DomainError):
    """A grant type that this server does not have (RFC 6749 `unsupported_grant_type`)."""

    slug = "unsupported-grant-type"
    title = "Use client_credentials or refresh_token"
    oauth: ClassVar[str] = "unsupported_grant_type"


class ScopeRefused(DomainError):
    """A scope that the client was not granted (RFC 6749 `invalid_scope`)."""

    slug = "invalid-scope"
    title = "The client may not have this scope"
    oauth: ClassVar[str] = "invalid_scope"
