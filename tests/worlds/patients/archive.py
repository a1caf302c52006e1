"""A full record, with the two administrators who may export and destroy it."""

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from schemas import chart as c
from schemas.connections import ConnectionBody
from schemas.custody import (
    ExportRequested,
    NewExport,
    NewShredding,
    RecordExport,
    RecordShredded,
    Shredding,
    ShreddingBasis,
    ShreddingConfirmation,
)
from telesalud.patients.chart import entries
from telesalud.patients.custody import erasing, export_parts, exporting, shredding
from telesalud.patients.people import merging, repository
from telesalud.patients.policy import CONNECT, GRANTS
from telesalud.platform.access import Caller, Role
from telesalud.platform.partners import connections
from telesalud.platform.ports.blobs import Area
from tests.worlds.patients.desk import OTHER, Desk
from tests.worlds.patients.people import dni, register
from tests.worlds.patients.ward import DOCTOR
from tests.worlds.staff import hire
from tests.worlds.world import TENANT, call, user

ADMIN = user(Role.ADMINISTRATOR, subject="01900000-0000-7000-d000-0000000000a1")
SECOND = replace(ADMIN, subject="01900000-0000-7000-d000-0000000000a2")
REASON = NewExport(reason="Lo pide el paciente")


@dataclass
class FakeOrders:
    """The orders context, which may be away or refuse."""

    fault: Exception | None = None
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def files(self, tenant: str, members: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        self.asked.append(tuple(members))
        yield "orders/prescription/1.json", b"{}"
        if self.fault is not None:
            raise self.fault


class Archive(Desk):
    """A ward whose record is full: encounter, entry, documents, relation, break-glass."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for administrator in (ADMIN, SECOND):
            hire(self.services, administrator.subject)
        self.orders = FakeOrders()
        self.finalised()
        self.begin()
        body = c.ProblemBody(text="Asma")
        entries.record(self.services, self.by(), self.patient, body)
        first = self.finish(self.start())
        self.finish(self.next(first), OTHER)

    @property
    def number(self) -> str:
        """The patient's record number."""
        return repository.load(self.services, TENANT, self.patient).stored.record_number

    def work_off(self) -> None:
        """The queue brings every event of the context, each twice."""
        while True:
            events = self.world.events()
            for event in [*events, *events]:
                if event.type == "patients.export_requested":
                    told = ExportRequested.model_validate(event.data)
                    self.build(told)
                if event.type == "patients.record_shredded":
                    data = json.dumps(event.data)
                    shredded = RecordShredded.model_validate_json(data)
                    erasing.erase(self.services, self.blobs, TENANT, shredded)
            if len(self.world.events()) == len(events):
                return

    def build(self, told: ExportRequested) -> None:
        """A worker builds one part."""
        export_parts.build_part(self.services, self.blobs, self.orders, TENANT, told)

    def connect(self) -> None:
        """The institution has a client at the other contexts."""
        body = ConnectionBody(client_id="client-1", client_secret="x" * 32)
        connections.put_connection(
            self.services, call(ADMIN), body, 0, right=CONNECT, grants=GRANTS
        )

    def export(self, key: str = "", *, close: bool = True) -> RecordExport:
        """An administrator's export; of the whole record when they are `close` to the patient."""
        if close:
            self.treats(user=ADMIN.subject)
        by = call(ADMIN, key=key)
        asked = exporting.request(self.services, by, self.patient, REASON)
        self.work_off()
        return exporting.read(self.services, call(ADMIN), self.patient, asked.id)

    def archives(self, export: RecordExport) -> list[zipfile.ZipFile]:
        bodies = []
        for part in range(export.parts or 0):
            by = call(ADMIN)
            assert exporting.link(
                self.services, self.blobs, by, self.patient, export.id, part=part
            ).url
            bodies.append(self.blobs.read(Area.CLEAN, exporting.part_key(TENANT, export.id, part)))
        return [zipfile.ZipFile(io.BytesIO(body)) for body in bodies]

    def shredding_of_it(self, **more: Any) -> NewShredding:
        """A request that a court made necessary."""
        fields: dict[str, Any] = {
            "basis": ShreddingBasis.COURT_ORDER,
            "reason": "Sentencia de demostración",
            "record_number": self.number,
        }
        return NewShredding(**fields | more)

    def ask(self, basis: ShreddingBasis = ShreddingBasis.COURT_ORDER, **more: Any) -> Shredding:
        new = self.shredding_of_it(basis=basis, **more)
        return shredding.request(self.services, call(ADMIN), self.patient, new)

    def agree(self, asked: Shredding, by: Caller = SECOND, key: str = "") -> Shredding:
        """Somebody agrees, when the request has waited."""
        self.world.clock.now = max(self.world.clock.now, asked.requested_at + shredding.AGREE_AFTER)
        body = ShreddingConfirmation(record_number=self.number)
        caller = call(by, key=key)
        return shredding.confirm(self.services, caller, self.patient, body, asked.version)

    def items_of(self, patient: str) -> Iterator[tuple[str, str]]:
        """Every item that can only belong to this patient's record."""
        marks = ("CHART#", "CARE#", "EXPORT#", "ENCOUNTER#", "FIND#", "BIRTH#", "NAME#", "UNSIGN")
        for item in self.world.store.sweep(""):
            names = patient in item.key.pk + item.key.sk + str(dict(item.attributes))
            if item.key.pk.startswith(marks) and (names or item.key.pk.startswith("ENCOUNTER#")):
                yield item.key


def merged(archive: Archive) -> str:
    """Merge the full record into another registration; returns the absorbed id."""
    survivor = register(
        archive.world,
        subject=DOCTOR,
        documents=(dni(5),),
        name={"given": "Otra", "family": "Persona"},
    )
    absorbed = archive.patient
    merging.merge(archive.services, call(ADMIN), survivor.id, absorbed, survivor.version)
    archive.patient = survivor.id
    return absorbed
