"""Every audit entry is sealed once, and whatever is done to the trail afterwards shows."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from schemas.trail_checks import TrailFaultKind as FaultKind
from telesalud.platform.aws import lambdas
from telesalud.platform.aws.backend import AwsBackend
from telesalud.platform.aws.dynamodb import item_of
from telesalud.platform.aws.s3 import S3Archive
from telesalud.platform.memory.files import MemoryArchive
from telesalud.platform.memory.store import Change
from telesalud.platform.settings import Settings
from telesalud.platform.store import Item, Key
from telesalud.platform.trail.chain import (
    ChainBroken,
    digest_of,
    head_key,
    link_key,
    link_of,
    seal,
    seal_batch,
)
from telesalud.platform.trail.digests import prefix_of, read_digests, write_digests
from telesalud.platform.trail.verifying import DIGEST_WITHIN, SEAL_WITHIN, Report, verify
from tests.support.crashes import crash_everywhere
from tests.support.memory_store import MemoryStore
from tests.worlds.trails import TAMPERINGS, Trail, at, cut_back, digests_of
from tests.worlds.world import TENANT, stream_record


def kinds(report: Report) -> set[FaultKind]:
    return {fault.kind for fault in report.faults}


def test_entries_from_the_stream_are_sealed_and_sound() -> None:
    trail = Trail()
    trail.write(5)
    trail.write(2, tenant="clinic-demo")
    assert seal_batch(trail.new_items(), trail.store, trail.clock) is None
    report = trail.check()
    assert report.sound
    assert (report.entries, report.links, report.pending) == (5, 1, [])
    assert verify(trail.store, "clinic-demo", trail.clock.now).entries == 2


def test_a_batch_larger_than_a_transaction_becomes_several_links() -> None:
    trail = Trail()
    seal(trail.store, trail.clock, TENANT, trail.write(200))
    report = trail.check()
    assert report.sound
    assert (report.entries, report.links) == (200, 3)


def test_the_digest_of_a_stream_image_is_that_of_the_stored_item() -> None:
    item = Item(
        Key("A", "é"), 1, {"t": "ñ 漢", "b": b"\x00\xff", "l": ("a", ""), "n": 3, "f": True}
    )
    record = stream_record(Change(item.key, None, item))
    image = record["dynamodb"]["NewImage"]  # type: ignore[index]  # a literal above
    assert digest_of(item_of(image)) == digest_of(item)


def test_an_entry_delivered_again_is_not_sealed_again() -> None:
    trail = Trail()
    items = trail.write(5)
    for _ in range(3):
        seal_batch(trail.new_items(), trail.store, trail.clock)
    seal(trail.store, trail.clock, TENANT, [items[2], *trail.write(1)])
    report = trail.check()
    assert report.sound
    assert (report.entries, report.links) == (6, 2)


def test_racing_sealers_neither_fork_nor_lose() -> None:
    trail = Trail()
    items = trail.write(40)
    barrier = threading.Barrier(8)

    def sealer(number: int) -> None:
        barrier.wait()
        for start in range(5):
            mine = items[number * 5 + start :][:3]
            seal(trail.store, trail.clock, TENANT, mine)

    threads = [threading.Thread(target=sealer, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = trail.check()
    assert report.sound
    assert report.entries == 40


def test_a_crash_while_sealing_leaves_a_sound_chain_after_redelivery() -> None:
    def written() -> Trail:
        trail = Trail()
        trail.write(100)
        return trail

    def check(trail: Trail) -> None:
        report = trail.check()
        assert report.sound
        assert report.entries == 100

    crashes = crash_everywhere(
        written,
        lambda trail: trail.store,
        lambda trail: seal_batch(trail.new_items(), trail.store, trail.clock),
        check,
    )
    assert crashes == 4


def test_a_tenant_whose_chain_is_broken_does_not_hold_up_the_others() -> None:
    trail = Trail().sealed(3, 2)
    old = trail.store.get(head_key(TENANT))
    assert old is not None
    first, _ = link_of(TENANT, at(trail.store, link_key(TENANT, 1)))
    trail.store.put_behind_back(Item(old.key, old.version, {"seq": 1, "hash": first.hash()}))
    trail.store.changes.clear()
    trail.write(1, tenant="clinic-demo")
    entry = trail.write(1)
    assert seal_batch(trail.new_items(), trail.store, trail.clock) == "2"
    assert verify(trail.store, "clinic-demo", trail.clock.now).entries == 1
    with pytest.raises(ChainBroken):
        seal(trail.store, trail.clock, TENANT, entry)


def test_young_unsealed_entries_are_pending_and_old_ones_a_fault() -> None:
    trail = Trail().sealed(2, 1)
    [item] = trail.write(1)
    report = trail.check()
    assert report.sound
    assert report.pending == [(f"{item.key.pk}/{item.key.sk}", timedelta(0))]
    trail.clock.advance(seconds=SEAL_WITHIN.total_seconds() + 1)
    late = trail.check()
    assert kinds(late) == {FaultKind.UNSEALED}
    assert "0:15:01" in late.faults[0].detail


def test_entries_sealed_while_the_check_reads_are_no_fault() -> None:
    trail = Trail().sealed(2, 1)
    sweep = trail.store.sweep

    def sweep_then_more(prefix: str) -> Iterator[Item]:
        found = list(sweep(prefix))
        seal(trail.store, trail.clock, TENANT, trail.write(3))
        return iter(found)

    report = verify(_with_sweep(trail.store, sweep_then_more), TENANT, trail.clock.now)
    assert report.sound
    assert report.entries == 5


def _with_sweep(store: MemoryStore, sweep: Callable[[str], Iterator[Item]]) -> MemoryStore:
    class Swept(MemoryStore):
        def sweep(self, prefix: str) -> Iterator[Item]:
            return sweep(prefix)

    return Swept(store.changes, store._items, store._order)


@pytest.mark.parametrize(("tamper", "expected"), TAMPERINGS)
def test_tampering_shows(tamper: Callable[[MemoryStore], None], expected: FaultKind) -> None:
    trail = Trail().sealed()
    assert trail.check().sound
    tamper(trail.store)
    trail.clock.advance(days=1)
    report = trail.check()
    assert expected in kinds(report)
    assert [*report.lines()][-1] != "sound"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_single_item_can_be_changed_unnoticed(data: st.DataObject) -> None:
    trail = Trail().sealed(3, 2)
    digests = digests_of(trail)
    keys = [i.key for i in trail.store.sweep("AUDIT#")]
    keys += [i.key for i in trail.store.sweep("CHAIN#")]
    key = data.draw(st.sampled_from(keys))
    item = at(trail.store, key)
    name = data.draw(st.sampled_from(sorted(item.attributes)))
    if data.draw(st.booleans()):
        trail.store.remove_behind_back(key)
    else:
        changed = {
            **item.attributes,
            name: data.draw(st.text(max_size=5).filter(lambda text: text != item.attributes[name])),
        }
        trail.store.put_behind_back(replace(item, attributes=changed))
    assert not trail.check(digests).sound


def test_a_chain_cut_back_consistently_shows_only_against_its_digests() -> None:
    trail = Trail().sealed()
    digests = digests_of(trail)
    cut_back(trail.store)
    assert trail.check().sound
    assert kinds(trail.check(digests)) == {FaultKind.TRUNCATED}


def test_a_chain_written_anew_shows_only_against_its_digests() -> None:
    trail = Trail().sealed(3, 1)
    digests = digests_of(trail)
    anew = Trail(clock=trail.clock).sealed(4, 1)
    assert anew.check().sound
    assert kinds(anew.check(digests)) == {FaultKind.ALTERED}


def test_links_that_stay_without_a_digest_are_a_fault() -> None:
    trail = Trail().sealed(3, 1)
    assert trail.check([]).sound
    digests = digests_of(trail)
    trail.clock.advance(seconds=DIGEST_WITHIN.total_seconds() + 1)
    assert kinds(trail.check([])) == {FaultKind.UNARCHIVED}
    assert trail.check(digests).sound, "nothing was written since"
    trail.sealed(1, 1)
    assert trail.check(digests).sound
    trail.clock.advance(seconds=DIGEST_WITHIN.total_seconds() + 1)
    assert kinds(trail.check(digests)) == {FaultKind.UNARCHIVED}


def test_a_tenant_without_any_trail_is_sound() -> None:
    assert Trail().check([]).sound


def test_a_digest_is_written_for_each_tenant_once_a_day() -> None:
    trail = Trail().sealed(3, 1)
    seal(trail.store, trail.clock, "clinic-demo", trail.write(2, tenant="clinic-demo"))
    archive = MemoryArchive()
    for _ in range(2):
        assert write_digests(trail.store, archive, trail.clock, "consults") == 2
        trail.sealed(1, 1)
    assert len(archive.kept) == 2
    trail.clock.advance(days=1)
    write_digests(trail.store, archive, trail.clock, "consults")
    digests = read_digests(archive, "consults", TENANT)
    assert [digest.seq for digest in digests] == [1, 3]
    assert trail.check(digests).sound


def test_the_bucket_keeps_the_first_version_of_a_digest_under_lock() -> None:
    with mock_aws():
        client = boto3.client(
            "s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        client.create_bucket(Bucket="digests", ObjectLockEnabledForBucket=True)
        client.put_object_lock_configuration(
            Bucket="digests",
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Years": 10}},
            },
        )
        archive = S3Archive("digests", lambda: client)
        name = prefix_of("consults", TENANT) + "2026-11-21.json"
        archive.write(name, b"first")
        archive.write(name, b"second")
        assert [*archive.read(prefix_of("consults", TENANT))] == [(name, b"first")]
        lock = client.head_object(Bucket="digests", Key=name)
        assert lock["ObjectLockMode"] == "GOVERNANCE"
        left = lock["ObjectLockRetainUntilDate"] - datetime.now(UTC)
        assert left > timedelta(days=3640)
        client.put_object(Bucket="digests", Key=name, Body=b"forged")
        client.delete_object(Bucket="digests", Key=name)
        assert [*archive.read(prefix_of("consults", TENANT))] == [(name, b"first")]


def test_one_function_seals_the_streams_batches_and_archives_on_schedule(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {
        "STAGE": "test",
        "CONTEXT": "consults",
        "TABLE": "consults",
        "DATA_KEY": "k",
        "ORIGIN": "http://localhost",
        "DIGESTS_BUCKET": "digests",
    }.items():
        monkeypatch.setenv(f"TELESALUD_{name}", value)
    trail, archive = Trail(), MemoryArchive()
    trail.write(3)
    done: dict[str, list[dict[str, str]]] = {"batchItemFailures": []}
    monkeypatch.setattr(AwsBackend, "archive", lambda *_: archive)
    own = Settings.load()
    assert lambdas.seal_audit({"Records": trail.records()}, own, trail.services) == done
    assert archive.kept == {}
    assert lambdas.seal_audit({"source": "aws.events"}, own, trail.services) == done
    assert [d.seq for d in read_digests(archive, "consults", TENANT)] == [1]
