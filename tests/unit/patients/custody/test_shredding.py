"""A record is destroyed for good, by two people, when nothing forbids it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from schemas import chart as c
from schemas.care import AccessWay, ReviewQuery
from schemas.custody import (
    HoldBody,
    ShreddingBasis,
    ShreddingConfirmation,
    ShreddingStatus,
)
from schemas.patients import PatientSearch
from schemas.terminology import RETENTION_YEARS, CountryProfileBody
from telesalud.patients import country
from telesalud.patients.chart import entries
from telesalud.patients.custody import holds, retention, shredding
from telesalud.patients.documents import reading
from telesalud.patients.encounters import reading as encounters
from telesalud.patients.errors import OnHold, RetentionRuns, TooEarly
from telesalud.patients.people import merging, registration, repository, searching
from telesalud.patients.reviews import reporting
from telesalud.patients.summary import reading as summary
from telesalud.platform.access import Role
from telesalud.platform.errors import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    InvalidTransition,
    NotFound,
    StaleVersion,
)
from telesalud.platform.events import Event
from tests.support.crashes import crash_everywhere
from tests.support.memory_store import Crash, Faults
from tests.worlds.patients.archive import ADMIN, SECOND, Archive, merged
from tests.worlds.patients.people import body_of, desk, dni, register
from tests.worlds.patients.ward import DOCTOR, auditor
from tests.worlds.staff import hire
from tests.worlds.world import START, TENANT, call, partner, user


@pytest.fixture
def archive() -> Archive:
    return Archive()


def status_of(archive: Archive, patient: str) -> ShreddingStatus | None:
    """Where the record's destruction is, as an administrator reads it."""
    request = shredding.read(archive.services, call(ADMIN), patient).request
    return request.status if request else None


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
    assert status_of(archive, patient) is ShreddingStatus.DONE
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
    elsewhere = call(replace(ADMIN, tenant="two"))
    assert shredding.read(archive.services, elsewhere, archive.patient).request is None
    with pytest.raises(InvalidTransition):
        archive.ask()
    assert summary.summary(archive.services, archive.by(), archive.patient)


def test_a_request_waits_a_day_and_auditors_are_told(archive: Archive) -> None:
    asked = archive.ask()
    body = ShreddingConfirmation(record_number=archive.number)
    archive.world.clock.advance(hours=23)
    with pytest.raises(TooEarly):
        shredding.confirm(archive.services, call(SECOND), archive.patient, body, asked.version)
    [report] = reporting.listed(archive.services, call(auditor()), ReviewQuery()).items
    assert (report.way, report.user) == (AccessWay.SHREDDING, ADMIN.subject)


def test_machines_twins_and_accounts_made_for_it_are_no_second_person(archive: Archive) -> None:
    machine = partner("patients.shred")
    with pytest.raises(Forbidden):
        shredding.request(
            archive.services, call(machine), archive.patient, archive.shredding_of_it()
        )
    asked = archive.ask()
    with pytest.raises(Forbidden):
        archive.agree(asked, machine)
    twin = replace(ADMIN, subject="01900000-0000-7000-d000-0000000000a3")
    hire(archive.services, twin.subject, vouched_by=ADMIN.subject)
    with pytest.raises(Forbidden, match="gave the other"):
        archive.agree(asked, twin)
    hire(archive.services, twin.subject, vouched_by="somebody", vouched_at=START)
    with pytest.raises(Forbidden, match="younger"):
        archive.agree(asked, twin)


def test_the_record_number_is_typed_by_both(archive: Archive) -> None:
    with pytest.raises(Invalid):
        archive.ask(record_number="0")
    asked = archive.ask()
    archive.world.clock.advance(days=1)
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


def empty(archive: Archive) -> None:
    """Another patient, of whom nothing is known but who they are."""
    archive.patient = register(
        archive.world,
        subject=DOCTOR,
        documents=(dni(5),),
        name={"given": "Otra", "family": "Persona"},
    ).id


def ordered(archive: Archive, at: datetime = START) -> None:
    """Orders tells of something that it keeps of the patient."""
    event = Event(
        id=archive.world.new_id(),
        type="orders.prescription_signed",
        tenant=TENANT,
        subject="prescription",
        sequence=1,
        at=at,
        data={"patient_id": archive.patient, "prescription_id": "x"},
    )
    retention.note_ordered(archive.services, event)


def test_what_holds_anything_was_not_registered_in_error(archive: Archive) -> None:
    def fill(_: Archive) -> None:
        """The archive is full."""

    def note(archive: Archive) -> None:
        empty(archive)
        entries.record(archive.services, archive.by(), archive.patient, c.AllergyBody(text="Maní"))

    def upload(archive: Archive) -> None:
        empty(archive)
        archive.finish(archive.start())

    def prescribe(archive: Archive) -> None:
        empty(archive)
        ordered(archive)

    for act in (fill, note, upload, prescribe):
        act(archive)
        with pytest.raises(Conflict):
            archive.ask(ShreddingBasis.REGISTERED_IN_ERROR)
        archive = Archive()
    empty(archive)
    assert archive.ask(ShreddingBasis.REGISTERED_IN_ERROR)


def test_retention_counts_from_the_last_addition_here_or_in_orders(archive: Archive) -> None:
    basis = ShreddingBasis.RETENTION_EXPIRED
    archive.world.clock.advance(days=365)
    entries.record(archive.services, archive.by(), archive.patient, c.ProblemBody(text="Gota"))
    with pytest.raises(RetentionRuns) as refused:
        archive.ask(basis)
    assert refused.value.extra["until"] == "2047-11-21"
    ordered(archive, archive.world.clock() + timedelta(days=365))
    ordered(archive)
    with pytest.raises(RetentionRuns) as refused:
        archive.ask(basis)
    assert refused.value.extra["until"] == "2048-11-20"
    summary.summary(archive.services, archive.by(), archive.patient)
    with pytest.raises(RetentionRuns) as again:
        archive.ask(basis)
    assert again.value.extra == refused.value.extra


@pytest.mark.parametrize(
    ("code", "least"), [("BR", 20), ("PE", 20), ("CO", 15), ("AR", 10), ("MX", 5), ("ZZ", 20)]
)
def test_no_administrator_keeps_records_for_less_than_the_law(
    archive: Archive, code: str, least: int
) -> None:
    short = CountryProfileBody(country=code, icd10=False, retention_years=least - 1)
    with pytest.raises(Invalid) as refused:
        country.put_profile(archive.services, call(ADMIN), short, 0)
    assert refused.value.fields[0].params == {"least": least}
    enough = short.model_copy(update={"retention_years": least})
    assert country.put_profile(archive.services, call(ADMIN), enough, 0).retention_years == least


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
        assert status_of(archive, patients[id(archive)]) is ShreddingStatus.DONE

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
