"""Changing an encounter: its own item, its line in the chart and in the summary, in one go.

An encounter's version rises with everything but the saving of a note's text: notes have versions
of their own, and a save only checks that the encounter is still the one that was read. Signing
checks in turn that no note has a version after those that were signed. So a signature always
covers what its reader saw, and no save slips in behind it.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from schemas.encounters import EncounterFact, EncounterState, Sensitivity
from schemas.patients import EncounterStatus
from telesalud.patients.access.opening import Chart, open_chart
from telesalud.patients.encounters.reading import StoredEncounter, chart_key, encounter_key
from telesalud.patients.encounters.tasks import awaits, move_unsigned
from telesalud.patients.policy import GRANTS
from telesalud.patients.summary import parts
from telesalud.platform.access import require
from telesalud.platform.errors import InvalidTransition, NotFound, StaleVersion
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import (
    ConditionFailed,
    Delete,
    Item,
    Put,
    StoreBusy,
    Update,
    at_version,
)
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

T = TypeVar("T")
_TRIES = 6


def retrying(step: Callable[[], T]) -> T:
    """Run a step that reads, decides and commits; again when somebody else was faster.

    Raises StoreBusy when contention outlasts the tries.
    """
    for turn in range(_TRIES):
        try:
            return step()
        except ConditionFailed:
            time.sleep(random.uniform(0, 0.01 * 2**turn))  # noqa: S311  # jitter, not a secret
    raise StoreBusy


@dataclass(frozen=True, slots=True)
class Loaded:
    """An encounter as it was read, in a chart that the caller may see."""

    chart: Chart
    id: str
    item: Item
    stored: StoredEncounter

    @property
    def owner(self) -> str:
        """The patient id under which it was begun, whose key seals it."""
        return self.item.text("patient")

    @property
    def scope(self) -> Scope:
        """What seals its parts."""
        return Scope(self.chart.tenant, self.owner)

    @property
    def version(self) -> int:
        """As in its ETag."""
        return self.item.version

    @property
    def state(self) -> EncounterState:
        """As answers show it."""
        return self.stored.state(self.id, self.owner, self.version)

    def at(self, version: int) -> "Loaded":
        """Itself. Raises StaleVersion unless it has the version that the client read."""
        if self.version != version:
            raise StaleVersion
        return self

    def must_be(self, *allowed: EncounterStatus, to: str) -> None:
        """Raise InvalidTransition, naming both states, unless it is in one of these."""
        if self.stored.status not in allowed:
            raise InvalidTransition(self.stored.status.value, to)


def load(services: Services, call: Call, encounter: str, right: str) -> Loaded:
    """Two reads: the encounter, then its patient. Raises Forbidden, NotFound."""
    require(call.caller, right, GRANTS)
    tenant = call.caller.tenant
    item = services.store.get(encounter_key(tenant, encounter))
    if item is None:
        raise NotFound("there is no such encounter")
    owner = item.text("patient")
    chart = open_chart(services, call, owner, right, names=(parts.ENCOUNTERS,))
    stored = open_model(services.vault, Scope(tenant, owner), item, StoredEncounter)
    chart.require(stored.sensitivity)
    return Loaded(chart, encounter, item, stored)


def save(work: Work, loaded: Loaded, changed: StoredEncounter, verb: str) -> EncounterState:
    """Collect the writes of a change and its event; returns the encounter as it will be."""
    vault, tenant = work.services.vault, loaded.chart.tenant
    version = loaded.version + 1
    sealed = seal_model(vault, loaded.scope, loaded.item.key, changed)
    fields = {ATTRIBUTE: sealed, **awaits(changed)}
    work.add(Update(loaded.item.key, set=fields, when=at_version(loaded.version)))
    line = chart_key(tenant, loaded.owner, changed.started_at, loaded.id)
    before = chart_key(tenant, loaded.owner, loaded.stored.started_at, loaded.id)
    if before != line:
        work.add(Delete(before))
    in_chart = seal_model(vault, loaded.scope, line, changed)
    work.add(Put(line, {ATTRIBUTE: in_chart, "of_version": version}))
    work.add(*move_unsigned(vault, loaded.scope, loaded.id, loaded.stored, changed))
    state = changed.state(loaded.id, loaded.owner, version)
    part = parts.part_in(loaded.chart, loaded.owner, parts.ENCOUNTERS)
    work.add(part.with_encounter(vault, state))
    announce(work, state, verb)
    return state


def announce(work: Work, state: EncounterState, verb: str) -> None:
    """Collect `patients.encounter_<verb>`."""
    fact = EncounterFact(
        encounter_id=state.id,
        patient_id=state.patient,
        kind=state.kind,
        status=state.status,
        started_at=state.started_at,
        practitioner_ids=tuple(p.id for p in state.practitioners),
        site_id=state.site,
    )
    type_ = f"patients.encounter_{verb}"
    work.event(type_, state.id, state.version, fact.model_dump(mode="json"))


def commit(work: Work, loaded: Loaded, answer: EncounterState) -> EncounterState:
    """Write. Raises StaleVersion when the encounter itself has changed, ConditionFailed when
    only the patient's summary has, so that the step is tried again."""
    try:
        work.commit(answer, answer.version)
    except ConditionFailed as failed:
        if failed.at(loaded.item.key):
            raise StaleVersion from failed
        raise
    return answer


def labels(given: tuple[Sensitivity, ...]) -> tuple[Sensitivity, ...]:
    """Each label once, in a fixed order."""
    return tuple(sorted(set(given)))
