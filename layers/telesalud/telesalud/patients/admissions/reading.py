"""Who is here, and one patient's admissions."""

from schemas.admissions import (
    AdmissionHistory,
    AdmittedLine,
    AdmittedList,
    AdmittedPatient,
    AdmittedQuery,
)
from telesalud.patients.access.opening import chart_partition, open_chart
from telesalud.patients.admissions import repository
from telesalud.patients.admissions.stored import StoredAdmission
from telesalud.patients.people.lookup import people, shown
from telesalud.patients.people.repository import Found
from telesalud.patients.policy import GRANTS, READ_ADMISSIONS
from telesalud.platform.access import require
from telesalud.platform.errors import Gone
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.sealed import open_model
from telesalud.platform.store import Item
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work


def read(services: Services, call: Call, which: str) -> AdmittedPatient:
    """An admission; audited. Raises Forbidden, NotFound, Gone."""
    found = repository.open_admission(services, call, which, READ_ADMISSIONS, relation=False)
    found.chart.log("patients.read_admission", f"admission/{which}")
    return repository.view(found.chart, found.stored, found.version)


def of_patient(services: Services, call: Call, patient: str) -> AdmissionHistory:
    """A patient's last fifty admissions, latest first; audited.

    Raises Forbidden, NotFound, Gone.
    """
    chart = open_chart(services, call, patient, READ_ADMISSIONS, relation=False)
    listed = [
        item
        for member in chart.members
        for item in services.store.query(
            chart_partition(chart.tenant, member),
            repository.LISTED,
            limit=50,
            newest_first=True,
        ).items
    ]
    listed.sort(key=lambda item: item.key.sk, reverse=True)
    keys = [repository.admission_key(chart.tenant, item.text("admission")) for item in listed[:50]]
    found = services.store.get_many(keys)
    items = tuple(
        repository.view(
            chart,
            repository.opened(services, chart.tenant, found[key]),
            found[key].version,
        )
        for key in keys
        if key in found
    )
    chart.log("patients.list_admissions", f"patient/{chart.patient}")
    return AdmissionHistory(items=items)


def here(services: Services, call: Call, query: AdmittedQuery) -> AdmittedList:
    """Who is here, the longest first; audited. Raises Forbidden."""
    require(call.caller, READ_ADMISSIONS, GRANTS)
    tenant = call.caller.tenant
    listed = services.store.query(
        f"ADMITTED#{tenant}", "", after=from_cursor(query.cursor), limit=query.limit
    )
    keys = [
        repository.admission_key(tenant, item.key.sk.rpartition("#")[2]) for item in listed.items
    ]
    patients = list(dict.fromkeys(item.text("patient") for item in listed.items))
    found = services.fetch(keys, *(Scope(tenant, one) for one in patients))
    known = people(services, tenant, patients)
    items = []
    for key in keys:
        line = _line(services, tenant, found.get(key), known)
        if line is not None:
            items.append(line)
    work = Work(services, call)
    work.audit("patients.list_admitted", call.caller.subject, "admitted")
    work.commit()
    return AdmittedList(items=tuple(items), cursor=to_cursor(listed.next_after))


def _line(
    services: Services, tenant: str, item: Item | None, known: dict[str, Found]
) -> AdmittedLine | None:
    """A line; None for a record that was shredded meanwhile."""
    if item is None:
        return None
    patient = item.text("patient")
    try:
        made = open_model(services.vault, Scope(tenant, patient), item, StoredAdmission)
    except Gone:
        return None
    person = known.get(patient)
    return AdmittedLine(
        id=made.id,
        patient=person.id if person else patient,
        patient_name=shown(person),
        record_number=person.stored.record_number if person else "",
        kind=made.kind,
        place=made.place,
        responsible=made.responsible,
        admitted_at=made.admitted_at,
    )
