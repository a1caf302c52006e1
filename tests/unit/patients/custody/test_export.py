"""A record is exported whole, part by part, and never half-way."""

import json
from dataclasses import replace

import pytest

from schemas import chart as c
from schemas.care import AccessWay, ReviewQuery
from schemas.custody import (
    ExportRequested,
    ExportStatus,
)
from schemas.encounters import Sensitivity
from telesalud.patients.chart import entries
from telesalud.patients.custody import export_parts, exporting, record_files
from telesalud.patients.people import repository as people
from telesalud.patients.reviews import reports as reviews
from telesalud.platform.errors import (
    Conflict,
    Forbidden,
    Gone,
    NotFound,
    Unavailable,
)
from telesalud.platform.partners.client import Refused
from telesalud.platform.sealed import ATTRIBUTE
from telesalud.platform.store import at_version
from tests.support.crashes import crash_everywhere
from tests.worlds.patients.archive import ADMIN, REASON, SECOND, Archive, merged
from tests.worlds.patients.desk import OTHER, PDF
from tests.worlds.patients.ward import auditor
from tests.worlds.staff import hire
from tests.worlds.world import TENANT, call


@pytest.fixture
def archive() -> Archive:
    return Archive()


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
    monkeypatch.setattr(export_parts, "PART", len(PDF))
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
    monkeypatch.setattr(export_parts, "PART", len(PDF))
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


def test_the_encounters_of_a_long_record_travel_in_parts_each_once(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_files, "ENCOUNTERS", 2)
    absorbed = merged(archive)
    begun = {archive.begin().id for _ in range(5)}
    secret = archive.begin(sensitivity=(Sensitivity.HIV,), reason="Consejería").id
    guarded = archive.archives(archive.export(close=False))
    parts = archive.archives(archive.export())
    paths = [name for part in parts for name in part.namelist() if "/encounters/" in name]
    assert len(paths) == len(set(paths))
    assert {f"{archive.patient}/encounters/{one}.json" for one in begun | {secret}} <= set(paths)
    assert {name.partition("/")[0] for name in paths} <= {archive.patient, absorbed}
    assert max(sum("/encounters/" in name for name in part.namelist()) for part in parts) == 2
    shown = {name for part in guarded for name in part.namelist() if "/encounters/" in name}
    assert shown == {path for path in paths if begun & set(path[:-5].split("/"))} | {
        path for path in shown if path.startswith(absorbed)
    }


def test_an_export_that_an_earlier_release_planned_has_every_encounter_in_its_first_part(
    archive: Archive,
) -> None:
    begun = {archive.begin().id for _ in range(3)}
    asked = exporting.request(archive.services, call(ADMIN), archive.patient, REASON)
    job = exporting.job_key(TENANT, archive.patient, asked.id)
    item = archive.services.store.get(job)
    assert item is not None
    old = exporting.job_of(archive.services.vault, TENANT, archive.patient, item)
    found = people.load(archive.services, TENANT, archive.patient)
    old = old.model_copy(update={"plan": export_parts._plan(archive.services, TENANT, old, found)})
    archive.services.store.transact(
        [exporting.job_put(archive.services.vault, TENANT, old, at_version(item.version))]
    )
    archive.work_off()
    done = exporting.read(archive.services, call(ADMIN), archive.patient, asked.id)
    names = archive.archives(done)[0].namelist()
    assert {f"{archive.patient}/encounters/{one}.json" for one in begun} <= set(names)


def test_who_is_not_close_to_the_patient_copies_nothing_sensitive(archive: Archive) -> None:
    hiv = (Sensitivity.HIV,)
    secret = archive.begin(sensitivity=hiv, reason="Consejería").id
    shown = entries.record(
        archive.services, archive.by(), archive.patient, c.ProblemBody(text="B24")
    )
    body = c.ProblemBody(text="B24 confirmado", sensitivity=hiv)
    where = entries.Where(archive.patient, c.EntryKind.PROBLEM, shown.id)
    entries.revise(archive.services, archive.by(), where, body, shown.version)
    export = archive.export(close=False)
    assert export.missing == ("orders: no-connection", "sensitive: care-relation")
    copied = [
        part.read(name).decode() for part in archive.archives(export) for name in part.namelist()
    ]
    for word in ("Consejería", "B24"):
        assert not any(word in text for text in copied)
    whole = archive.archives(archive.export())[0]
    assert f"{archive.patient}/encounters/{secret}.json" in whole.namelist()


def test_an_export_is_reported_and_fetched_by_who_asked_for_it(archive: Archive) -> None:
    done = archive.export()
    [report] = reviews.listed(archive.services, call(auditor()), ReviewQuery()).items
    assert (report.way, report.user) == (AccessWay.EXPORTED, ADMIN.subject)
    with pytest.raises(Forbidden, match="asked"):
        exporting.link(
            archive.services, archive.blobs, call(SECOND), archive.patient, done.id, part=0
        )
    hire(archive.services, ADMIN.subject, active=False)
    with pytest.raises(Forbidden, match="closed"):
        exporting.link(
            archive.services, archive.blobs, call(ADMIN), archive.patient, done.id, part=0
        )


def test_a_merged_record_is_exported_with_all_its_registrations(archive: Archive) -> None:
    absorbed = merged(archive)
    record, documents, _ = archive.archives(archive.export())
    assert f"{absorbed}/entry-problems.json" in record.namelist()
    assert "merged.json" in record.namelist()
    assert len(documents.namelist()) == 3
