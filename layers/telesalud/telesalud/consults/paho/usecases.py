"""Creating a consultation and fetching its data as the earlier module's clients do.

LEGACY#<sha256 of the id>  LEGACY   which consult an id means
"""

import base64
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from schemas.consult_content import File
from schemas.consults import ConsultStatus, ParticipantRole, PatientRef, PractitionerRef
from schemas.paho import (
    CreatedVideoconsultation,
    LegacyExport,
    LegacyFile,
    LegacyFiles,
    NewVideoconsultation,
)
from telesalud.consults.access import open_consult
from telesalud.consults.content.exporting import log_of, messages_of, notes_of, ready_files
from telesalud.consults.content.files import blob_key
from telesalud.consults.model import Consult, LegacyFields, Private, State
from telesalud.consults.paho.payloads import dates, extra_of, local, local_text
from telesalud.consults.paho.tokens import Partner
from telesalud.consults.policy import GRANTS, LEGACY
from telesalud.consults.repository import audit, digest, patient_scope
from telesalud.consults.scheduling import consults
from telesalud.consults.scheduling.links import link_key
from telesalud.platform.access import require
from telesalud.platform.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from telesalud.platform.media import EXTENSIONS, download_name
from telesalud.platform.ports.blobs import Area, BlobKey, Blobs
from telesalud.platform.store import ABSENT, Key, Put
from telesalud.platform.validation import EARLIEST, LATEST
from telesalud.platform.vault import Vault
from telesalud.platform.webhooks.targets import target_key
from telesalud.platform.work import Call, Once, Services, Work

PLANNED_MINUTES = 30
"""Shown on the pages; the module knew no duration, only days until expiry."""
DEEPEST = 32
"""Levels of the caller's own object."""
INLINE = 4 * 1024 * 1024
"""Bytes of an answer that a function can return (6 MB) after base64 and JSON; beyond, a URL."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The answer is too large to be returned; it waits at this presigned URL."""

    url: str


def create(
    services: Services, partner: Partner, origin: str, new: NewVideoconsultation, key: str = ""
) -> CreatedVideoconsultation:
    """A consultation with the module's seven keys. Raises Invalid with the module's field names.

    `key` is an Idempotency-Key, which the module did not have: a client that sends one may retry.
    Raises AnsweredBefore then.
    """
    require(partner.caller, LEGACY, GRANTS)
    once = Once(key, digest(new.model_dump_json())) if key else None
    call = Call(partner.caller, once=once)
    start = _moment(new.appointment_date, partner.time_zone)
    legacy = LegacyFields(
        id=secrets.token_hex(20),
        medic_secret=secrets.token_hex(16),
        patient_id=new.patient_id,
        patient_number=new.patient_number,
        time_zone=partner.time_zone,
        extra=_extra(new.extra),
    )
    state, private = _parts(services, partner, new, start, legacy)
    work = Work(services, call)
    created, issued = consults.add_consult(work, state, private)
    work.add(
        Put(
            _legacy_key(legacy.id),
            {"tenant": partner.caller.tenant, "consult": created.id},
            ABSENT,
        )
    )
    medic = next(link for link in issued if link.seat.role is ParticipantRole.PRACTITIONER)
    query = f"vc={legacy.id}&medic={legacy.medic_secret}"
    answer = CreatedVideoconsultation(
        id=legacy.id,
        medic_secret=legacy.medic_secret,
        valid_from=local_text(state.opens_at, partner.time_zone),
        valid_to=local_text(state.closes_at, partner.time_zone),
        patient_url=f"{origin}/c/#{legacy.id}",
        medic_url=medic.url(origin),
        data_url=f"{origin}/api/videoconsultation/data?{query}",
    )
    work.commit(answer)
    return answer


def _parts(
    services: Services,
    partner: Partner,
    new: NewVideoconsultation,
    start: datetime,
    legacy: LegacyFields,
) -> tuple[State, Private]:
    tenant, vault = partner.caller.tenant, services.vault
    patient_id = _opaque(
        vault, tenant, "patient", new.patient_id or new.patient_number or legacy.id
    )
    medic = PractitionerRef(
        id=_opaque(vault, tenant, "medic", new.medic_name), display_name=new.medic_name
    )
    state = State(
        status=ConsultStatus.SCHEDULED,
        start=start,
        planned_minutes=PLANNED_MINUTES,
        grace_minutes=0,
        legacy_days=new.days_before_expiration,
        seats=consults.seats_for(vault, tenant, [medic]),
        patient_key=vault.lookup(tenant, "patient", patient_id),
        language=partner.language,
        room=secrets.token_hex(16),
        created_by=partner.caller.subject,
        notification_target=_target(services, partner, new),
    )
    private = Private(
        patient=PatientRef(id=patient_id, display_name=new.patient_name, language=partner.language),
        practitioners=(medic,),
        legacy=legacy,
    )
    return state, private


def data(
    services: Services, blobs: Blobs, partner: Partner, vc: str, medic: str
) -> LegacyExport | Elsewhere:
    """The export. Raises Forbidden for wrong secrets, Conflict before the end or if cancelled."""
    call = Call(partner.caller)
    consult, legacy = find(services, partner, vc)
    if not hmac.compare_digest(legacy.medic_secret, medic):
        raise Forbidden("the secrets do not belong together")
    state, now = consult.state, services.clock()
    if state.status is ConsultStatus.CANCELLED:
        raise Conflict("the consultation was cancelled")
    if not state.ended and now < state.closes_at:
        raise Conflict("the consultation has not ended yet")
    services.fetch([], patient_scope(consult))
    files = ready_files(services, consult)
    export = _export(services, blobs, consult, legacy, files)
    work = Work(services, call)
    audit(work, consult, "exported")
    work.commit()
    body = export.model_dump_json().encode()
    if len(body) <= INLINE:
        return export
    whole = b'{"success":true,"message":"ok","data":' + body + b"}"
    key = BlobKey(consult.tenant, consult.id, "legacy-export")
    blobs.put(key, "application/json", whole)
    return Elsewhere(blobs.download(key, "export.json", "application/json"))


def _export(
    services: Services, blobs: Blobs, consult: Consult, legacy: LegacyFields, files: list[File]
) -> LegacyExport:
    note, _ = notes_of(services, consult)
    names = {seat.id: consult.name_of(seat) for seat in consult.state.seats}
    chat = "\n".join(
        f"[{local(message.at, legacy)}] {names[message.participant]}:\n{message.text}"
        for message in messages_of(services, consult)
    )
    patients: list[LegacyFile] = []
    medics: list[LegacyFile] = []
    for file in files:
        side = patients if file.participant == "patient" else medics
        side.append(_file(blobs, consult, legacy, file))
    return LegacyExport(
        id=legacy.id,
        medic=consult.private.practitioners[0].display_name,
        appointment_date=local_text(consult.state.start, legacy.time_zone),
        expiration_date=local_text(consult.state.closes_at, legacy.time_zone),
        patient_id=legacy.patient_id,
        patient_number=legacy.patient_number,
        evolution=note.text,
        chat=chat,
        extra=extra_of(legacy),
        files=LegacyFiles(medic=medics, patient=patients),
        connections=[
            {
                "who": names[entry.participant],
                "what": entry.kind,
                "date": local_text(entry.at, legacy.time_zone),
            }
            for entry in log_of(services, consult)
        ],
        **dates(consult, legacy, lasting=True),
    )


def _file(blobs: Blobs, consult: Consult, legacy: LegacyFields, file: File) -> LegacyFile:
    mime = file.media_type or "application/octet-stream"
    content = blobs.read(Area.CLEAN, blob_key(consult, file.id))
    return LegacyFile(
        type=EXTENSIONS[mime][0],
        description=file.description or file.name,
        file=base64.b64encode(content).decode(),
        name=download_name(file.name, mime),
        mime=mime,
        date=local_text(file.at, legacy.time_zone),
        sha256=file.sha256,
    )


def find(services: Services, partner: Partner, vc: str) -> tuple[Consult, LegacyFields]:
    """The partner's consultation with this id. Raises Forbidden, as for a wrong secret."""
    require(partner.caller, LEGACY, GRANTS)
    item = services.store.get(_legacy_key(vc))
    if item is None or item.text("tenant") != partner.caller.tenant:
        raise Forbidden("the secrets do not belong together")
    call = Call(partner.caller)
    consult = open_consult(services, call, item.text("consult"), LEGACY).consult
    legacy = consult.private.legacy
    if legacy is None or consult.state.created_by != partner.caller.subject:
        raise Forbidden("the secrets do not belong together")
    return consult, legacy


def page_secret(services: Services, vc: str, medic: str) -> str:
    """The link secret to hand to the page. Raises NotFound, Forbidden for a wrong `medic`."""
    keys = [link_key(secret) for secret in dict.fromkeys([vc, medic]) if secret]
    items = services.store.get_many(keys)
    patient = items.get(link_key(vc)) if vc else None
    if patient is None:
        raise NotFound("there is no such consultation")
    if not medic:
        return vc
    practitioner = items.get(link_key(medic))
    if practitioner is None or practitioner.text("consult") != patient.text("consult"):
        raise Forbidden("the practitioner's secret is not this consultation's")
    return medic


def _target(services: Services, partner: Partner, new: NewVideoconsultation) -> str:
    """The notification target: a registered one with the URL that the request names, or its own."""
    url = new.extra.get("notification_url")
    if not url:
        return partner.target
    page = services.store.query(target_key(partner.caller.tenant, "any").pk, limit=1000)
    for item in page.items:
        if item.text("url") == url:
            return item.key.sk
    fault = FieldError("/extra.notification_url", "unknown", "is not a registered target")
    raise Invalid("the notification URL is not registered", [fault])


def _extra(extra: dict[str, Any]) -> str:
    """The caller's own object as text. Raises Invalid for one that could not be given back."""
    fault = FieldError("/extra", "content", "is nested too deeply or holds half a character")
    refusal = Invalid("the extra object cannot be kept", [fault])
    try:
        deep = _depth(extra) > DEEPEST
        text = json.dumps(extra)
        json.dumps(extra, ensure_ascii=False).encode()  # refuses half a character
    except (ValueError, RecursionError) as error:
        raise refusal from error
    if deep:
        raise refusal
    return text


def _depth(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0)


def _moment(text: str, time_zone: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        fault = FieldError("/appointment_date", "date", "is not a valid date")
        raise Invalid("the date is not valid", [fault]) from error
    if not EARLIEST <= moment.date() <= LATEST:
        fault = FieldError("/appointment_date", "date", "is too far away")
        raise Invalid("the date is too far away", [fault])
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(time_zone))
    return moment.astimezone(UTC)


def _opaque(vault: Vault, tenant: str, kind: str, value: str) -> str:
    """An id for somebody whom the client knows by a name or a document only."""
    return f"legacy-{vault.lookup(tenant, f'legacy-{kind}', value)}"


def _legacy_key(vc: str) -> Key:
    return Key(f"LEGACY#{digest(vc)}", "LEGACY")
