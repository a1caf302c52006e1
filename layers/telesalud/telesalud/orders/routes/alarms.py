"""Alarms over HTTP: what rings, who is told."""

import re

from schemas import alarms as a
from telesalud.orders import wiring
from telesalud.orders.alarms import answering, people, trying
from telesalud.orders.routes import services, user_of, versioned
from telesalud.platform.errors import InvalidTransition, NotFound, StaleVersion, TooMany
from telesalud.platform.http.operations import Answer, Group, Request

_NUMBER = re.compile(r"[1-9][0-9]{0,3}")

group = Group("/orders")


@group.get("/alarms", query=a.AlarmQuery, answer=a.AlarmList)
def list_alarms(request: Request) -> a.AlarmList:
    """What rings until somebody acknowledges it."""
    return answering.ringing(wiring.services(), request.call, request.query)


@group.get("/alarms/{id}/{number}", answer=a.Alarm, errors=(NotFound,))
def read_alarm(request: Request) -> a.Alarm:
    """An alarm and who was told of it."""
    return answering.read(services(request), request.call, request.id("id"), _number(request))


@group.post(
    "/alarms/{id}/{number}/acknowledge",
    answer=a.Alarm,
    errors=(NotFound, InvalidTransition),
    idempotent=True,
)
def acknowledge_alarm(request: Request) -> a.Alarm:
    """Look after an alarm: nobody else is told any more."""
    return answering.acknowledge(
        services(request), request.call, request.id("id"), _number(request)
    )


@group.get("/alarm-plan", answer=a.AlarmPlan)
def read_alarm_plan(request: Request) -> Answer:
    """Who is told after the responsible person, and how soon."""
    return versioned(people.read_plan(wiring.services(), request.call, wiring.channels()))


@group.put(
    "/alarm-plan", body=a.AlarmPlanBody, answer=a.AlarmPlan, versioned=True, errors=(StaleVersion,)
)
def put_alarm_plan(request: Request) -> Answer:
    """Say who is told after the responsible person; If-Match "0" the first time."""
    own, channels = wiring.services(), wiring.channels()
    return versioned(people.put_plan(own, request.call, request.body, request.if_match, channels))


@group.get("/alarm-contacts", query=a.AlarmContactQuery, answer=a.AlarmContactList)
def list_alarm_contacts(request: Request) -> a.AlarmContactList:
    """By what everybody is reached when an alarm rings, and their last test."""
    return people.list_contacts(wiring.services(), request.call, request.query)


@group.get("/alarm-contacts/{user_id}", answer=a.AlarmContact, errors=(NotFound,))
def read_alarm_contact(request: Request) -> Answer:
    """By what somebody is reached when an alarm rings."""
    return versioned(people.read_contact(wiring.services(), request.call, user_of(request)))


@group.put(
    "/alarm-contacts/{user_id}",
    body=a.AlarmContactBody,
    answer=a.AlarmContact,
    versioned=True,
    errors=(NotFound, StaleVersion),
)
def put_alarm_contact(request: Request) -> Answer:
    """Say by what somebody is reached when an alarm rings; If-Match "0" the first time."""
    return versioned(
        people.put_contact(
            wiring.services(), request.call, user_of(request), request.body, request.if_match
        )
    )


@group.post(
    "/alarm-contacts/{user_id}/test",
    answer=a.AlarmContact,
    status=202,
    errors=(NotFound, StaleVersion, TooMany),
    idempotent=True,
)
def test_alarm_contact(request: Request) -> Answer:
    """Send a test message to somebody's addresses; what became of it is read with them."""
    return versioned(trying.ask(wiring.services(), request.call, user_of(request)))


def _number(request: Request) -> int:
    value = request.path["number"]
    if not _NUMBER.fullmatch(value):
        raise NotFound("there is no such alarm")
    return int(value)
