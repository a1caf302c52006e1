"""Whether a user still is who their token says, in contexts that keep no accounts.

    STAFF#<t> / <user>    roles, whether the account is open, since when tokens count, and who
                          handed over the code that its password was set with; no names

Every context hears `identity.user_created` and `identity.user_changed` and keeps the newest word on
each user. A token tells what was true when it was issued, for ten minutes; this tells what is true
now. Users of another identity provider have no account of ours and are taken at their token's word.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from schemas.identity import UserChanged
from telesalud.platform.access import Caller, CallerKind, Role, require_person
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import Forbidden, SessionExpired
from telesalud.platform.events import Event, data_of
from telesalud.platform.store import ABSENT, Item, Key, Put, Store, at_version
from telesalud.platform.work import Call, Services

HEARD: Final = ("identity.user_created", "identity.user_changed")
ESTABLISHED_AFTER: Final = timedelta(days=30)
"""How old two accounts that one person vouched for must be to count as two people."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a user's account."""

    active: bool
    roles: frozenset[Role]
    ended_at: datetime | None
    """Tokens that were issued before this moment no longer count."""
    vouched_by: str
    """Who handed over the code with which the password was set; empty for the operator."""
    vouched_at: datetime | None
    """When they did; None when it is not known."""


def standing_key(tenant: str, user: str) -> Key:
    """Where the newest word on a user is."""
    return Key(f"STAFF#{tenant}", user)


def standing_of(item: Item) -> Standing:
    """What the item says."""
    roles = item.attributes["roles"]
    vouched, ended = item.attributes.get("vouched_at"), item.attributes.get("ended_at")
    return Standing(
        active=bool(item.attributes["active"]),
        roles=frozenset(Role(role) for role in roles) if isinstance(roles, tuple) else frozenset(),
        ended_at=from_text(ended) if isinstance(ended, str) else None,
        vouched_by=item.text("vouched_by"),
        vouched_at=from_text(vouched) if isinstance(vouched, str) else None,
    )


def follow(services: Services, event: Event) -> None:
    """Keep what an event says of a user, unless something as new is known.

    May be repeated, in any order. Raises ConditionFailed when somebody else was faster; the event
    comes again.
    """
    fact = data_of(event, UserChanged)
    key = standing_key(event.tenant, fact.user_id)
    known = services.store.get(key)
    if known is not None and known.number("sequence") >= event.sequence:
        return
    times = {"vouched_at": fact.vouched_at, "ended_at": fact.ended_at}
    put = Put(
        key,
        {
            "sequence": event.sequence,
            "active": fact.active,
            "roles": tuple(fact.roles),
            "vouched_by": fact.vouched_by,
            **{name: to_text(at) for name, at in times.items() if at is not None},
        },
        when=at_version(known.version) if known else ABSENT,
    )
    services.store.transact([put])


def present(caller: Caller, item: Item | None) -> Caller:
    """The caller with the rights that they have now.

    Raises Forbidden for a closed account, SessionExpired for a token older than the end of its
    sessions.
    """
    if caller.kind is not CallerKind.USER or item is None:
        return caller
    known = standing_of(item)
    if not known.active:
        raise Forbidden("your account is closed", right="account")
    if known.ended_at is not None and 0 < caller.issued < int(known.ended_at.timestamp()):
        raise SessionExpired
    return replace(caller, roles=caller.roles & known.roles)


def at_present(services: Services, call: Call) -> Call:
    """The same call with the caller's present rights: one read. Raises what `present` raises."""
    caller = call.caller
    if caller.kind is not CallerKind.USER:
        return call
    item = services.store.get(standing_key(caller.tenant, caller.subject))
    return replace(call, caller=present(caller, item))


def known(store: Store, tenant: str, user: str) -> Standing | None:
    """What is known of a user; None for nobody, and for users of another identity provider."""
    item = store.get(standing_key(tenant, user))
    return standing_of(item) if item else None


def require_second_person(
    services: Services, caller: Caller, requester: str, asked_at: datetime
) -> None:
    """Raise Forbidden unless the caller is somebody else than who asked, and was so before.

    An administrator can make an account, or reset one, and use it themselves. So the second one is
    a person whose account and password are older than the request, neither of the two handed the
    other their code, and two who got theirs from the same hands have been there for a while.
    """
    require_person(caller)
    if caller.subject == requester:
        raise Forbidden("another person has to agree", right="second-person")
    tenant = caller.tenant
    mine = known(services.store, tenant, caller.subject)
    theirs = known(services.store, tenant, requester)
    if mine is None or theirs is None or mine.vouched_at is None or theirs.vouched_at is None:
        raise Forbidden("two people with accounts of this institution agree", right="second-person")
    if max(mine.vouched_at, theirs.vouched_at) >= asked_at:
        raise Forbidden("one of the accounts is younger than the request", right="second-person")
    if mine.vouched_by == requester or theirs.vouched_by == caller.subject:
        raise Forbidden(
            "one of you gave the other their account; somebody else has to agree",
            right="second-person",
        )
    youngest = max(mine.vouched_at, theirs.vouched_at)
    same_hands = mine.vouched_by and mine.vouched_by == theirs.vouched_by
    if same_hands and youngest > asked_at - ESTABLISHED_AFTER:
        raise Forbidden(
            "both accounts were made by one person, and one of them lately", right="second-person"
        )
