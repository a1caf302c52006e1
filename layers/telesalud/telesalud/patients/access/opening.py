"""Opening a patient's chart: the one way to it, which decides who may.

Denied unless (1) the role or scope has the right and (2) a user has a care relation with the
patient. A partner system acts for the institution and is bound by its scopes alone. Sensitive
information needs a closer relation (`relations.CLOSE`), of a partner its own scope.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from schemas.care import RelationKind
from schemas.encounters import Sensitivity
from telesalud.patients.people import repository
from telesalud.patients.people.relations import (
    CLOSE,
    let_in_by_others,
    relation_key,
    relations_in,
)
from telesalud.patients.people.repository import Found
from telesalud.patients.policy import GRANTS, READ_SENSITIVE
from telesalud.platform.access import CallerKind, require
from telesalud.platform.errors import Forbidden, Gone, NotFound
from telesalud.platform.standing import present, standing_key
from telesalud.platform.store import Item, Key
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

BROKEN_GLASS: Final = "break-glass"
"""Reason code of audit entries of accesses that only a broken glass allowed."""
OWN_BOOKING: Final = "own-booking"
"""Of those that only a booking with oneself allowed."""
_LONGEST_CHAIN: Final = 20
_AT_ONCE: Final = 10
"""Merged patients in one read, which takes 100 keys: eight or so of each."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that the caller may see."""

    services: Services
    call: Call
    found: Found
    kinds: frozenset[RelationKind]
    """The caller's relations; empty for partners and workers."""
    close: bool
    """Whether sensitive information is shown."""
    self_made: bool
    """Whether the caller alone let themselves in: by a broken glass, by booking themselves."""
    items: dict[Key, Item]
    """What `names` asked for, of the patient and of those who were merged into them."""

    @property
    def tenant(self) -> str:
        """The institution."""
        return self.call.caller.tenant

    @property
    def patient(self) -> str:
        """The patient's id."""
        return self.found.id

    @property
    def members(self) -> tuple[str, ...]:
        """The ids whose charts are this patient's: their own, then those merged into it."""
        return members_of(self.found)

    @property
    def scope(self) -> Scope:
        """What seals new content."""
        return Scope(self.tenant, self.patient)

    def sees(self, sensitivity: Iterable[Sensitivity]) -> bool:
        """Whether something so labelled may be shown."""
        return self.close or not tuple(sensitivity)

    def require(self, sensitivity: Iterable[Sensitivity]) -> None:
        """Raise Forbidden unless something so labelled may be shown."""
        if not self.sees(sensitivity):
            raise Forbidden("this needs a closer care relation", right=READ_SENSITIVE)

    def audit(self, work: Work, action: str, resource: str) -> None:
        """Leave an entry that tells when only the caller let themselves in."""
        reason = ""
        if self.self_made:
            reason = BROKEN_GLASS if RelationKind.GLASS in self.kinds else OWN_BOOKING
        work.audit(action, self.patient, resource, reason=reason)

    def log(self, action: str, resource: str) -> None:
        """Audit a read, which is committed before its answer leaves."""
        work = Work(self.services, self.call)
        self.audit(work, action, resource)
        work.commit()


def labels(given: Iterable[Sensitivity]) -> tuple[Sensitivity, ...]:
    """Each label once, in a fixed order."""
    return tuple(sorted(set(given)))


def chart_partition(tenant: str, patient: str) -> str:
    """Where what belongs to a chart is."""
    return f"CHART#{tenant}#{patient}"


def open_chart(
    services: Services,
    call: Call,
    patient: str,
    right: str,
    *,
    names: Sequence[str] = (),
    relation: bool = True,
) -> Chart:
    """The chart, with the items of these sort keys: one read, two for a merged patient.

    Without `relation` the right alone is enough. Raises Forbidden, SessionExpired, NotFound, Gone
    for a record that was shredded.
    """
    require(call.caller, right, GRANTS)
    tenant = call.caller.tenant
    for _ in range(_LONGEST_CHAIN):
        items = _fetch(services, call, [patient], names)
        call = _at_present(call, items, right)
        item = items.get(repository.patient_key(tenant, patient))
        if item is None:
            break
        if "merged_into" in item.attributes:
            patient = item.text("merged_into")
            continue
        if repository.SHREDDED in item.attributes:
            raise Gone("this record was shredded")
        found = repository.found_of(services.vault, tenant, item)
        for first in range(0, len(found.absorbed), _AT_ONCE):
            items |= _fetch(services, call, found.absorbed[first : first + _AT_ONCE], names)
        return _decided(services, call, found, items, relation=relation)
    raise NotFound("there is no such patient")


def _at_present(call: Call, items: dict[Key, Item], right: str) -> Call:
    """The call with the caller's present rights: whoever was dismissed reads no more, either."""
    account = standing_key(call.caller.tenant, call.caller.subject)
    caller = present(call.caller, items.get(account))
    require(caller, right, GRANTS)
    return replace(call, caller=caller)


def _fetch(
    services: Services, call: Call, patients: Sequence[str], names: Sequence[str]
) -> dict[Key, Item]:
    tenant, user = call.caller.tenant, call.caller.subject
    scopes = [Scope(tenant), *(Scope(tenant, one) for one in patients)]
    keys = [
        standing_key(tenant, user),
        *(
            key
            for one in patients
            for key in (
                repository.patient_key(tenant, one),
                relation_key(tenant, one, user),
                *(Key(chart_partition(tenant, one), name) for name in names),
            )
        ),
    ]
    return services.fetch(keys, *scopes)


def _decided(
    services: Services, call: Call, found: Found, items: dict[Key, Item], *, relation: bool
) -> Chart:
    caller, now = call.caller, services.clock()
    if caller.kind is not CallerKind.USER:
        close = caller.kind is CallerKind.SYSTEM or READ_SENSITIVE in caller.scopes
        return Chart(services, call, found, frozenset(), close, False, items)
    keys = [relation_key(caller.tenant, one, caller.subject) for one in members_of(found)]
    mine = [items.get(key) for key in keys]
    # Who registered somebody knows what they wrote themselves, not what was merged with it.
    void = {RelationKind.REGISTERED} if found.absorbed else set()
    kinds = frozenset(known.kind for item in mine for known in relations_in(item, now)) - void
    by_others = {kind for item in mine for kind in let_in_by_others(item, now)} - void
    if relation and not kinds:
        raise Forbidden(
            "you have no care relation with this patient; in an emergency break the glass",
            right="patients.care_relation",
        )
    self_made = bool(kinds) and not by_others
    return Chart(services, call, found, kinds, bool(kinds & CLOSE), self_made, items)


def members_of(found: Found) -> tuple[str, ...]:
    """The ids whose charts are a patient's: their own, then those merged into it."""
    return (found.id, *found.absorbed)
