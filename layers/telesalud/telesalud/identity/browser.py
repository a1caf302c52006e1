"""The refresh token in a browser: a cookie that scripts cannot read and other sites cannot send."""

from collections.abc import Mapping
from datetime import timedelta
from http.cookies import CookieError, SimpleCookie

from telesalud.identity.errors import GrantRefused
from telesalud.identity.settings import IdentitySettings
from telesalud.platform.errors import Forbidden

PATH = "/api/identity"
_NAME = "telesalud_refresh"
_MOST_SHOWN = 200


def keep(settings: IdentitySettings, token: str) -> dict[str, str]:
    """The header that stores the token."""
    seconds = int(settings.session_lifetime / timedelta(seconds=1))
    return {"Set-Cookie": f"{_name(settings)}={token}; Max-Age={seconds}; {_attributes(settings)}"}


def forget(settings: IdentitySettings) -> dict[str, str]:
    """The header that removes the token."""
    return {"Set-Cookie": f"{_name(settings)}=; Max-Age=0; {_attributes(settings)}"}


def refresh_token(settings: IdentitySettings, headers: Mapping[str, str]) -> str:
    """The token of the cookie. Raises GrantRefused without one, Forbidden for another site.

    SameSite=Strict keeps other sites from sending the cookie; the check of where the request
    comes from holds for browsers (or siblings of our domain) for which that is not enough.
    """
    site = headers.get("sec-fetch-site", "")
    origin = headers.get("origin", "")
    if site not in ("", "same-origin") or (not site and origin not in ("", settings.origin)):
        raise Forbidden("this comes from another site")
    try:
        jar = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        raise GrantRefused from None
    if _name(settings) not in jar:
        raise GrantRefused
    return jar[_name(settings)].value


def _secure(settings: IdentitySettings) -> bool:
    return settings.origin.startswith("https://")


def _name(settings: IdentitySettings) -> str:
    """The prefix keeps a page of a sibling domain from planting a cookie of this name."""
    return f"__Secure-{_NAME}" if _secure(settings) else _NAME


def _attributes(settings: IdentitySettings) -> str:
    secure = "Secure; " if _secure(settings) else ""
    return f"Path={PATH}; HttpOnly; {secure}SameSite=Strict"


def printable(text: str) -> str:
    """A header for showing to people: short, without control characters."""
    return "".join(c for c in text if c.isprintable())[:_MOST_SHOWN]
