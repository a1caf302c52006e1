"""Building the parts of an export; see `exporting` for how a worker may die at it."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, Protocol

from schemas.custody import ExportRequested, ExportStatus
from schemas.documents import FileStatus
from telesalud.patients.access.opening import chart_partition
from telesalud.patients.custody.exporting import (
    ARCHIVE,
    announce,
    job_key,
    job_of,
    job_put,
    part_key,
)
from telesalud.patients.custody.record_files import (
    encounter_files,
    encounter_ranges,
    record_files,
)
from telesalud.patients.custody.stored import PlannedDocument, StoredExport
from telesalud.patients.documents.repository import (
    PREFIX,
    LoadedDocument,
    document_key,
    document_of,
)
from telesalud.patients.people import repository
from telesalud.patients.people.repository import Found
from telesalud.platform.access import Caller
from telesalud.platform.consumer import Handler
from telesalud.platform.errors import Gone, NotFound
from telesalud.platform.events import Event, data_of
from telesalud.platform.logs import get_logger
from telesalud.platform.media import download_name
from telesalud.platform.partners import connections
from telesalud.platform.partners.client import Refused
from telesalud.platform.ports.blobs import Area, Blobs
from telesalud.platform.store import MAX_OPERATIONS, at_version, every
from telesalud.platform.work import Call, Services, Work

PART: Final = 64 * 1024 * 1024
"""Bytes of documents in a part, unless one document alone has more: a part is built in memory."""
_FORMAT: Final = "telesalud-record/1"


class OtherContexts(Protocol):
    """What other contexts keep of a patient."""

    def files(self, tenant: str, members: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Path and content of each file. Raises Refused, Unavailable."""


def handlers(
    services: Callable[[], Services],
    blobs: Callable[[], Blobs],
    others: Callable[[], OtherContexts],
) -> Mapping[str, Handler]:
    """Event type to handler. It may be called again with the same event."""

    def work_on(event: Event) -> None:
        fact = data_of(event, ExportRequested)
        build_part(services(), blobs(), others(), event.tenant, fact)

    return {"patients.export_requested": work_on}


def build_part(
    services: Services, blobs: Blobs, others: OtherContexts, tenant: str, fact: ExportRequested
) -> None:
    """Build, store and count one part; nothing when that has been done.

    Raises ConditionFailed when another worker was faster, Unavailable when another context is
    away, Changed for a document that is missing in the store: then the message comes again, and in
    the end a person looks at it.
    """
    item = services.store.get(job_key(tenant, fact.patient_id, fact.export_id))
    if item is None:
        return
    call = Call(Caller.system(tenant, "record-export"))
    try:
        job = job_of(services.vault, tenant, fact.patient_id, item)
        found = repository.load(services, tenant, job.patient)
    except (Gone, NotFound):
        get_logger().info("an export ends: the record was shredded", subject=fact.export_id)
        return
    if job.done != fact.part or job.status in (ExportStatus.READY, ExportStatus.FAILED):
        return
    version = item.version
    if job.plan is None:
        update = {
            "plan": _plan(services, tenant, job, found),
            "encounters": encounter_ranges(services, tenant, found),
            "status": ExportStatus.RUNNING,
        }
        job = job.model_copy(update=update)
        services.store.transact([job_put(services.vault, tenant, job, at_version(version))])
        version += 1
    if job.done + 1 == job.parts:
        files, missing = _from_others(services, others, tenant, found)
        job = job.model_copy(update={"missing": missing})
    else:
        files = _files(services, blobs, tenant, job, found)
    body = _archive(job, files)
    blobs.put(part_key(tenant, job.id, job.done), ARCHIVE, body, passing=True)
    _count(services, call, job, version)


def _count(services: Services, call: Call, job: StoredExport, version: int) -> None:
    """The part is there; announce the next, or say that all are."""
    ready = job.done + 1 == job.parts
    status = ExportStatus.READY if ready else ExportStatus.RUNNING
    after = job.model_copy(update={"done": job.done + 1, "status": status})
    work = Work(services, call)
    work.add(job_put(services.vault, call.caller.tenant, after, at_version(version)))
    if not ready:
        announce(work, after)
    work.audit("patients.export_part", job.patient, f"export/{job.id}/{job.done}")
    work.commit()


def _plan(
    services: Services, tenant: str, job: StoredExport, found: Found
) -> tuple[tuple[PlannedDocument, ...], ...]:
    """The cleared versions of all documents, in parts."""
    parts: list[list[PlannedDocument]] = []
    size = PART
    for loaded in _documents(services, tenant, found):
        if loaded.stored.sensitivity and not job.whole:
            continue
        for number, version in enumerate(loaded.stored.versions, 1):
            if version.status is not FileStatus.READY or version.added_at > job.requested_at:
                continue
            if size + version.size > PART:
                parts.append([])
                size = 0
            size += version.size
            one = PlannedDocument(patient=loaded.patient, document=loaded.id, number=number)
            parts[-1].append(one)
    return tuple(tuple(part) for part in parts)


def _documents(services: Services, tenant: str, found: Found) -> Iterator[LoadedDocument]:
    for member in (found.id, *found.absorbed):
        for item in every(services.store, chart_partition(tenant, member), PREFIX):
            yield document_of(services.vault, tenant, item)


def _files(
    services: Services, blobs: Blobs, tenant: str, job: StoredExport, found: Found
) -> Iterator[tuple[str, bytes]]:
    if job.plan is None:
        raise ValueError("an export without a plan has no files")
    if job.done == 0:
        yield from record_files(services, tenant, found, whole=job.whole)
    if job.done <= job.more:
        # An export that an earlier release planned has them all in its first part.
        parts = job.encounters or encounter_ranges(services, tenant, found)
        ranges = parts[job.done] if job.encounters else tuple(chain.from_iterable(parts))
        yield from encounter_files(services, tenant, ranges, whole=job.whole)
        return
    wanted = job.plan[job.done - job.more - 1]
    documents = _chosen(services, tenant, wanted)
    for planned in wanted:
        loaded = documents[planned.document]
        version = loaded.stored.versions[planned.number - 1]
        body = blobs.read(Area.CLEAN, loaded.blob(tenant, planned.number))
        name = download_name(version.name, version.media_type or "")
        yield f"documents/{loaded.id}/{planned.number:02d}-{name}", body


def _chosen(
    services: Services, tenant: str, wanted: Sequence[PlannedDocument]
) -> Mapping[str, LoadedDocument]:
    """The documents of a part, by id; a part never lists all that there are."""
    keys = list(dict.fromkeys(document_key(tenant, p.patient, p.document) for p in wanted))
    found: dict[str, LoadedDocument] = {}
    for start in range(0, len(keys), MAX_OPERATIONS):
        for item in services.store.get_many(keys[start : start + MAX_OPERATIONS]).values():
            loaded = document_of(services.vault, tenant, item)
            found[loaded.id] = loaded
    return found


def _from_others(
    services: Services, others: OtherContexts, tenant: str, found: Found
) -> tuple[Iterable[tuple[str, bytes]], tuple[str, ...]]:
    """The files that the orders context handed out, and why some are missing."""
    if not connections.is_set(services, tenant):
        return (), ("orders: no-connection",)
    got: list[tuple[str, bytes]] = []
    try:
        got.extend(others.files(tenant, (found.id, *found.absorbed)))
    except Refused as refused:
        return got, (f"orders: {refused.problem}",)
    return got, ()


def _archive(job: StoredExport, files: Iterable[tuple[str, bytes]]) -> bytes:
    """The files and a manifest with their hashes; the same files give the same bytes."""
    day = job.requested_at
    at = (day.year, day.month, day.day, 0, 0, 0)
    target, listed = io.BytesIO(), []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, body in files:
            archive.writestr(zipfile.ZipInfo(path, at), body, zipfile.ZIP_DEFLATED)
            digest = hashlib.sha256(body).hexdigest()
            listed.append({"path": path, "bytes": len(body), "sha256": digest})
        manifest = {
            "format": _FORMAT,
            "export": job.id,
            "patient": job.patient,
            "requested_by": job.requested_by,
            "requested_at": job.requested_at.isoformat(),
            "part": job.done,
            "parts": job.parts,
            "missing": job.view(0).missing,
            "files": listed,
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        archive.writestr(zipfile.ZipInfo("manifest.json", at), text, zipfile.ZIP_DEFLATED)
    return target.getvalue()
