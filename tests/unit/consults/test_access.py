"""Every use case decides who is asking, whoever calls it: a route, a worker, another interface."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest

from infra.tools import ROOT
from schemas.activity import ActivityQuery
from schemas.bridges import AgendaQuery
from schemas.consents import Channel as WayToTell
from schemas.consents import ConsentPolicy
from schemas.consult_content import Finish, NewFile, NewMessage, NoteDraft
from schemas.consult_notifications import NewTarget, NotificationQuery, Replay, TargetState
from schemas.consult_sessions import AfterQuery, Announce, Extend, NewSignal
from schemas.consults import Cancel, ConsultQuery, ConsultSettings, Reissue, Reschedule
from schemas.paho import NewVideoconsultation
from schemas.video import AdmissionRequest
from telesalud import consults as context
from telesalud.consults import repository, tenant_settings
from telesalud.consults.activity import reading as activity
from telesalud.consults.consent import administering, deciding
from telesalud.consults.content import chat, exporting, files, finishing, notes
from telesalud.consults.notifications import notices
from telesalud.consults.paho import tokens, usecases
from telesalud.consults.policy import GRANTS
from telesalud.consults.scheduling import bookings, consults, links
from telesalud.consults.video import provider, room_events, rooms
from telesalud.consults.video.cluster import Signed
from telesalud.consults.visit import channel, limit, presence, sessions
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Forbidden, NotFound, Unauthenticated
from telesalud.platform.work import Call
from tests.worlds.consults.consenting import own_text, told
from tests.worlds.consults.stage import ORIGIN, NoPusher, Stage, new_consult, running
from tests.worlds.consults.video_stage import SHARD, VideoStage, batch_of, visit_of
from tests.worlds.world import START, TENANT, call, partner, user

UseCase = Callable[[Stage, Call], object]
LATER = START + timedelta(hours=2)
UNKNOWN = "01900000-0000-7000-8000-00000000ffff"


def video(stage: Stage) -> provider.DirectVideo:
    return provider.DirectVideo((), (), lambda: b"", stage.world.clock)


def new_file() -> NewFile:
    return NewFile(name="examen.pdf", size=1, sha256="0" * 64)


def new_message() -> NewMessage:
    return NewMessage(client_id=UNKNOWN, text="Buenos días")


PARTICIPANTS: dict[Callable[..., object], UseCase] = {
    chat.read: lambda s, by: chat.read(s.services, by, s.id, AfterQuery()),
    chat.send: lambda s, by: chat.send(s.services, by, s.id, new_message()),
    files.complete: lambda s, by: files.complete(s.services, s.blobs, by, s.id, UNKNOWN),
    files.download: lambda s, by: files.download(s.services, s.blobs, by, s.id, UNKNOWN),
    files.listed: lambda s, by: files.listed(s.services, by, s.id),
    files.start: lambda s, by: files.start(s.services, s.blobs, by, s.id, new_file()),
    finishing.finish: lambda s, by: finishing.finish(s.services, by, s.id, Finish()),
    notes.history: lambda s, by: notes.history(s.services, by, s.id, AfterQuery()),
    notes.read_note: lambda s, by: notes.read_note(s.services, by, s.id),
    notes.read_version: lambda s, by: notes.read_version(s.services, by, s.id, "1"),
    notes.save_note: lambda s, by: notes.save_note(
        s.services, by, s.id, NoteDraft(text="a", base_version=0)
    ),
    channel.changes: lambda s, by: channel.changes(s.services, by, s.id, AfterQuery()),
    channel.open_ticket: lambda s, by: channel.open_ticket(s.services, by, "wss://x/ws", s.id),
    channel.signal: lambda s, by: channel.signal(
        s.services, NoPusher(), by, s.id, NewSignal(to="patient", payload="offer")
    ),
    limit.extend: lambda s, by: limit.extend(s.services, by, s.id, Extend(until=LATER)),
    presence.admit: lambda s, by: presence.admit(s.services, by, s.id),
    presence.announce: lambda s, by: presence.announce(s.services, by, s.id, Announce()),
    presence.beat: lambda s, by: presence.beat(s.services, by, s.id, "poll"),
    presence.disconnected: lambda s, by: presence.disconnected(s.services, by, s.id),
    provider.enter: lambda s, by: provider.enter(s.services, video(s), by, s.id),
    provider.fall_back: lambda s, by: provider.fall_back(s.services, video(s), by, s.id),
}
"""What a participant does in their own consult."""

STAFF: dict[Callable[..., object], UseCase] = {
    consults.cancel: lambda s, by: consults.cancel(s.services, by, s.id, Cancel()),
    consults.get: lambda s, by: consults.get(s.services, by, s.id),
    consults.reschedule: lambda s, by: consults.reschedule(
        s.services, by, ORIGIN, s.id, Reschedule(start=LATER)
    ),
    exporting.export: lambda s, by: exporting.export(s.services, s.blobs, by, s.id),
    links.reissue: lambda s, by: links.reissue(
        s.services, by, ORIGIN, s.id, Reissue(participants=("patient",))
    ),
    room_events.presence: lambda s, by: room_events.presence(s.services, by, s.id),
    sessions.join_as_user: lambda s, by: sessions.join_as_user(s.services, s.tokens, by, s.id),
}
"""What staff and partners do with a consult of their tenant."""

EITHER: dict[Callable[..., object], UseCase] = {
    deciding.read: lambda s, by: deciding.read(s.services, by, s.id),
    deciding.record: lambda s, by: deciding.record(
        s.services, by, s.id, told(s, channel=WayToTell.IN_PERSON)
    ),
    deciding.text_now: lambda s, by: deciding.text_now(s.services, by, s.id, None),
}
"""What a participant does in their own consult, and staff in those of their tenant."""

TENANTS: dict[Callable[..., object], UseCase] = {
    activity.activity: lambda s, by: activity.activity(
        s.services, by, ActivityQuery(first=START.date())
    ),
    activity.deliveries: lambda s, by: activity.deliveries(s.services, by),
    activity.now: lambda s, by: activity.now(s.services, by),
    administering.read_policy: lambda s, by: administering.read_policy(s.services, by),
    administering.read_texts: lambda s, by: administering.read_texts(s.services, by, "es"),
    administering.read_words: lambda s, by: administering.read_words(s.services, by, "0" * 64),
    administering.write_policy: lambda s, by: administering.write_policy(
        s.services, by, ConsentPolicy(), 0
    ),
    administering.write_text: lambda s, by: administering.write_text(
        s.services, by, "es", own_text(), 0
    ),
    bookings.load: lambda s, by: bookings.load(
        s.services, by, TENANT, AgendaQuery.model_validate({"from": START, "to": LATER})
    ),
    consults.find: lambda s, by: consults.find(
        s.services, by, ConsultQuery(start_from=START, start_until=LATER)
    ),
    consults.schedule: lambda s, by: consults.schedule(s.services, by, ORIGIN, new_consult()),
    notices.list_targets: lambda s, by: notices.list_targets(s.services, by),
    notices.log: lambda s, by: notices.log(s.services, by, NotificationQuery(target=UNKNOWN)),
    notices.register_target: lambda s, by: notices.register_target(
        s.services, by, NewTarget(url="https://record.example/"), local=False
    ),
    notices.replay: lambda s, by: notices.replay(
        s.services, by, Replay(target=UNKNOWN, ids=(UNKNOWN,))
    ),
    notices.rotate_secret: lambda s, by: notices.rotate_secret(s.services, by, UNKNOWN),
    notices.switch_target: lambda s, by: notices.switch_target(
        s.services, by, UNKNOWN, TargetState(active=False), 1
    ),
    tenant_settings.change_settings: lambda s, by: tenant_settings.change_settings(
        s.services, by, ConsultSettings(), 0
    ),
    tenant_settings.read_settings: lambda s, by: tenant_settings.read_settings(s.services, by),
    tokens.issue_token: lambda s, by: tokens.issue_token(
        s.services, by, partner="legacy", name="Registro anterior", time_zone="America/Lima"
    ),
    tokens.revoke_token: lambda s, by: tokens.revoke_token(s.services, by, "t" * 20),
    sessions.renew: lambda s, by: sessions.renew(s.services, s.tokens, by),
}
"""What concerns a tenant, or nothing but the caller."""

STEPS = {deciding.add, consults.check_references, limit.end_at_limit}
"""Parts of a use case that take what it has opened or checked."""

WORKERS = {
    "access.py",
    "content/inspection.py",
    "handlers.py",
    "notifications/notices.py",
    "scheduling/links.py",
    "visit/limit.py",
}
"""Who loads a consult without a caller: our own workers, and the exchange of a link's secret."""


def modules() -> Iterator[ModuleType]:
    """The modules of the context's rooms; routes and wiring are callers of use cases."""
    for info in pkgutil.walk_packages(context.__path__, f"{context.__name__}."):
        if ".routes" not in info.name and not info.name.endswith((".wiring", ".handlers")):
            yield importlib.import_module(info.name)


def use_cases() -> set[Callable[..., object]]:
    """Public functions that act for a caller."""
    return {
        function
        for module in modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and module.__name__ != "telesalud.consults.access"
        and {"services", "call"} <= set(inspect.signature(function).parameters)
    }


def test_no_use_case_is_missing_here() -> None:
    assert use_cases() == {*PARTICIPANTS, *STAFF, *EITHER, *TENANTS, *STEPS}


def by_name(cases: dict[Callable[..., object], UseCase]) -> list[object]:
    """One test case for each, under the function's own name."""
    return [pytest.param(case, id=function.__qualname__) for function, case in cases.items()]


@pytest.fixture
def stage() -> Stage:
    return running()


def participant_of_another(stage: Stage) -> Call:
    """Somebody who attends another consult of the same tenant."""
    other = Stage(world=stage.world, signer=stage.signer)
    other.created = consults.schedule(
        other.services, call(partner("consults.write")), ORIGIN, new_consult()
    )
    return other.enter("practitioner-1")


@pytest.mark.parametrize("act", by_name(PARTICIPANTS))
def test_what_participants_do_is_refused_to_everybody_else(act: UseCase, stage: Stage) -> None:
    every_right = frozenset().union(*GRANTS.values())
    strangers: list[tuple[Call, type[Exception]]] = [
        (call(user(*Role)), Forbidden),
        (call(partner(*every_right)), Forbidden),
        (call(Caller.system(TENANT, "worker")), Forbidden),
        (participant_of_another(stage), NotFound),
    ]
    written = stage.world.store.trips.writes
    for caller, refusal in strangers:
        with pytest.raises(refusal):
            act(stage, caller)
    assert stage.world.store.trips.writes == written


@pytest.mark.parametrize("act", by_name(STAFF))
def test_what_staff_do_needs_a_right_in_the_consults_tenant(act: UseCase, stage: Stage) -> None:
    every_right = frozenset().union(*GRANTS.values())
    strangers: list[tuple[Call, type[Exception]]] = [
        (call(user()), Forbidden),
        (call(user(Role.PHARMACIST, Role.LABORATORY)), Forbidden),
        (call(partner()), Forbidden),
        (call(Caller.anonymous()), Forbidden),
        (call(user(*Role, tenant="other-hospital")), NotFound),
        (call(partner(*every_right, tenant="other-hospital")), NotFound),
    ]
    written = stage.world.store.trips.writes
    for caller, refusal in strangers:
        with pytest.raises(refusal):
            act(stage, caller)
    assert stage.world.store.trips.writes == written


@pytest.mark.parametrize("act", by_name(EITHER))
def test_what_both_sides_do_is_refused_to_everybody_else(act: UseCase, stage: Stage) -> None:
    strangers: list[tuple[Call, type[Exception]]] = [
        (call(user()), Forbidden),
        (call(user(Role.PHARMACIST, Role.LABORATORY)), Forbidden),
        (call(partner()), Forbidden),
        (call(Caller.anonymous()), Forbidden),
        (call(user(*Role, tenant="other-hospital")), NotFound),
        (participant_of_another(stage), NotFound),
    ]
    written = stage.world.store.trips.writes
    for caller, refusal in strangers:
        with pytest.raises(refusal):
            act(stage, caller)
    assert stage.world.store.trips.writes - written <= len(strangers), "looks alone leave a trace"


@pytest.mark.parametrize("act", by_name(STAFF | TENANTS))
def test_what_staff_and_tenants_do_is_refused_to_those_without_the_right(
    act: UseCase, stage: Stage
) -> None:
    for caller in (user(), partner(), Caller.anonymous()):
        with pytest.raises(Forbidden):
            act(stage, call(caller))


@pytest.mark.parametrize("act", by_name(STAFF))
def test_a_participant_reaches_nothing_that_is_for_staff(act: UseCase, stage: Stage) -> None:
    for participant in (stage.patient, stage.doctor):
        with pytest.raises((Forbidden, NotFound)):
            act(stage, participant)


def test_the_earlier_modules_interface_is_for_holders_of_its_tokens_only(stage: Stage) -> None:
    holder = tokens.Partner(partner(*frozenset().union(*GRANTS.values())), "Otro", "UTC", "es", "")
    new = NewVideoconsultation(
        appointment_date="2026-11-21 13:00:00",
        days_before_expiration=1,
        medic_name="Profesional Demostración",
        patient_name="Paciente Demostración Uno",
    )
    written = stage.world.store.trips.writes
    with pytest.raises(Forbidden):
        usecases.create(stage.services, holder, ORIGIN, new)
    with pytest.raises(Forbidden):
        usecases.data(stage.services, stage.blobs, holder, "v" * 22, "m" * 22)
    assert stage.world.store.trips.writes == written


def test_the_video_cluster_is_believed_by_its_signature_only() -> None:
    at = VideoStage()
    unsigned = Signed({}, b"{}")
    room = repository.state_of(at.stage.services, TENANT, at.stage.id).room
    asked = AdmissionRequest(request_id="r-1", room=room, asked_at=START, shard=SHARD)
    with pytest.raises(Unauthenticated):
        rooms.admission(at.stage.services, at.cluster, room, asked, unsigned)
    batch = batch_of(*visit_of(room, START))
    with pytest.raises(Unauthenticated):
        room_events.receive(at.stage.services, at.cluster, batch, unsigned)


def test_nobody_but_the_loader_and_workers_loads_a_consult() -> None:
    folder = ROOT / "layers" / "telesalud" / "telesalud" / "consults"
    loading = {
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*.py"))
        if path.name != "repository.py" and loads(path)
    }
    assert loading == WORKERS


def loads(path: Path) -> bool:
    """Whether a module takes the loader that asks nobody from the repository."""
    return any(
        isinstance(node, ast.ImportFrom)
        and (node.module or "").endswith("consults.repository")
        and "load" in {alias.name for alias in node.names}
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    )
