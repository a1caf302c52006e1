"""Long-lived tokens of the compatible interface: hashed, revocable, bound to one partner.

LEGACYTOKEN#<sha256>  TOKEN   tenant, partner, time zone, language, target, whether revoked
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from telesalud.consults.policy import ADMIN, EXPORT, GRANTS, LEGACY, READ, WRITE
from telesalud.consults.repository import digest
from telesalud.platform.access import Caller, CallerKind, require
from telesalud.platform.errors import FieldError, Invalid, NotFound, Unauthenticated
from telesalud.platform.ids import new_secret
from telesalud.platform.store import ABSENT, PRESENT, Item, Key, Put, Update, Value
from telesalud.platform.webhooks.targets import target_key
from telesalud.platform.work import Call, Services, Work

_MAX_TOKEN = 512


@dataclass(frozen=True, slots=True)
class Partner:
    """Who holds a token."""

    caller: Caller
    name: str
    time_zone: str
    """Of dates without an offset, IANA name."""
    language: str
    target: str
    """The notification target when the request names none; empty for no notifications."""


def token_key(token: str) -> Key:
    """Where a token is."""
    return Key(f"LEGACYTOKEN#{digest(token)}", "TOKEN")


def issue_token(
    services: Services,
    call: Call,
    *,
    partner: str,
    name: str,
    time_zone: str,
    language: str = "es",
    target: str = "",
) -> str:
    """A new token for a partner system; shown once. Raises Invalid.

    `partner` is the partner's id (as its client id), `name` what `GET /api/user` shows.
    """
    require(call.caller, ADMIN, GRANTS)
    tenant = call.caller.tenant
    try:
        ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError) as error:
        fault = FieldError("/time_zone", "unknown", "an IANA name such as America/Bogota")
        raise Invalid("unknown time zone", [fault]) from error
    if target and services.store.get(target_key(tenant, target)) is None:
        fault = FieldError("/target", "unknown", "register the target first")
        raise Invalid("there is no such notification target", [fault])
    token = f"tsl_{new_secret()}"
    key = token_key(token)
    stored: dict[str, Value] = {
        "tenant": tenant,
        "partner": partner,
        "name": name,
        "time_zone": time_zone,
        "language": language,
        "target": target,
        "revoked": False,
    }
    work = Work(services, call)
    work.add(Put(key, stored, ABSENT))
    work.audit("consults.legacy_token_issued", partner, f"legacy-token/{key.pk[-12:]}")
    work.commit()
    return token


def revoke_token(services: Services, call: Call, token: str) -> None:
    """The token stops working at once. Raises NotFound."""
    require(call.caller, ADMIN, GRANTS)
    key = token_key(token)
    item = services.store.get(key)
    if item is None or item.text("tenant") != call.caller.tenant:
        raise NotFound("there is no such token")
    work = Work(services, call)
    work.add(Update(key, set={"revoked": True}, when=PRESENT))
    work.audit(
        "consults.legacy_token_revoked", item.text("partner"), f"legacy-token/{key.pk[-12:]}"
    )
    work.commit()


def partner_of(services: Services, authorization: str) -> Partner:
    """Who sends an Authorization header. Raises Unauthenticated."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not 16 <= len(token) <= _MAX_TOKEN:
        raise Unauthenticated
    item = services.store.get(token_key(token.strip()))
    if item is None or item.attributes["revoked"]:
        raise Unauthenticated
    return _partner(item)


def _partner(item: Item) -> Partner:
    caller = Caller(
        item.text("tenant"),
        item.text("partner"),
        CallerKind.PARTNER,
        scopes=frozenset({READ, WRITE, EXPORT, LEGACY}),
    )
    return Partner(
        caller,
        item.text("name"),
        item.text("time_zone"),
        item.text("language"),
        item.text("target"),
    )
