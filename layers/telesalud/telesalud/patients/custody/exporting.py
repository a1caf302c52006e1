"""Exporting one patient's whole record: asked for, made in the background, fetched in parts.

    EXPORT#<t>#<patient> / <export>   the job, sealed with the patient's key

The first part holds the record as JSON, the last what the orders context keeps, those between the
documents. The plan, which documents are in
which part, is written once, by the first try. Each part is one message of the queue: it is built,
stored, and counted in the transaction that announces the next, so that a worker may die anywhere
and a record of any size is made without a longest time. The same part built again is the same
archive.
"""

from typing import Final

from schemas.care import AccessWay
from schemas.custody import ExportRequested, ExportStatus, NewExport, RecordExport
from schemas.patients import DocumentLink
from telesalud.patients.access.opening import open_chart
from telesalud.patients.custody.stored import StoredExport
from telesalud.patients.people import repository
from telesalud.patients.policy import EXPORT, GRANTS
from telesalud.patients.reviews.reporting import Reported, report
from telesalud.platform.access import CallerKind, require
from telesalud.platform.errors import Conflict, Forbidden, Gone, NotFound
from telesalud.platform.ports.blobs import DOWNLOAD_WITHIN, BlobKey, Blobs
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.standing import at_present
from telesalud.platform.store import ABSENT, Item, Key, Put, When
from telesalud.platform.vault import Scope, Vault
from telesalud.platform.work import Call, Services, Work

ARCHIVE: Final = "application/zip"


def request(services: Services, call: Call, patient: str, new: NewExport) -> RecordExport:
    """Ask for an export; an auditor is told when a person does.

    It holds sensitive information only for who would see it in the chart. Raises Forbidden,
    NotFound, Gone.
    """
    chart = open_chart(services, call, patient, EXPORT, relation=False)
    tenant, found = chart.tenant, chart.found
    job = StoredExport(
        id=services.new_id(),
        patient=found.id,
        reason=new.reason,
        requested_by=call.caller.subject,
        requested_at=services.clock(),
        whole=chart.close,
    )
    work = Work(services, call)
    if call.caller.kind is CallerKind.USER:
        report(work, Reported(found.id, job.requested_by, AccessWay.EXPORTED, f"export/{job.id}"))
    work.add(job_put(services.vault, tenant, job, ABSENT))
    announce(work, job)
    work.audit("patients.request_export", found.id, f"export/{job.id}")
    answer = job.view(1)
    work.commit(answer, 1)
    return answer


def read(services: Services, call: Call, patient: str, export: str) -> RecordExport:
    """How far an export is. Raises Forbidden, NotFound."""
    require(call.caller, EXPORT, GRANTS)
    job, item = _found(services, call.caller.tenant, patient, export)
    return job.view(item.version)


def link(
    services: Services, blobs: Blobs, call: Call, patient: str, export: str, *, part: int
) -> DocumentLink:
    """A link that answers with a part for five minutes; audited.

    Raises Forbidden, also for anybody but who asked for it, SessionExpired, NotFound, Conflict
    while the export is not ready, Gone when it has expired.
    """
    require(at_present(services, call).caller, EXPORT, GRANTS)
    tenant = call.caller.tenant
    job, _ = _found(services, tenant, patient, export)
    if job.requested_by != call.caller.subject:
        raise Forbidden("whoever asked for the export fetches it", right=EXPORT)
    now = services.clock()
    if now >= job.expires:
        raise Gone("the export has been deleted; ask for another one")
    if job.status is not ExportStatus.READY or job.parts is None:
        raise Conflict("the export is not ready", state=job.status.value)
    if part >= job.parts:
        raise NotFound(f"the export has parts 0 to {job.parts - 1}")
    work = Work(services, call)
    work.audit("patients.download_export", job.patient, f"export/{export}/{part}")
    work.commit()
    name = f"record-{part:03d}.zip"
    url = blobs.download(part_key(tenant, export, part), name, ARCHIVE)
    return DocumentLink(url=url, expires_at=now + DOWNLOAD_WITHIN)


def announce(work: Work, job: StoredExport) -> None:
    """Collect the event that makes a worker build the next part."""
    fact = ExportRequested(patient_id=job.patient, export_id=job.id, part=job.done)
    work.event("patients.export_requested", job.id, job.done + 1, fact.model_dump(mode="json"))


def part_key(tenant: str, export: str, part: int) -> BlobKey:
    """Where a part is; roles may be given `*/export-*` only."""
    return BlobKey(tenant, f"export-{export}", f"part-{part:03d}")


def job_key(tenant: str, patient: str, export: str) -> Key:
    """Where a job is."""
    return Key(f"EXPORT#{tenant}#{patient}", export)


def job_put(vault: Vault, tenant: str, job: StoredExport, when: When) -> Put:
    """The write of a job."""
    key = job_key(tenant, job.patient, job.id)
    sealed = seal_model(vault, Scope(tenant, job.patient), key, job)
    return Put(key, {ATTRIBUTE: sealed}, when=when, expires=job.expires)


def job_of(vault: Vault, tenant: str, patient: str, item: Item) -> StoredExport:
    """The job in its item. Raises Gone for a record that was shredded."""
    return open_model(vault, Scope(tenant, patient), item, StoredExport)


def _found(services: Services, tenant: str, patient: str, export: str) -> tuple[StoredExport, Item]:
    found = repository.load(services, tenant, patient)
    keys = {job_key(tenant, one, export): one for one in (found.id, *found.absorbed)}
    for key, item in services.store.get_many(list(keys)).items():
        return job_of(services.vault, tenant, keys[key], item), item
    raise NotFound("there is no such export")
