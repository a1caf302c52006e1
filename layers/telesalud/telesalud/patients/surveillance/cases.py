"""Notifiable diagnoses by month, for reports.

    NOTIFIABLE#<t>#<yyyy-mm> / <since>#<H(entry)>   one item a notifiable problem of the chart

Written, moved and removed by the transaction that changes the problem. `who` (patient, entry, by
whom) is under the tenant's key and what was diagnosed under the patient's, so that nothing in clear
says who has what, and shredding a patient leaves a case that cannot be opened.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Protocol

from schemas.chart import Diagnosis, Verification
from telesalud.patients.surveillance import rules
from telesalud.patients.surveillance.stored import Case, CaseOwner
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.sealed import ATTRIBUTE, from_json, open_model, place, seal_model, to_json
from telesalud.platform.store import Delete, Item, Key, Operation, Put
from telesalud.platform.vault import Scope, Vault
from telesalud.platform.work import Services

_WHO = "who"


class Diagnosed(Protocol):
    """A problem of the chart, as far as it concerns the authority."""

    @property
    def id(self) -> str: ...
    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]: ...
    @property
    def verification(self) -> Verification: ...
    @property
    def onset_on(self) -> date | None: ...
    @property
    def partial(self) -> Mapping[str, str]: ...
    @property
    def recorded_by(self) -> str: ...
    @property
    def notifiable_since(self) -> datetime | None: ...


def since(
    services: Services, tenant: str, problem: dict[str, object], before: Diagnosed | None
) -> datetime | None:
    """Since when a problem with these fields is notifiable; None when it is not.

    A problem that was notifiable stays where it is while it is. One that was entered in error
    never was; one that was refuted stays, because the authority counts discarded cases too.
    """
    diagnoses = problem["diagnoses"]
    assert isinstance(diagnoses, tuple)  # `_ready` made them
    if not diagnoses or problem["verification"] is Verification.ERROR:
        return None
    if not rules.matching(rules.load(services, tenant).events, diagnoses):
        return None
    known = before.notifiable_since if before else None
    return known or services.clock()


def moved(
    vault: Vault,
    scope: Scope,
    before: Diagnosed | None,
    after: Diagnosed,
    kind: str = "problems",
) -> Iterator[Operation]:
    """The writes that keep an entry of `scope`'s patient among the notifiable ones while it is."""
    old = _key(vault, scope.tenant, before) if before else None
    new = _key(vault, scope.tenant, after)
    if old is not None and old != new:
        yield Delete(old)
    if new is None:
        return
    who = CaseOwner(patient=scope.patient, entry=after.id, recorded_by=after.recorded_by, kind=kind)
    stems, icd10 = rules.codes_of(after.diagnoses)
    case = Case(
        codes=tuple(one.code for one in after.diagnoses),
        stems=stems,
        icd10=icd10,
        verification=after.verification,
        onset_on=after.onset_on,
        onset_precision=after.partial.get("onset_on"),
    )
    named = vault.seal(Scope(scope.tenant), _place(new), to_json(who).encode())
    yield Put(new, {_WHO: named, ATTRIBUTE: seal_model(vault, scope, new, case)})


def owner_of(vault: Vault, tenant: str, item: Item) -> CaseOwner:
    """Whose diagnosis an item is."""
    return from_json(CaseOwner, vault.open(Scope(tenant), _place(item.key), item.blob(_WHO)))


def case_of(vault: Vault, scope: Scope, item: Item) -> Case:
    """What was diagnosed. Raises Gone when the patient's key was destroyed."""
    return open_model(vault, scope, item, Case)


def noted_at(item: Item) -> datetime:
    """Since when it is notifiable."""
    return from_text(item.key.sk.partition("#")[0])


def month_partition(tenant: str, month: str) -> str:
    """Where the cases of a month (`yyyy-mm`, in UTC) are."""
    return f"NOTIFIABLE#{tenant}#{month}"


def _key(vault: Vault, tenant: str, problem: Diagnosed) -> Key | None:
    if problem.notifiable_since is None:
        return None
    at = to_text(problem.notifiable_since)
    hashed = vault.lookup(tenant, "notifiable", problem.id)
    return Key(month_partition(tenant, at[:7]), f"{at}#{hashed}")


def _place(key: Key) -> str:
    return f"{place(key)}\x00{_WHO}"
