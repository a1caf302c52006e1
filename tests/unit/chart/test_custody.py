"""A record is exported whole and destroyed for good; neither is lost half-way, nor done by one."""

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from schemas import chart as c
from schemas.connections import ConnectionBody
from schemas.custody import (
    ExportRequested,
    ExportStatus,
    HoldBody,
    NewExport,
    NewShredding,
    RecordExport,
    RecordShredded,
    Shredding,
    ShreddingBasis,
    ShreddingConfirmation,
    ShreddingStatus,
)
from schemas.patients import PatientSearch
from schemas.terminology import RETENTION_YEARS, CountryProfileBody
from telesalud.patients import (
    country,
    encounters,
    linking,
    merging,
    registration,
    repository,
    searching,
)
from telesalud.patients.chart import entries, summary
from telesalud.patients.custody import building, erasing, exporting, holds, shredding
from telesalud.patients.documents import reading
from telesalud.patients.refusals import OnHold, RetentionRuns
from telesalud.platform.access import Caller, Role
from telesalud.platform.blobs import Area
from telesalud.platform.errors import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    InvalidTransition,
    NotFound,
    StaleVersion,
    Unavailable,
)
from telesalud.platform.partner_client import Refused
from telesalud.platform.sealed import ATTRIBUTE
from tests.support.crashes import crash_everywhere
from tests.support.memory_store import Crash, Faults
from tests.support.world import TENANT, call, user
from tests.unit.chart.test_documents import OTHER, PDF, Desk
from tests.unit.chart.ward import DOCTOR
from tests.unit.patients.people import body_of, desk, dni, register

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
        building.build_part(self.services, self.blobs, self.orders, TENANT, told)

    def connect(self) -> None:
        """The institution has a client at the other contexts."""
        body = ConnectionBody(client_id="client-1", client_secret="x" * 32)
        linking.put_connection(self.services, call(ADMIN), body, 0)

    def export(self, key: str = "") -> RecordExport:
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

    def ask(self, basis: ShreddingBasis = ShreddingBasis.COURT_ORDER, **more: Any) -> Shredding:
        fields: dict[str, Any] = {
            "basis": basis,
            "reason": "Sentencia de demostración",
            "record_number": self.number,
        }
        new = NewShredding(**fields | more)
        return shredding.request(self.services, call(ADMIN), self.patient, new)

    def agree(self, asked: Shredding, by: Caller = SECOND, key: str = "") -> Shredding:
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


@pytest.fixture
def archive() -> Archive:
    return Archive()


# --- export ----------------------------------------------------------------------------------


def test_an_export_holds_everything_that_the_patients_key_seals(archive: Archive) -> None:
    done = archive.export()
    assert (done.status, done.parts, done.percent) == (ExportStatus.READY, 3, 100)
    record, documents, _ = archive.archives(done)
    text = "".join(record.read(name).decode() for name in record.namelist())
    missed = []
    for item in archive.world.store.sweep(""):
        pk, sk = item.key
        derived = sk.startswith(("SUMMARY#", "UPLOAD#", "SET#", "TREND#", "TIME#", "ENCOUNTER#"))
        mine = pk.startswith(("CHART#", "ENCOUNTER#", "CARE#")) and ATTRIBUTE in item.attributes
        if mine and not derived and f'"key": "{sk}"' not in text:
            missed.append(item.key)
    assert missed == []
    assert "Resfrío" in text
    assert '"Asma"' in text
    assert {documents.read(n) for n in documents.namelist() if n != "manifest.json"} == {PDF, OTHER}
    manifest = json.loads(documents.read("manifest.json"))
    assert len(manifest["files"]) == 2
    assert archive.world.audited()[-1] == ("patients.download_export", archive.patient, "done")


def test_a_long_export_is_made_part_by_part_with_its_progress(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "PART", len(PDF))
    asked = exporting.request(archive.services, call(ADMIN), archive.patient, REASON)
    seen = []
    for part in range(4):
        told = ExportRequested(patient_id=archive.patient, export_id=asked.id, part=part)
        archive.build(told)
        now = exporting.read(archive.services, call(ADMIN), archive.patient, asked.id)
        seen.append((now.parts, now.parts_done, now.percent, now.status.value))
        if part < 3:
            with pytest.raises(Conflict):
                exporting.link(
                    archive.services,
                    archive.blobs,
                    call(ADMIN),
                    archive.patient,
                    asked.id,
                    part=0,
                )
    assert seen == [
        (4, 1, 25, "running"),
        (4, 2, 50, "running"),
        (4, 3, 75, "running"),
        (4, 4, 100, "ready"),
    ]


def test_what_is_added_while_an_export_runs_does_not_move_its_parts(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "PART", len(PDF))
    asked = exporting.request(archive.services, call(ADMIN), archive.patient, REASON)
    told = ExportRequested(patient_id=archive.patient, export_id=asked.id, part=0)
    archive.build(told)
    archive.finish(archive.start(title="Después"))
    archive.work_off()
    done = exporting.read(archive.services, call(ADMIN), archive.patient, asked.id)
    assert (done.parts, done.status) == (4, ExportStatus.READY)


def test_what_the_orders_context_keeps_is_in_the_last_part(archive: Archive) -> None:
    archive.connect()
    done = archive.export()
    orders = archive.archives(done)[-1]
    assert (done.missing, orders.namelist()) == (
        (),
        ["orders/prescription/1.json", "manifest.json"],
    )
    assert archive.orders.asked == [(archive.patient,)]


@pytest.mark.parametrize(
    ("connected", "fault", "missing"),
    [
        (False, None, "orders: no-connection"),
        (True, Refused("forbidden", 403), "orders: forbidden"),
    ],
)
def test_what_another_context_refuses_is_said_to_be_missing(
    archive: Archive, connected: bool, fault: Exception | None, missing: str
) -> None:
    archive.orders.fault = fault
    if connected:
        archive.connect()
    done = archive.export()
    assert (done.status, done.missing) == (ExportStatus.READY, (missing,))
    manifest = json.loads(archive.archives(done)[-1].read("manifest.json"))
    assert manifest["missing"] == [missing]


def test_an_export_waits_for_a_context_that_is_away(archive: Archive) -> None:
    archive.connect()
    archive.orders.fault = Unavailable("down")
    with pytest.raises(Unavailable):
        archive.export()
    archive.orders.fault = None
    archive.work_off()
    asked = [e.subject for e in archive.world.events() if e.type == "patients.export_requested"]
    done = exporting.read(archive.services, call(ADMIN), archive.patient, asked[0])
    assert (done.status, done.missing) == (ExportStatus.READY, ())


def test_an_export_survives_a_crash_at_every_step() -> None:
    def act(archive: Archive) -> None:
        archive.export(key="export-0001")

    def check(archive: Archive) -> None:
        exports = [e for e in archive.world.events() if e.type == "patients.export_requested"]
        assert len({e.subject for e in exports}) == 1
        found = exporting.read(archive.services, call(ADMIN), archive.patient, exports[0].subject)
        assert found.status is ExportStatus.READY
        assert len(archive.archives(found)) == 3

    def repeat(archive: Archive) -> None:
        # The edge answers a repetition from what was remembered; the queue brings the rest.
        if any(e.type == "patients.export_requested" for e in archive.world.events()):
            archive.work_off()
        else:
            act(archive)

    assert crash_everywhere(Archive, lambda a: a.world.store, repeat, check) >= 6


def test_an_export_is_fetched_for_three_days_by_administrators_only(archive: Archive) -> None:
    done = archive.export()
    elsewhere = replace(ADMIN, tenant="clinic-two")
    for by, refusal in ((archive.by(), Forbidden), (call(elsewhere), NotFound)):
        with pytest.raises(refusal):
            exporting.request(archive.services, by, archive.patient, REASON)
        with pytest.raises(refusal):
            exporting.read(archive.services, by, archive.patient, done.id)
    with pytest.raises(NotFound):
        exporting.link(
            archive.services, archive.blobs, call(ADMIN), archive.patient, done.id, part=3
        )
    archive.world.clock.advance(hours=73)
    with pytest.raises(Gone):
        exporting.link(
            archive.services, archive.blobs, call(ADMIN), archive.patient, done.id, part=0
        )
    assert archive.blobs.passing >= {exporting.part_key(TENANT, done.id, 0).path()}


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


def test_a_merged_record_is_exported_with_all_its_registrations(archive: Archive) -> None:
    absorbed = merged(archive)
    record, documents, _ = archive.archives(archive.export())
    assert f"{absorbed}/entry-problems.json" in record.namelist()
    assert "merged.json" in record.namelist()
    assert len(documents.namelist()) == 3


# --- shredding -------------------------------------------------------------------------------


def test_a_shredded_record_opens_nowhere_and_leaves_only_its_trail(archive: Archive) -> None:
    archive.export()
    [document] = archive.listed()
    number, patient = archive.number, archive.patient
    begun = [i.key.pk.rpartition("#")[2] for i in archive.world.store.sweep("ENCOUNTER#")]
    done = archive.agree(archive.ask())
    assert done.status is ShreddingStatus.SHREDDING
    services, by = archive.services, archive.by()
    for act in (
        lambda: summary.summary(services, by, patient),
        lambda: reading.read(services, by, patient, document.id),
        lambda: entries.record(services, by, patient, c.ProblemBody(text="x")),
    ):
        with pytest.raises(Gone):
            act()
    for encounter in begun:
        with pytest.raises(Gone):
            encounters.read_encounter(services, by, encounter)
    with pytest.raises(NotFound):
        registration.read(services, by, patient)
    found = searching.search(services, by, PatientSearch(name="paciente"))
    assert found.items == ()
    archive.work_off()
    assert list(archive.items_of(patient)) == []
    assert archive.blobs.files == {}
    assert shredding.read(services, call(ADMIN), patient).status is ShreddingStatus.DONE
    trail = [a for a, subject, _ in archive.world.audited() if subject == patient]
    assert trail[-3:] == ["patients.request_shredding", "patients.shred", "patients.shredded"]
    other = register(archive.world, documents=(dni(1),))
    assert other.record_number != number


def test_a_warm_process_opens_nothing_after_the_shredding(archive: Archive) -> None:
    warm = archive.services
    summary.summary(warm, archive.by(), archive.patient)
    archive.agree(archive.ask())
    with pytest.raises(Gone):
        summary.summary(warm, archive.by(), archive.patient)


def test_one_person_alone_destroys_nothing(archive: Archive) -> None:
    asked = archive.ask()
    with pytest.raises(Forbidden, match="another"):
        archive.agree(asked, ADMIN)
    for caller in (archive.by().caller, user(Role.AUDITOR)):
        with pytest.raises(Forbidden):
            archive.agree(asked, caller)
    with pytest.raises(NotFound):
        shredding.read(archive.services, call(replace(ADMIN, tenant="two")), archive.patient)
    with pytest.raises(InvalidTransition):
        archive.ask()
    assert summary.summary(archive.services, archive.by(), archive.patient)


def test_the_record_number_is_typed_by_both(archive: Archive) -> None:
    with pytest.raises(Invalid):
        archive.ask(record_number="0")
    asked = archive.ask()
    body = ShreddingConfirmation(record_number="0")
    with pytest.raises(Invalid):
        shredding.confirm(archive.services, call(SECOND), archive.patient, body, asked.version)


def test_a_legal_hold_forbids_it_at_every_step(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = HoldBody(reason="Juicio de demostración")

    def hold() -> None:
        holds.put(archive.services, call(ADMIN), archive.patient, body)

    hold()
    with pytest.raises(OnHold):
        archive.ask()
    assert holds.read(archive.services, call(ADMIN), archive.patient).reason == body.reason
    holds.lift(archive.services, call(ADMIN), archive.patient)
    asked = archive.ask()
    hold()
    with pytest.raises(OnHold):
        archive.agree(asked)
    holds.lift(archive.services, call(ADMIN), archive.patient)
    # Set between the check and the transaction.
    hold()
    monkeypatch.setattr(shredding, "_check_allowed", lambda *_: None)
    with pytest.raises(OnHold):
        archive.agree(asked)
    assert summary.summary(archive.services, archive.by(), archive.patient)


def test_a_record_is_kept_for_as_long_as_the_law_asks(archive: Archive) -> None:
    basis = ShreddingBasis.RETENTION_EXPIRED
    with pytest.raises(RetentionRuns) as refused:
        archive.ask(basis)
    assert refused.value.extra["until"] == "2046-11-21"
    body = CountryProfileBody(country="MX", icd10=True, retention_years=5)
    country.put_profile(archive.services, call(ADMIN), body, 0)
    archive.world.clock.advance(days=365 * 5)
    with pytest.raises(RetentionRuns):
        archive.ask(basis)
    archive.world.clock.advance(days=3)
    asked = archive.ask(basis)
    assert archive.agree(asked).status is ShreddingStatus.SHREDDING
    assert RETENTION_YEARS == 20


def test_what_holds_an_encounter_was_not_registered_in_error(archive: Archive) -> None:
    with pytest.raises(Conflict):
        archive.ask(ShreddingBasis.REGISTERED_IN_ERROR)
    archive.patient = register(
        archive.world, documents=(dni(5),), name={"given": "Otra", "family": "Persona"}
    ).id
    assert archive.ask(ShreddingBasis.REGISTERED_IN_ERROR)


def test_an_old_changed_or_withdrawn_request_is_not_agreed_to(archive: Archive) -> None:
    asked = archive.ask()
    with pytest.raises(StaleVersion):
        archive.agree(asked.model_copy(update={"version": 7}))
    archive.world.clock.advance(days=8)
    with pytest.raises(Conflict, match="week"):
        archive.agree(asked)
    gone = shredding.withdraw(archive.services, call(ADMIN), archive.patient, asked.version)
    assert gone.status is ShreddingStatus.WITHDRAWN
    with pytest.raises(InvalidTransition):
        archive.agree(gone)
    again = archive.ask()
    other = register(
        archive.world, documents=(dni(5),), name={"given": "Otra", "family": "Persona"}
    )
    kept = repository.load(archive.services, TENANT, archive.patient)
    merging.merge(archive.services, call(ADMIN), kept.id, other.id, kept.version)
    with pytest.raises(Conflict, match="merged"):
        archive.agree(again)


def test_a_merged_record_goes_with_all_its_registrations_and_takes_nobody_elses(
    archive: Archive,
) -> None:
    bystander = register(
        archive.world, documents=(dni(9),), name={"given": "Tercera", "family": "Persona"}
    )
    absorbed = merged(archive)
    archive.agree(archive.ask())
    archive.work_off()
    assert list(archive.items_of(absorbed)) == []
    assert list(archive.items_of(archive.patient)) == []
    by = archive.by()
    assert registration.read(archive.services, by, bystander.id) == bystander
    found = searching.search(archive.services, by, PatientSearch(name="tercera"))
    assert [one.id for one in found.items] == [bystander.id]


def test_a_document_given_to_somebody_else_since_still_finds_him(archive: Archive) -> None:
    services, by = archive.services, call(desk())
    lent = register(archive.world, documents=(dni(5),), name={"given": "Otra", "family": "Persona"})
    kept = repository.load(services, TENANT, archive.patient)
    merging.merge(services, call(ADMIN), kept.id, lent.id, kept.version)
    for documents in ((dni(5),), ()):
        now = registration.read(services, by, kept.id)
        body = body_of(now, documents=documents)
        registration.update(services, by, kept.id, body, now.version)
    heir = register(archive.world, documents=(dni(5),), name={"given": "Ana", "family": "Prueba"})
    archive.agree(archive.ask())
    archive.work_off()
    query = PatientSearch(document_country="AR", document_type="DNI", document_number=dni(5).number)
    found = searching.search(services, by, query)
    assert [one.id for one in found.items] == [heir.id]


def test_erasing_survives_a_crash_at_every_step() -> None:
    patients: dict[int, str] = {}

    def make() -> Archive:
        archive = Archive()
        patients[id(archive)] = archive.patient
        archive.export()
        asked = archive.ask()
        archive.agree(asked)
        return archive

    def check(archive: Archive) -> None:
        assert list(archive.items_of(patients[id(archive)])) == []
        assert archive.blobs.files == {}
        by = call(ADMIN)
        done = shredding.read(archive.services, by, patients[id(archive)])
        assert done.status is ShreddingStatus.DONE

    steps = crash_everywhere(make, lambda a: a.world.store, lambda a: a.work_off(), check)
    assert steps >= 8


def test_agreeing_is_all_or_nothing() -> None:
    for fault in (Faults(before=1), Faults(after=1)):
        archive = Archive()
        asked = archive.ask()
        archive.world.store.faults = fault
        with pytest.raises(Crash):
            archive.agree(asked, key="agree-0001")
        archive.world.store.faults = Faults()
        told = [e.type for e in archive.world.events() if "shredded" in e.type]
        if told:
            with pytest.raises(Gone):
                summary.summary(archive.services, archive.by(), archive.patient)
        else:
            assert summary.summary(archive.services, archive.by(), archive.patient)
            assert archive.agree(asked, key="agree-0001").status is ShreddingStatus.SHREDDING
