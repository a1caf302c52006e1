"""Telling people, one after the other, until somebody acknowledges.

One Step Functions execution per alarm asks `check`. A message leaves before it is written down that
it did: after a crash somebody is told twice, which is better than not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from schemas.alarms import AlarmKind, ChannelName, NoticeOutcome
from telesalud.orders import due
from telesalud.orders.alarms import people, repository
from telesalud.orders.alarms.people import Plan
from telesalud.orders.alarms.texts import notice, short_notice
from telesalud.orders.stored import StoredAlarmContact
from telesalud.orders.watching import NextCheck
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.logs import get_logger
from telesalud.platform.ports.messages import Channel, Message, Unconfirmed, Undeliverable
from telesalud.platform.store import (
    ConditionFailed,
    Item,
    Operation,
    Put,
    Update,
    Value,
    at_version,
)
from telesalud.platform.work import Services

EMAIL: Final[ChannelName] = "email"
SMS: Final[ChannelName] = "sms"
_LONGEST: Final = timedelta(hours=24)
"""Then it stays on the list, and only there."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What telling people takes."""

    services: Services
    channels: Mapping[ChannelName, Channel]
    """Those that there are."""
    link: str
    """Page on which an alarm is acknowledged; its subject and number come after it."""


def check(telling: Telling, tenant: str, subject: str, number: int) -> NextCheck:
    """Tell whoever is next, and say when to ask again.

    Whoever cannot be reached is passed over at once. Raises Unavailable when a channel is down:
    the workflow asks again.
    """
    services = telling.services
    main = repository.main_key(tenant, subject, number)
    found = services.store.get_many([main, repository.plan_key(tenant)])
    alarm, plan = found.get(main), Plan.of(found.get(repository.plan_key(tenant)))
    if alarm is None or not repository.rings(alarm):
        return NextCheck(done=True)
    now = services.clock()
    listed = repository.due_of(alarm, tenant)
    if listed is not None and now < listed.at:
        return NextCheck.at(listed.at)  # another execution, or the second hand, was here before
    if now - from_text(alarm.text("raised")) > _LONGEST:
        get_logger().error("nobody acknowledged an alarm", tenant=tenant, subject=subject)
        return NextCheck(done=True)
    everybody = _in_order(alarm, plan)
    for turn in range(1, len(everybody) + 1):
        user = everybody[alarm.number("step") % len(everybody)]
        outcome = _tell(telling, tenant, alarm, user, plan)
        reached = outcome in (NoticeOutcome.SENT, NoticeOutcome.UNCONFIRMED)
        following = now + plan.wait if reached or turn == len(everybody) else now
        at = services.clock()
        writes = _noted(alarm, user, outcome, tenant=tenant, at=at, following=following)
        try:
            services.store.transact(writes)
        except ConditionFailed:
            break  # acknowledged, or told by another execution, meanwhile: see it afresh
        if reached:
            return NextCheck.at(following)
        again = services.store.get(main)
        if again is None or not repository.rings(again):
            return NextCheck(done=True)
        alarm = again
    else:
        get_logger().error("an alarm reaches nobody", tenant=tenant, subject=subject)
    return NextCheck.at(now + plan.wait)


def _in_order(alarm: Item, plan: Plan) -> tuple[str, ...]:
    named = (alarm.text("responsible"), *plan.deputies)
    return tuple(dict.fromkeys(user for user in named if user)) or ("",)


def _tell(telling: Telling, tenant: str, alarm: Item, user: str, plan: Plan) -> NoticeOutcome:
    contact = people.contact_of(telling.services, tenant, user) if user else None
    if contact is None:
        return NoticeOutcome.NO_CONTACT
    subject, number = alarm.text("subject"), alarm.number("number")
    link = f"{telling.link}{subject}/{number}"
    kind = AlarmKind(alarm.text("kind"))
    full = notice(contact.language, kind, link, plan.minutes)
    short = short_notice(contact.language, kind, link)
    outcomes = set[NoticeOutcome]()
    for name, address in addresses(contact):
        if name in telling.channels:
            id_ = f"{subject}-{number}-{alarm.number('step')}-{name}"
            text = short if name == SMS else full
            message = Message(id_, address, text.subject, text.body)
            outcomes.add(hand_over(telling.channels[name], tenant, message))
    for best in (NoticeOutcome.SENT, NoticeOutcome.UNCONFIRMED, NoticeOutcome.REFUSED):
        if best in outcomes:
            return best
    return NoticeOutcome.NO_CONTACT


def addresses(contact: StoredAlarmContact) -> list[tuple[ChannelName, str]]:
    """By which channels somebody is reached, and where."""
    both = ((SMS, contact.phone), (EMAIL, contact.email))
    return [(name, address) for name, address in both if address]


def hand_over(channel: Channel, tenant: str, message: Message) -> NoticeOutcome:
    """Send a message, and say what is known of it. Raises Unavailable: nothing has left."""
    try:
        channel.send(tenant, message)
    except Undeliverable:
        return NoticeOutcome.REFUSED
    except Unconfirmed:
        return NoticeOutcome.UNCONFIRMED
    return NoticeOutcome.SENT


def _noted(
    alarm: Item,
    user: str,
    outcome: NoticeOutcome,
    *,
    tenant: str,
    at: datetime,
    following: datetime,
) -> list[Operation]:
    """Somebody was told, and when the next one is."""
    step, number = alarm.number("step"), alarm.number("number")
    told: dict[str, Value] = {
        "step": step,
        "user": user,
        "at": to_text(at),
        "outcome": outcome.value,
    }
    given: dict[str, Value] = {"step": step + 1, "due": to_text(following)}
    after = due.Due(due.ALARM, tenant, alarm.text("subject"), number, following)
    return [
        Update(alarm.key, set=given, when=at_version(alarm.version)),
        Put(repository.notice_key(alarm.key, step), told),
        *due.moved(repository.due_of(alarm, tenant), after),
    ]
