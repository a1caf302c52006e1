"""Reports over records: unsigned notes and notifiable diagnoses.

They read lists that the transactions which change encounters and diagnoses keep up to date
(`lifecycle.unsigned`, `chart.notifiable`), and the demographics of the patients on a page.
"""

from functools import cache
from typing import Final

from schemas.reports import NewPatientsReport, NewReport, PatientsReportKind, ReportScope
from telesalud.patients import repository, wiring
from telesalud.patients.lifecycle.unsigned import Attended, unsigned_partition
from telesalud.patients.policy import (
    GRANTS,
    READ_RECORD,
    REPORT_NOTIFIABLE,
    REPORT_OWN,
    REPORT_UNSIGNED,
)
from telesalud.patients.report_words import WORDS
from telesalud.patients.repository import Found
from telesalud.platform.access import allows, require
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import NotFound
from telesalud.platform.reports.model import (
    CellKind,
    Chunk,
    Column,
    Definition,
    Job,
    Reports,
    Row,
    local,
    share,
)
from telesalud.platform.reports.wiring import report_blobs
from telesalud.platform.sealed import open_model
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services

_ROWS_A_STEP: Final = 90
"""Patients in one read, which takes 100 keys."""

_UNSIGNED: Final = (
    Column("started_at", CellKind.MOMENT, 13),
    Column("days", CellKind.NUMBER, 5),
    Column("practitioners", width=24),
    Column("patient", width=26),
    Column("record", width=11),
    Column("kind", CellKind.WORD, 11),
    Column("encounter", width=16),
)


def people(services: Services, tenant: str, patients: list[str]) -> dict[str, Found]:
    """The patients of these ids, or those they were merged into: one round trip for most."""
    found: dict[str, Found] = {}
    wanted = list(dict.fromkeys(patients))
    for patient, item in repository.fetch(services, tenant, wanted).items():
        if "merged_into" not in item.attributes:
            found[patient] = repository.found_of(services.vault, tenant, item)
            continue
        try:
            found[patient] = repository.load(services, tenant, patient)
        except NotFound:
            continue  # merged into somebody who is no more
    return found


def called(person: Found | None) -> str:
    """A patient's name as it is written on lists; the key of a word when he was erased."""
    if person is None:
        return ""
    name = person.stored.body.name
    parts = (name.family, name.second_family, name.given, name.middle)
    return " ".join(part for part in parts if part)


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
}


@cache
def reports() -> Reports:
    """This context's reports, made from the environment once per process."""
    return Reports("patients", wiring.services(), report_blobs(), DEFINITIONS, WORDS, permit)
