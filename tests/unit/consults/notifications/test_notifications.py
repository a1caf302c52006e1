"""Targets, what they are told, the delivery log and replays."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from schemas.consult_notifications import (
    ConsultNotification,
    NewTarget,
    NotificationQuery,
    NotificationStatus,
    Replay,
    TargetState,
)
from schemas.consult_sessions import Announce
from schemas.consults import Cancel, ConsultSettings, EventType
from telesalud.consults import tenant_settings
from telesalud.consults.notifications import notices
from telesalud.consults.scheduling import consults
from telesalud.consults.visit import presence
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden, Invalid, NotFound, StaleVersion
from telesalud.platform.events import Event
from telesalud.platform.webhooks.deliveries import Deliveries
from telesalud.platform.webhooks.sender import Attempt
from telesalud.platform.webhooks.signature import verify
from tests.worlds.consults.stage import PARTNER, Stage
from tests.worlds.world import TENANT, call, user

ADMIN = call(user(Role.ADMINISTRATOR))
URL = "https://record.example/hook"


@dataclass
class Wire:
    """A Sender that remembers, and answers with `status`."""

    status: int = 200
    sent: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def send(self, url: str, headers: Any, body: bytes) -> Attempt:
        self.sent.append((url, dict(headers), body))
        return Attempt(self.status)


@dataclass
class Told(Stage):
    """A consult whose steps are told to a target."""

    wire: Wire = field(default_factory=Wire)
    target: str = ""
    signing_secret: str = ""

    @classmethod
    def made(cls, **new: Any) -> "Told":
        told = cls()
        tenant_settings.change_settings(
            told.services, ADMIN, ConsultSettings(notification_hosts=("record.example",)), 0
        )
        made = notices.register_target(told.services, ADMIN, NewTarget(url=URL, **new), local=False)
        told.target, told.signing_secret = made.target.id, made.secret
        told.create(notification_target=told.target)
        return told

    def deliver(self, events: list[Event] | None = None) -> None:
        """What the queue's function does with every event so far."""
        services = self.services
        deliveries = Deliveries(
            services,
            lambda tenant, target: notices.destination(services, tenant, target),
            self.wire,
        )
        for event in self.world.events() if events is None else events:
            notice = notices.notice_for(services, event)
            if notice is not None:
                deliveries.attempt(deliveries.plan(notice))

    def log(self, **query: Any) -> Any:
        asked = NotificationQuery(target=self.target, **query)
        return notices.log(self.services, ADMIN, asked).items


def test_every_step_is_told_signed_in_order_with_the_callers_reference() -> None:
    told = Told.made()
    consults.cancel(told.services, call(PARTNER), told.id, Cancel())
    told.deliver()
    bodies = [ConsultNotification.model_validate_json(body) for _, _, body in told.wire.sent]
    assert [b.type for b in bodies] == [EventType.CREATED, EventType.CANCELLED]
    assert [b.sequence for b in bodies] == [1, 2]
    assert {b.data.external_reference for b in bodies} == {"appointment-1"}
    url, headers, body = told.wire.sent[0]
    assert url == URL
    assert verify([told.signing_secret], headers, body, told.world.clock.now)


def test_an_event_that_comes_twice_is_told_once() -> None:
    told = Told.made()
    told.deliver()
    told.deliver()
    assert len(told.wire.sent) == 1


def test_names_and_notes_never_travel_in_events() -> None:
    told = Told.made()
    told.world.clock.advance(minutes=25)
    presence.announce(told.services, told.enter("patient"), told.id, Announce())
    on_the_bus = json.dumps([event.model_dump(mode="json") for event in told.world.events()])
    for private in ("Paciente", "Profesional", "DOC-0001", "appointment-1"):
        assert private not in on_the_bus


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/hook",
        "http://record.example/hook",
        "https://user:pass@record.example/",
        "https://record.example:8443/hook",
        "https://record.example.evil.example/",
    ],
)
def test_a_target_outside_the_tenants_list_is_refused(url: str) -> None:
    told = Told.made()
    with pytest.raises(Invalid):
        notices.register_target(told.services, ADMIN, NewTarget(url=url), local=False)


def test_a_host_taken_off_the_list_gets_nothing_more() -> None:
    told = Told.made()
    tenant_settings.change_settings(told.services, ADMIN, ConsultSettings(), 1)
    told.deliver()
    assert told.wire.sent == []
    assert [line.last_error for line in told.log()] == ["host_not_allowed"]


def test_targets_are_for_administrators_of_the_tenant() -> None:
    told = Told.made()
    nobody = call(user(Role.PHYSICIAN))
    with pytest.raises(Forbidden):
        notices.register_target(told.services, nobody, NewTarget(url=URL), local=False)
    stranger = call(user(Role.ADMINISTRATOR, tenant="other-hospital"))
    assert notices.list_targets(told.services, stranger).items == ()
    with pytest.raises(NotFound):
        notices.rotate_secret(told.services, stranger, told.target)


def test_both_secrets_sign_while_one_is_rotated() -> None:
    told = Told.made()
    new = notices.rotate_secret(told.services, ADMIN, told.target).secret
    told.deliver()
    _, headers, body = told.wire.sent[0]
    for secret in (told.signing_secret, new):
        assert verify([secret], headers, body, told.world.clock.now)


def test_a_bearer_is_sent_beside_the_signature_and_never_shown() -> None:
    told = Told.made(bearer="legacy-bearer-0123456789")
    told.deliver()
    assert told.wire.sent[0][1]["Authorization"] == "Bearer legacy-bearer-0123456789"
    shown = notices.list_targets(told.services, ADMIN).model_dump_json()
    assert "legacy-bearer" not in shown
    assert "legacy-bearer" not in repr([c.new for c in told.world.store.changes])


def test_a_stopped_targets_notifications_fail_and_can_be_replayed() -> None:
    told = Told.made()
    stopped = notices.switch_target(told.services, ADMIN, told.target, TargetState(active=False), 1)
    with pytest.raises(StaleVersion):
        notices.switch_target(told.services, ADMIN, told.target, TargetState(active=True), 1)
    told.deliver()
    [failed] = told.log(status=NotificationStatus.FAILED)
    notices.switch_target(
        told.services, ADMIN, told.target, TargetState(active=True), stopped.version
    )
    asked = Replay(target=told.target, ids=(failed.id,))
    assert notices.replay(told.services, ADMIN, asked).count == 1
    told.deliver()
    assert [line.status for line in told.log()] == [NotificationStatus.DELIVERED]


def test_a_replay_by_time_and_status_takes_what_matches() -> None:
    told = Told.made()
    told.wire.status = 500
    told.deliver()
    now = told.world.clock.now
    assert [line.attempts for line in told.log()] == [1]

    def replayed(**chosen: Any) -> int:
        asked = Replay(target=told.target, **chosen)
        return notices.replay(told.services, ADMIN, asked).count

    hour = timedelta(hours=1)
    assert replayed(created_from=now - hour, created_until=now) == 0
    assert (
        replayed(created_from=now, created_until=now + hour, status=NotificationStatus.FAILED) == 0
    )
    assert (
        replayed(created_from=now, created_until=now + hour, status=NotificationStatus.PENDING) == 1
    )
    with pytest.raises(NotFound):
        replayed(ids=("01900000-0000-7000-8000-0000000000ff",))


def test_a_consult_without_a_target_tells_nobody() -> None:
    stage = Stage()
    stage.create()
    [event] = stage.world.events()
    assert notices.notice_for(stage.services, event) is None
    unknown = event.model_copy(update={"subject": "01900000-0000-7000-8000-0000000000ff"})
    assert notices.notice_for(stage.services, unknown) is None
    assert unknown.tenant == TENANT
