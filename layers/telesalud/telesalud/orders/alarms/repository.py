"""Where alarms are.

    ALARM#<t>#<subject>#<number> / ALARM          what rang, who was told how often; kept
    ALARM#<t>#<subject>#<number> / NOTICE#<step>  somebody was told
    ALARMS#<t> / <raised>#<subject>#<number>      those that ring, with the name under the tenant's
                                                  key; gone once acknowledged or settled
    ALARMPLAN#<t> / PLAN                          who comes after whom
    ALARMCONTACT#<t> / <user>                     addresses, under the tenant's key
    ALARMTEST#<t> / <user>                        the last message to see whether they are reached

Nothing here says what the result or the answer was.
"""

from datetime import datetime
from typing import NamedTuple

from schemas.alarms import (
    Alarm,
    AlarmKind,
    AlarmTest,
    Notice,
    NoticeOutcome,
    TriedChannel,
)
from telesalud.orders import due
from telesalud.orders.due import Due
from telesalud.orders.stored import WorkItemNames
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.sealed import ATTRIBUTE, seal_model
from telesalud.platform.store import ABSENT, Item, Key, Put, Value
from telesalud.platform.vault import Scope
from telesalud.platform.work import Work

_NUMBER = "number"


class Ringing(NamedTuple):
    """An alarm as it is raised."""

    kind: AlarmKind
    subject: str
    number: int
    patient: str
    patient_name: str | None
    responsible: str
    raised_at: datetime


def main_key(tenant: str, subject: str, number: int) -> Key:
    """Where an alarm is."""
    return Key(f"ALARM#{tenant}#{subject}#{number}", "ALARM")


def open_key(tenant: str, raised: datetime, subject: str, number: int) -> Key:
    """Where it rings."""
    return Key(open_partition(tenant), f"{to_text(raised)}#{subject}#{number}")


def open_partition(tenant: str) -> str:
    """Where those are that ring."""
    return f"ALARMS#{tenant}"


def notice_key(main: Key, step: int) -> Key:
    """Where it says that somebody was told."""
    return Key(main.pk, f"NOTICE#{step:04d}")


def plan_key(tenant: str) -> Key:
    """Where the institution's plan is."""
    return Key(f"ALARMPLAN#{tenant}", "PLAN")


def contact_key(tenant: str, user: str) -> Key:
    """Where a user's addresses are."""
    return Key(f"ALARMCONTACT#{tenant}", user)


def test_key(tenant: str, user: str) -> Key:
    """Where the last test of a user's addresses is."""
    return Key(f"ALARMTEST#{tenant}", user)


def tested(item: Item | None) -> AlarmTest | None:
    """The last test of somebody's addresses."""
    if item is None:
        return None
    done = item.attributes.get("done")
    return AlarmTest(
        asked_at=from_text(item.text("asked")),
        done_at=from_text(str(done)) if done else None,
        channels=_tried(item.text("outcomes")) if done else (),
    )


def _tried(text: str) -> tuple[TriedChannel, ...]:
    pairs = (one.split(":") for one in text.split())
    return tuple(
        TriedChannel.model_validate({"channel": channel, "outcome": outcome})
        for channel, outcome in pairs
    )


def put(work: Work, alarm: Ringing) -> None:
    """Let it ring, once: fails the transaction when it rang before."""
    tenant = work.call.caller.tenant
    attributes: dict[str, Value] = {
        "kind": alarm.kind.value,
        "subject": alarm.subject,
        _NUMBER: alarm.number,
        "patient": alarm.patient,
        "responsible": alarm.responsible,
        "raised": to_text(alarm.raised_at),
        "step": 0,
        "due": to_text(alarm.raised_at),
    }
    work.add(
        Put(main_key(tenant, alarm.subject, alarm.number), attributes, when=ABSENT),
        Due(due.ALARM, tenant, alarm.subject, alarm.number, alarm.raised_at).listed,
    )
    key = open_key(tenant, alarm.raised_at, alarm.subject, alarm.number)
    shown: dict[str, Value] = {"subject": alarm.subject, _NUMBER: alarm.number}
    if alarm.patient_name is not None:
        named = WorkItemNames(patient_name=alarm.patient_name)
        shown[ATTRIBUTE] = seal_model(work.services.vault, Scope(tenant), key, named)
    work.add(Put(key, shown))


def due_of(item: Item, tenant: str) -> Due | None:
    """When the next person is told; None of an alarm that an earlier release raised."""
    at = item.attributes.get("due")
    if not at:
        return None
    return Due(due.ALARM, tenant, item.text("subject"), item.number(_NUMBER), from_text(str(at)))


def rings(item: Item | None) -> bool:
    """Whether somebody still has to answer."""
    return item is not None and "raised" in item.attributes and not _over(item)


def shown(item: Item, name: str | None, notices: tuple[Item, ...] = ()) -> Alarm:
    """What is answered."""
    acknowledged = item.attributes.get("acknowledged")
    return Alarm(
        kind=AlarmKind(item.text("kind")),
        subject=item.text("subject"),
        number=item.number(_NUMBER),
        patient=item.text("patient"),
        patient_name=name,
        responsible=item.text("responsible"),
        raised_at=from_text(item.text("raised")),
        acknowledged_at=from_text(str(acknowledged)) if acknowledged else None,
        acknowledged_by=item.text("acknowledged_by") if acknowledged else None,
        notices=tuple(
            Notice(
                step=one.number("step"),
                user=one.text("user"),
                at=from_text(one.text("at")),
                outcome=NoticeOutcome(one.text("outcome")),
            )
            for one in notices
        ),
    )


def _over(item: Item) -> bool:
    return bool(item.attributes.get("acknowledged") or item.attributes.get("settled"))
