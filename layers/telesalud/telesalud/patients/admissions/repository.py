"""Where admissions are kept.

    ADMISSION#<t>#<id>    / ADMISSION                what it is, by the patient's key; `patient`
                                                     and `status` in clear
    CHART#<t>#<patient>   / ADMISSION#<at>#<id>      for the patient's list
    CHART#<t>#<patient>   / ADMITTED                 the one that is going on
    ADMITTED#<t>          / <at>#<id>                who is here; `patient` in clear
    PLACE#<t>             / <keyed hash>             the bed or chair is taken; `admission` in clear

A patient has one admission at a time and a place one patient: the marks are written on the
condition that they are not there.
"""

from datetime import datetime
from typing import Final, NamedTuple

from schemas.admissions import AdmissionStatus, AdmittedPatient, Place
from telesalud.patients.access.opening import Chart, chart_partition, open_chart
from telesalud.patients.admissions.stored import StoredAdmission
from telesalud.patients.people.lookup import shown
from telesalud.platform.clock import to_text
from telesalud.platform.errors import NotFound
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, Item, Key, Put, Value, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

GOING_ON: Final = "ADMITTED"
LISTED: Final = "ADMISSION#"


class OpenAdmission(NamedTuple):
    """An admission as it was read, in the chart of its patient."""

    chart: Chart
    owner: str
    """The registration under which it was written, whose key seals it."""
    stored: StoredAdmission
    version: int


def admission_key(tenant: str, which: str) -> Key:
    """Where an admission is."""
    return Key(f"ADMISSION#{tenant}#{which}", "ADMISSION")


def chart_key(tenant: str, patient: str, at: datetime, which: str) -> Key:
    """Where it is in the patient's list."""
    return Key(chart_partition(tenant, patient), f"{LISTED}{to_text(at)}#{which}")


def going_on_key(tenant: str, patient: str) -> Key:
    """Where it says that the patient is here."""
    return Key(chart_partition(tenant, patient), GOING_ON)


def here_key(tenant: str, at: datetime, which: str) -> Key:
    """Where it is in the list of who is here."""
    return Key(f"ADMITTED#{tenant}", f"{to_text(at)}#{which}")


def place_key(services: Services, tenant: str, site: str | None, place: Place) -> Key:
    """Where it says that a place is taken; upper and lower case are the same."""
    name = f"{site or ''}/{place.kind}/{place.ward}/{place.name}".casefold()
    return Key(f"PLACE#{tenant}", services.vault.lookup(tenant, "place", name))


def open_admission(
    services: Services, call: Call, which: str, right: str, *, relation: bool
) -> OpenAdmission:
    """Two reads: the admission, then its patient. Raises Forbidden, NotFound, Gone."""
    tenant = call.caller.tenant
    item = services.store.get(admission_key(tenant, which))
    if item is None:
        raise NotFound("there is no such admission")
    owner = item.text("patient")
    chart = open_chart(services, call, owner, right, relation=relation)
    return OpenAdmission(chart, owner, opened(services, tenant, item), item.version)


def opened(services: Services, tenant: str, item: Item) -> StoredAdmission:
    """What an admission's item holds; its patient's key has been read. Raises Gone."""
    scope = Scope(tenant, item.text("patient"))
    return open_model(services.vault, scope, item, StoredAdmission)


def put(work: Work, owner: str, made: StoredAdmission, version: int) -> None:
    """Write an admission; `version` is the one it replaces, 0 for a new one."""
    tenant = work.call.caller.tenant
    key = admission_key(tenant, made.id)
    sealed = seal_model(work.services.vault, Scope(tenant, owner), key, made)
    fields: dict[str, Value] = {
        ATTRIBUTE: sealed,
        "patient": owner,
        "status": made.status.value,
    }
    work.add(Put(key, fields, when=at_version(version) if version else ABSENT))


def view(chart: Chart, made: StoredAdmission, version: int) -> AdmittedPatient:
    """What is answered; the summary only to who has a care relation with the patient."""
    fields = dict(made)
    if made.discharge is not None and not chart.kinds:
        fields["discharge"] = made.discharge.model_copy(update={"summary": ""})
    return AdmittedPatient.model_construct(
        **fields,
        patient=chart.patient,
        patient_name=shown(chart.found),
        record_number=chart.found.stored.record_number,
        version=version,
    )


def is_here(made: StoredAdmission) -> bool:
    """Whether it is going on."""
    return made.status is AdmissionStatus.ADMITTED
