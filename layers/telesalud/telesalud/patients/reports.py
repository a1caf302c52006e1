"""Reports over records: unsigned notes and notifiable diagnoses.

They read lists that the transactions which change encounters and diagnoses keep up to date
(`encounters.tasks`, `surveillance.cases`), and the demographics of the patients on a page.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Final

from schemas.patients import PatientBody
from schemas.reports import NewPatientsReport, NewReport, PatientsReportKind, ReportScope
from schemas.surveillance import NotifiableEvent, Urgency
from telesalud.patients import wiring
from telesalud.patients.chart.partial_dates import written
from telesalud.patients.encounters.stored import Attended
from telesalud.patients.encounters.tasks import unsigned_partition
from telesalud.patients.people.lookup import called, people
from telesalud.patients.people.repository import Found
from telesalud.patients.policy import (
    GRANTS,
    READ_RECORD,
    REPORT_NOTIFIABLE,
    REPORT_OWN,
    REPORT_UNSIGNED,
)
from telesalud.patients.report_words import WORDS
from telesalud.patients.surveillance import cases, rules
from telesalud.patients.surveillance.stored import Case
from telesalud.platform.access import allows, require
from telesalud.platform.backend import part
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import Gone
from telesalud.platform.reports.model import (
    CellKind,
    Chunk,
    Column,
    Definition,
    Job,
    Reports,
    Row,
    Seen,
    local,
    share,
)
from telesalud.platform.reports.wiring import report_blobs
from telesalud.platform.sealed import open_model
from telesalud.platform.store import Item
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services

_ROWS_A_STEP: Final = 90
"""Patients in one read, which takes 100 keys."""
_CASES_A_STEP: Final = 80
"""Each is audited in the transaction of its step, which takes 100 writes."""

_UNSIGNED: Final = (
    Column("started_at", CellKind.MOMENT, 13),
    Column("days", CellKind.NUMBER, 5),
    Column("practitioners", width=24),
    Column("patient", width=26),
    Column("record", width=13),
    Column("kind", CellKind.WORD, 11),
    Column("encounter", width=16),
)
_NOTIFIABLE: Final = (
    Column("noted_on", CellKind.MOMENT, 12),
    Column("disease", width=15),
    Column("urgency", CellKind.WORD, 10),
    Column("verification", CellKind.WORD, 13),
    Column("onset_on", CellKind.DAY, 11),
    Column("code", width=10),
    Column("icd10", width=7),
    Column("patient", width=22),
    Column("record", width=13),
    Column("document", width=12),
    Column("sex", CellKind.WORD, 8),
    Column("age", CellKind.NUMBER, 5),
    Column("residence", width=16),
)


def _unsigned(services: Services, tenant: str, job: Job, cursor: str | None) -> Chunk:
    """Open encounters by their beginning."""
    page = services.store.query(
        unsigned_partition(tenant),
        after=cursor or to_text(job.begins()),
        until=to_text(job.ends()),
        limit=_ROWS_A_STEP,
    )
    every = [(i, open_model(services.vault, Scope(tenant), i, Attended)) for i in page.items]
    chosen = [
        (item, attended)
        for item, attended in every
        if job.scope is ReportScope.INSTITUTION or job.owner in attended.users
    ]
    known = people(services, tenant, [item.text("patient") for item, _ in chosen])
    rows: list[Row] = []
    for item, attended in chosen:
        begun = from_text(item.key.sk.partition("#")[0])
        person = known.get(item.text("patient"))
        rows.append(
            (
                local(begun, job.zone),
                (job.created_at - begun).days,
                "; ".join(attended.names),
                called(person),
                person.stored.record_number if person else "",
                item.text("of_kind"),
                item.text("encounter"),
            )
        )
    if page.next_after is None:
        return Chunk(rows, None, 100)
    passed = share(job, from_text(page.next_after.partition("#")[0]))
    return Chunk(rows, page.next_after, int(100 * passed))


def _notifiable(services: Services, tenant: str, job: Job, cursor: str | None) -> Chunk:
    """Notifiable diagnoses by the time since when they are; each one is on its patient's trail."""
    months = list(_months(job))
    month, after = json.loads(cursor) if cursor else (months[0], None)
    page = services.store.query(
        cases.month_partition(tenant, month),
        after=after or to_text(job.begins()),
        until=to_text(job.ends()),
        limit=_CASES_A_STEP,
    )
    every = [(item, cases.owner_of(services.vault, tenant, item)) for item in page.items]
    chosen = [
        (item, who)
        for item, who in every
        if job.scope is ReportScope.INSTITUTION or who.recorded_by == job.owner
    ]
    known = _with_keys(services, tenant, [who.patient for _, who in chosen])
    events = rules.load(services, tenant).events
    rows = []
    for item, who in chosen:
        case = _opened(services, Scope(tenant, who.patient), item)
        if case is not None:
            person = known.get(who.patient)
            rows.append(_case_row(job, cases.noted_at(item), case, person, events))
    seen = [Seen(who.patient, f"{who.kind}/{who.entry}") for _, who in chosen]
    place, passed = months.index(month), 1.0
    following = [months[place + 1], None] if place + 1 < len(months) else None
    if page.next_after is not None:
        following = [month, page.next_after]
        passed = 0.5
    done = int(100 * (place + passed) / len(months))
    return Chunk(rows, json.dumps(following) if following else None, done, seen)


def _months(job: Job) -> Iterator[str]:
    """The months of the span, `yyyy-mm` in UTC."""
    at = job.begins()
    while at < job.ends():
        yield to_text(at)[:7]
        at = (at.replace(day=1) + timedelta(days=32)).replace(
            day=1, hour=0, minute=0, second=0, microsecond=0
        )


def _with_keys(services: Services, tenant: str, patients: list[str]) -> dict[str, Found]:
    """The patients; the keys that open what was diagnosed are fetched along."""
    scopes = [Scope(tenant, patient) for patient in dict.fromkeys(patients)]
    wanted = services.vault.needs(*scopes)
    found = services.store.get_many(wanted) if wanted else {}
    for scope in scopes:
        with suppress(Gone):  # their cases are left out below
            services.vault.learn(scope, found.get(scope.key))
    return people(services, tenant, patients) if patients else {}


def _opened(services: Services, scope: Scope, item: Item) -> Case | None:
    """What was diagnosed; None when the patient's record was destroyed."""
    try:
        return cases.case_of(services.vault, scope, item)
    except Gone:
        return None


def _case_row(
    job: Job,
    at: datetime,
    case: Case,
    person: Found | None,
    events: Sequence[NotifiableEvent],
) -> Row:
    meant = [e for e in events if rules.means(e, case.stems, case.icd10)]
    immediate = any(event.urgency is Urgency.IMMEDIATE for event in meant)
    noted = local(at, job.zone)
    body = person.stored.body if person else None
    return (
        noted,
        "; ".join(str(getattr(event.names, job.language)) for event in meant),
        "immediate" if immediate else "weekly",
        case.verification.value,
        str(written(case.onset_on, case.onset_precision)) if case.onset_on else None,
        "; ".join(case.codes),
        "; ".join(case.icd10),
        called(person),
        person.stored.record_number if person else "",
        "; ".join(f"{d.type} {d.number}" for d in body.documents) if body else "",
        body.sex.value if body else "unknown",
        _age(body.birth_date, date.fromisoformat(noted[:10])) if body else None,
        _residence(body) if body else "",
    )


def _age(born: date, on: date) -> int:
    """Completed years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _residence(body: PatientBody) -> str:
    home = body.address
    if home is None:
        return ""
    parts = (home.admin_code, home.district, home.city, home.region)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def permit(call: Call, command: NewReport, kind: str) -> str:
    """The zone of its days. Raises Forbidden unless the caller may have the report."""
    notifiable = kind == PatientsReportKind.NOTIFIABLE_DIAGNOSES
    if command.scope is ReportScope.MINE and allows(call.caller, REPORT_OWN, GRANTS):
        pass
    elif notifiable:
        require(call.caller, REPORT_NOTIFIABLE, GRANTS)
        require(call.caller, READ_RECORD, GRANTS)
    else:
        require(call.caller, REPORT_UNSIGNED, GRANTS)
    if not isinstance(command, NewPatientsReport):
        raise TypeError("this is no report over records")
    return command.zone


DEFINITIONS: Final = {
    PatientsReportKind.UNSIGNED_NOTES.value: Definition(_UNSIGNED, _unsigned, most_days=366),
    PatientsReportKind.NOTIFIABLE_DIAGNOSES.value: Definition(
        _NOTIFIABLE, _notifiable, most_days=366
    ),
}


@part
def reports() -> Reports:
    """This context's reports, made from the environment once per process."""
    return Reports(
        "patients", wiring.services(), report_blobs("patients"), DEFINITIONS, WORDS, permit
    )
