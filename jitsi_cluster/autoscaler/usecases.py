"""The three jobs that Lambda runs: scale every minute, move lifecycles on, fetch the agenda."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from jitsi_cluster.autoscaler import drain as draining
from jitsi_cluster.autoscaler.agenda import Agenda, AgendaPlan, floor_at
from jitsi_cluster.autoscaler.drain import Act, Drain, DrainLimits, Outcome
from jitsi_cluster.autoscaler.health import HealthRule, Verdict, judge, to_replace
from jitsi_cluster.autoscaler.launch import LaunchAct, launch_step
from jitsi_cluster.autoscaler.model import Bridge, Fleet, Frozen, Reading, Stage, age_seconds
from jitsi_cluster.autoscaler.ports import (
    Bookings,
    BridgeControl,
    BridgeGroup,
    BridgeUnreachable,
    Group,
    HookClosed,
    Instance,
    Journal,
    Memory,
    Pending,
    Signalling,
    StatusBoard,
)
from jitsi_cluster.autoscaler.rule import Decision, ScalingRule, decide
from schemas.bridges import VideoStatus

READERS = 16
# EventBridge Scheduler delivers at least once: a second tick this soon is the same period.
SAME_PERIOD_SECONDS = 30
STATUS_VALID = timedelta(minutes=5)
AGENDA_LOOKS_BACK = timedelta(hours=9)
AGENDA_LOOKS_AHEAD = timedelta(hours=3)


class Policy(Frozen):
    """Everything that can be configured about the bridges of one shard."""

    shard: str
    domain: str
    rule: ScalingRule
    plan: AgendaPlan
    health: HealthRule = HealthRule()
    drain: DrainLimits = DrainLimits()


@dataclass(frozen=True)
class Outside:
    """The ports that scaling and lifecycles use."""

    group: BridgeGroup
    control: BridgeControl
    signalling: Signalling
    memory: Memory
    board: StatusBoard
    journal: Journal


def scale(policy: Policy, outside: Outside, now: datetime) -> Decision | None:
    """One tick of the scaler; None when this period was already done.

    The decision is remembered before it is carried out, so a crash in between is made up for by the
    next tick, and of two overlapping ticks only one acts (MemoryConflict for the other).
    """
    memory = outside.memory.scaler()
    if memory.ticked_at and age_seconds(memory.ticked_at, now) < SAME_PERIOD_SECONDS:
        return None
    history = memory.history
    if memory.pending is not None and not _repeated(outside, memory.pending):
        # It never happened, so no grace period follows it: decide afresh on what is there now.
        history = history.model_copy(update={"changed_at": None})
    group = outside.group.describe()
    fleet = observe(outside.control, group, now)
    floor = min(floor_at(policy.plan, outside.memory.agenda(), now), policy.rule.maximum)
    history = history.with_mean(fleet.mean_stress(), policy.rule)
    decision = decide(policy.rule, history, fleet, floor, now)
    health, verdict = judge(
        policy.health,
        memory.health,
        _without(fleet, decision),
        signalling_up=outside.signalling.up(),
        floor=floor,
    )
    if decision.desired != fleet.desired:
        history = history.model_copy(update={"changed_at": now})
    pending = Pending(
        minimum=floor,
        desired=decision.desired,
        retire=decision.retire,
        replace=to_replace(policy.health, health),
    )
    remembered = outside.memory.save_scaler(
        memory.model_copy(
            update={"ticked_at": now, "history": history, "health": health, "pending": pending}
        )
    )
    # Told before the group is touched: a failing AWS API must not keep patients on dead bridges.
    outside.board.publish(_status(policy, fleet, verdict, now))
    _report(outside.journal, fleet, floor, decision, verdict)
    _carry_out(outside, pending)
    outside.memory.save_scaler(remembered.model_copy(update={"pending": None}))
    return decision


def _repeated(outside: Outside, pending: Pending) -> bool:
    """Carry out what an earlier tick could not; its failure must not cost this one its status."""
    try:
        _carry_out(outside, pending)
    except Exception as failure:  # noqa: BLE001  # whatever it is, this tick meets it again and raises
        outside.journal.note("repeat_failed", why=type(failure).__name__)
        return False
    return True


def observe(control: BridgeControl, group: Group, now: datetime) -> Fleet:
    """Read every bridge in service, in parallel: one that hangs must not delay the others."""

    def bridge(instance: Instance) -> Bridge:
        reading = _read(control, instance) if instance.stage is Stage.IN_SERVICE else None
        return Bridge(
            bridge_id=instance.bridge_id,
            stage=instance.stage,
            launched_at=instance.launched_at,
            reading=reading,
        )

    with ThreadPoolExecutor(max_workers=READERS) as pool:
        bridges = tuple(pool.map(bridge, group.instances))
    return Fleet(desired=group.desired, bridges=bridges, observed_at=now)


def _read(control: BridgeControl, instance: Instance) -> Reading | None:
    if instance.address is None:
        return None
    try:
        return control.read(instance.address)
    except BridgeUnreachable:
        return None


def _without(fleet: Fleet, decision: Decision) -> Fleet:
    """The fleet as new consults will find it."""
    stay = tuple(b for b in fleet.bridges if b.bridge_id not in decision.retire)
    desired = min(fleet.desired, decision.desired)
    return fleet.model_copy(update={"bridges": stay, "desired": desired})


def _carry_out(outside: Outside, pending: Pending) -> None:
    group = outside.group.describe()
    # Retiring lowers the wanted size itself, one by one; here it is only ever raised.
    wanted = max(pending.desired, group.desired)
    if wanted != group.desired or pending.minimum != group.minimum:
        outside.group.resize(minimum=pending.minimum, desired=wanted)
    here = {i.bridge_id for i in group.instances if i.stage is Stage.IN_SERVICE}
    for bridge_id in pending.retire:
        if bridge_id in here:
            outside.group.retire(bridge_id)
    for bridge_id in pending.replace:
        if bridge_id in here:
            outside.group.replace(bridge_id)


def _status(policy: Policy, fleet: Fleet, verdict: Verdict, now: datetime) -> VideoStatus:
    return VideoStatus(
        provider=verdict.provider.value,
        cause=verdict.cause.value,
        shard=policy.shard,
        domain=policy.domain,
        usable_bridges=len(fleet.usable),
        observed_at=now,
        valid_until=now + STATUS_VALID,
    )


def _report(
    journal: Journal, fleet: Fleet, floor: int, decision: Decision, verdict: Verdict
) -> None:
    mean = fleet.mean_stress()
    readings = [b.reading for b in fleet.in_service if b.reading is not None]
    values: dict[str, float] = {
        "UsableBridges": len(fleet.usable),
        "MissingBridges": max(decision.desired - len(fleet.in_service), 0),
        "ScheduledMinimum": floor,
        "Participants": sum(r.participants for r in readings),
        "FallbackToDirect": int(verdict.alarm),
    }
    if mean is not None:
        values["MeanStress"] = mean
    journal.measure(**values)
    journal.note(
        "scaled",
        why=decision.why.value,
        desired=decision.desired,
        retired=list(decision.retire),
        provider=verdict.provider.value,
        cause=verdict.cause.value,
    )


def move_lifecycles(policy: Policy, outside: Outside, now: datetime) -> None:
    """Admit bridges that are ready and retire those that are leaving, each on its own.

    A failure with one bridge does not stop the others; all failures are raised together at the end.
    """
    failures: list[Exception] = []
    for instance in outside.group.describe().instances:
        if not instance.waiting:
            continue
        try:
            if instance.stage is Stage.STARTING:
                _launch(outside, instance)
            else:
                _drain(policy, outside, instance, now)
        except HookClosed:
            outside.journal.note("hook_closed", bridge=instance.bridge_id)
        except Exception as failure:  # noqa: BLE001  # raised below, after the other bridges
            failures.append(failure)
    if failures:
        raise ExceptionGroup("some bridges could not be moved on", failures)


def _launch(outside: Outside, instance: Instance) -> None:
    act = launch_step(
        registered=instance.registered,
        started=instance.started,
        reading=_read(outside.control, instance) if instance.started else None,
    )
    if act is LaunchAct.START_BRIDGE:
        outside.group.start_bridge(instance.bridge_id)
    elif act is LaunchAct.ADMIT:
        outside.group.admit(instance.bridge_id)
        outside.journal.note("admitted", bridge=instance.bridge_id)


def _drain(policy: Policy, outside: Outside, instance: Instance, now: datetime) -> None:
    before = outside.memory.drain(instance.bridge_id)
    if before is None:
        before = Drain(bridge_id=instance.bridge_id, started_at=now)
    step = draining.step(
        before, _read(outside.control, instance), now, policy.drain, exited=instance.exited
    )
    outside.memory.save_drain(step.drain)
    for act in step.acts:
        _perform(outside, instance, act)
    if step.drain.outcome and before.outcome is None:
        _report_end(outside.journal, step.drain)


def _perform(outside: Outside, instance: Instance, act: Act) -> None:
    if act is Act.HEARTBEAT:
        outside.group.heartbeat(instance.bridge_id)
    elif act is Act.COMPLETE:
        outside.group.complete(instance.bridge_id)
    elif instance.address is not None:
        order = (
            outside.control.enable_drain if act is Act.ENABLE_DRAIN else outside.control.shut_down
        )
        try:
            order(instance.address)
        except BridgeUnreachable as failure:
            # Not fatal: its readings decide what comes next, and the heartbeat must still go out.
            outside.journal.note("order_lost", bridge=instance.bridge_id, why=str(failure))


def _report_end(journal: Journal, drain: Drain) -> None:
    cut = drain.participants if drain.outcome is not Outcome.EMPTIED else 0
    journal.note("retired", bridge=drain.bridge_id, outcome=drain.outcome, participants_cut=cut)
    journal.measure(ParticipantsCut=cut)


def refresh_agenda(bookings: Bookings, memory: Memory, now: datetime) -> Agenda:
    """Fetch and keep what is booked. Raises BookingsUnavailable and keeps what was known."""
    until = now + AGENDA_LOOKS_AHEAD
    slots = tuple(bookings.slots(now - AGENDA_LOOKS_BACK, until))
    agenda = Agenda(slots=slots, fetched_at=now, valid_until=until)
    memory.save_agenda(agenda)
    return agenda
