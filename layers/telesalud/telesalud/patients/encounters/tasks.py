"""Encounters that wait for somebody, in the order of their beginnings.

    UNSIGNED#<t>    / <started>#<encounter>   one item an encounter that nobody has signed
    TODO#<t>#<user> / <started>#<encounter>   one item an encounter in which this user has a task

Both are written and removed by the transaction that changes the encounter, whose own item names
in `awaits` those who have a task, so that it can be erased without being opened. The patient's id
is in clear as in the encounter itself; who attended is under the tenant's key.
"""

from collections.abc import Iterator

from schemas.encounters import PendingTask
from schemas.patients import EncounterStatus
from telesalud.patients.encounters.stored import Attended, StoredEncounter
from telesalud.platform.clock import to_text
from telesalud.platform.sealed import ATTRIBUTE, seal_model
from telesalud.platform.store import Delete, Key, Operation, Put, Value
from telesalud.platform.vault import Scope, Vault

AUTHOR, COSIGNER = "author", "co-signer"
"""Roles of signatures."""


def unsigned_partition(tenant: str) -> str:
    """Where the open encounters are."""
    return f"UNSIGNED#{tenant}"


def todo_partition(tenant: str, user: str) -> str:
    """Where a user's tasks are."""
    return f"TODO#{tenant}#{user}"


def tasks_of(stored: StoredEncounter) -> dict[str, PendingTask]:
    """Who has to do what in an encounter, by account."""
    if stored.status is EncounterStatus.OPEN:
        people = stored.attended_by or tuple(person.id for person in stored.practitioners)
        return dict.fromkeys(people, PendingTask.SIGN)
    tasks: dict[str, PendingTask] = {}
    if stored.status is EncounterStatus.SIGNED:
        authors = (one.by for one in stored.signatures if one.role == AUTHOR)
        tasks |= dict.fromkeys(authors, PendingTask.FINALISE)
    if stored.cosigner and all(one.by != stored.cosigner for one in stored.signatures):
        tasks[stored.cosigner] = PendingTask.COSIGN
    return tasks


def awaits(stored: StoredEncounter) -> dict[str, Value]:
    """What the encounter's own item says of its tasks."""
    return {"awaits": tuple(tasks_of(stored))}


def task_moves(
    vault: Vault,
    where: Scope,
    encounter: str,
    before: StoredEncounter | None,
    after: StoredEncounter,
) -> Iterator[Operation]:
    """The writes that keep an encounter of `where`'s patient on the lists on which it belongs."""
    old = set(_keys(where.tenant, encounter, before)) if before else set()
    new = _keys(where.tenant, encounter, after)
    yield from (Delete(key) for key in sorted(old - new.keys()))
    yield from (
        _listed(vault, where, encounter, after, key=key, task=task) for key, task in new.items()
    )


def _listed(
    vault: Vault,
    where: Scope,
    encounter: str,
    stored: StoredEncounter,
    *,
    key: Key,
    task: PendingTask,
) -> Put:
    people = stored.practitioners
    users = dict.fromkeys((*stored.attended_by, *(person.id for person in people)))
    attended = Attended(names=tuple(person.name for person in people), users=tuple(users))
    fields: dict[str, Value] = {
        "encounter": encounter,
        "patient": where.patient,
        "of_kind": stored.kind.value,
        "task": task.value,
        "imported": stored.consult is not None,
        ATTRIBUTE: seal_model(vault, Scope(where.tenant), key, attended),
    }
    return Put(key, fields)


def _keys(tenant: str, encounter: str, stored: StoredEncounter) -> dict[Key, PendingTask]:
    line = f"{to_text(stored.started_at)}#{encounter}"
    keys = {Key(todo_partition(tenant, u), line): task for u, task in tasks_of(stored).items()}
    if stored.status is EncounterStatus.OPEN:
        keys[Key(unsigned_partition(tenant), line)] = PendingTask.SIGN
    return keys
