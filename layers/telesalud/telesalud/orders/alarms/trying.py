"""A test message: whether somebody would be reached when an alarm rings.

It takes the way of an alarm: an event, the alarms' workflow, the same channels.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Final

from schemas.alarms import AlarmContact, AlarmTest, AlarmTestAsked
from telesalud.orders.alarms import people, telling
from telesalud.orders.alarms.repository import test_key
from telesalud.orders.alarms.telling import Telling
from telesalud.orders.alarms.texts import short_trial, trial
from telesalud.orders.policy import GRANTS, MANAGE
from telesalud.orders.watching import NextCheck
from telesalud.platform.access import allows
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import StaleVersion, TooMany
from telesalud.platform.ports.messages import Message
from telesalud.platform.ports.workflows import Workflows
from telesalud.platform.store import ABSENT, ConditionFailed, Put, Update, at_version
from telesalud.platform.work import Call, Services, Work

TEST: Final = 0
"""The number of an execution that tests; alarms begin with 1. Its subject is the user."""
_APART: Final = timedelta(minutes=1)


def ask(services: Services, call: Call, user: str) -> AlarmContact:
    """Send a test message to a user's addresses; one a minute.

    Raises Forbidden, NotFound, TooMany, StaleVersion.
    """
    people.own(call.caller, user, manages=allows(call.caller, MANAGE, GRANTS))
    tenant, now = call.caller.tenant, services.clock()
    contact = people.read_contact(services, call, user)
    key = test_key(tenant, user)
    before = services.store.get(key)
    if before is not None and now - from_text(before.text("asked")) < _APART:
        raise TooMany("a test was sent within the last minute", int(_APART.total_seconds()))
    version = before.version if before else 0
    work = Work(services, call)
    when = at_version(version) if version else ABSENT
    work.add(Put(key, {"asked": to_text(now)}, when=when))
    fact = AlarmTestAsked(user=user, test=version + 1)
    work.event("orders.alarm_test_asked", user, version + 1, fact.model_dump(mode="json"))
    work.audit("orders.test_alarm_contact", user, f"alarm-contact/{user}")
    answer = contact.model_copy(update={"tested": AlarmTest(asked_at=now)})
    try:
        work.commit(answer, answer.version)
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return answer


def watch(workflow: Workflows, tenant: str, fact: AlarmTestAsked) -> None:
    """Start the workflow of a test; its name makes a repetition harmless."""
    data: dict[str, str | int] = {"tenant": tenant, "subject": fact.user, "number": TEST}
    workflow.start(f"test-{fact.user}-{fact.test}", data)


def step(telling_: Telling, tenant: str, subject: str, number: int) -> NextCheck:
    """What an execution of the alarms' workflow does: tell whoever is next, or test once."""
    if number != TEST:
        return telling.check(telling_, tenant, subject, number)
    services = telling_.services
    key = test_key(tenant, subject)
    found = services.store.get(key)
    contact = people.contact_of(services, tenant, subject)
    if found is None or contact is None or "done" in found.attributes:
        return NextCheck(done=True)
    outcomes = list[str]()
    for name, address in telling.addresses(contact):
        outcome = "no_channel"
        if name in telling_.channels:
            id_ = f"test-{subject}-{found.version}-{name}"
            short = name == telling.SMS
            text = short_trial(contact.language) if short else trial(contact.language)
            message = Message(id_, address, text.subject, text.body)
            outcome = telling.hand_over(telling_.channels[name], tenant, message).value
        outcomes.append(f"{name}:{outcome}")
    given = {"done": to_text(services.clock()), "outcomes": " ".join(outcomes)}
    with suppress(ConditionFailed):  # another execution noted it, or a later test was asked for
        services.store.transact([Update(key, set=given, when=at_version(found.version))])
    return NextCheck(done=True)
