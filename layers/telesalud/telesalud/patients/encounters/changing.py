"""Adding and changing an encounter: its item, its lines in chart and summary, in one transaction.

An encounter's version rises with everything but the saving of a note's text: notes have versions
of their own, and a save only checks that the encounter is still the one that was read. Signing
checks in turn that no note has a version after those that were signed. So a signature always
covers what its reader saw, and no save slips in behind it.
"""

from schemas.encounters import EncounterFact, EncounterState
from telesalud.patients.encounters.opening import OpenEncounter
from telesalud.patients.encounters.repository import chart_key, encounter_key
from telesalud.patients.encounters.stored import StoredEncounter
from telesalud.patients.encounters.tasks import awaits, task_moves
from telesalud.patients.summary import parts
from telesalud.patients.summary.parts import Part
from telesalud.platform.errors import StaleVersion
from telesalud.platform.sealed import ATTRIBUTE, seal_model
from telesalud.platform.store import (
    ABSENT,
    ConditionFailed,
    Delete,
    Put,
    Update,
    at_version,
)
from telesalud.platform.vault import Scope
from telesalud.platform.work import Work


def add(
    work: Work, owner: Scope, stored: StoredEncounter, state: EncounterState, latest: Part
) -> None:
    """Collect the writes of a new encounter of `owner`'s patient, but not its event.

    They are the encounter itself, its line in the chart, in the summary's part `latest`, and in
    the lists of those for whom it waits.
    """
    vault = work.services.vault
    key = encounter_key(owner.tenant, state.id)
    line = chart_key(owner.tenant, owner.patient, stored.started_at, state.id)
    sealed = seal_model(vault, owner, key, stored)
    in_chart = seal_model(vault, owner, line, stored)
    work.add(
        Put(key, {ATTRIBUTE: sealed, "patient": owner.patient, **awaits(stored)}, when=ABSENT),
        Put(line, {ATTRIBUTE: in_chart, "of_version": 1}, when=ABSENT),
        latest.with_encounter(vault, state),
        *task_moves(vault, owner, state.id, None, stored),
    )


def save(work: Work, loaded: OpenEncounter, changed: StoredEncounter, verb: str) -> EncounterState:
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
    work.add(*task_moves(vault, loaded.scope, loaded.id, loaded.stored, changed))
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
        admission_id=state.admission,
    )
    type_ = f"patients.encounter_{verb}"
    work.event(type_, state.id, state.version, fact.model_dump(mode="json"))


def commit(work: Work, loaded: OpenEncounter, answer: EncounterState) -> EncounterState:
    """Write. Raises StaleVersion when the encounter itself has changed, ConditionFailed when
    only the patient's summary has, so that the step is tried again."""
    try:
        work.commit(answer, answer.version)
    except ConditionFailed as failed:
        if failed.at(loaded.item.key):
            raise StaleVersion from failed
        raise
    return answer
