"""The institution's open encounters by their beginning, for reports.

    UNSIGNED#<t> / <started>#<encounter>   one item an encounter that nobody has signed, written
                                           and removed by the transaction that changes it

The patient's id is in clear as in the encounter itself; who attended is under the tenant's key.
"""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from schemas.patients import EncounterStatus
from telesalud.patients.encounters import StoredEncounter
from telesalud.platform.clock import to_text
from telesalud.platform.sealed import ATTRIBUTE, seal_model
from telesalud.platform.store import Delete, Key, Operation, Put
from telesalud.platform.vault import Scope, Vault


class Attended(BaseModel):
    """Who attended an open encounter."""

    model_config = ConfigDict(frozen=True)

    names: tuple[str, ...]
    users: tuple[str, ...]
    """Ids by which any of them may be known: of the account, or of the agenda."""


def unsigned_partition(tenant: str) -> str:
    """Where the open encounters are."""
    return f"UNSIGNED#{tenant}"


def move_unsigned(
    vault: Vault,
    where: Scope,
    encounter: str,
    before: StoredEncounter | None,
    after: StoredEncounter,
) -> Iterator[Operation]:
    """The writes that keep an encounter of `where`'s patient among the open ones while it is."""
    old = _key(where.tenant, encounter, before) if before else None
    new = _key(where.tenant, encounter, after)
    if old is not None and old != new:
        yield Delete(old)
    if new is None:
        return
    people = after.practitioners
    users = dict.fromkeys((*after.attended_by, *(person.id for person in people)))
    attended = Attended(names=tuple(person.name for person in people), users=tuple(users))
    sealed = seal_model(vault, Scope(where.tenant), new, attended)
    fields = {"encounter": encounter, "patient": where.patient, "of_kind": after.kind.value}
    yield Put(new, {**fields, ATTRIBUTE: sealed})


def _key(tenant: str, encounter: str, stored: StoredEncounter) -> Key | None:
    if stored.status is not EncounterStatus.OPEN:
        return None
    return Key(unsigned_partition(tenant), f"{to_text(stored.started_at)}#{encounter}")
