"""Sealed values open in their place, for their scope, and while their key exists; else never."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telesalud.platform.errors import Gone
from telesalud.platform.held_keys import HeldWrapper
from telesalud.platform.ports.keys import Tampered
from telesalud.platform.store import Item, Key
from telesalud.platform.vault import KEPT_SECONDS, Scope, Vault
from tests.support.crashes import crash_everywhere
from tests.support.memory_store import MemoryStore

PATIENT = Scope("hospital-demo", "p-1")
TENANT = Scope("hospital-demo")
PLACE = "PATIENT#p-1|NOTE#1|text"


class Rig:
    """A store with a vault on it, and a clock in seconds that tests move."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.wrapper = HeldWrapper()
        self.now = 1000.0
        self.vault = self.process()

    def process(self, name: str = "consults") -> Vault:
        """A vault as a fresh process has it: no key in memory."""
        return Vault(self.store, self.wrapper, name, lambda: self.now)


@pytest.fixture
def rig() -> Rig:
    return Rig()


SHARED = Rig()


@given(st.binary(max_size=2000))
def test_what_is_sealed_opens_and_shows_nothing(clear: bytes) -> None:
    sealed = SHARED.vault.seal(PATIENT, PLACE, clear)
    assert SHARED.process().open(PATIENT, PLACE, sealed) == clear
    assert len(sealed) == len(clear) + 29
    assert len(clear) < 8 or clear not in sealed


def test_the_same_text_never_seals_to_the_same_bytes(rig: Rig) -> None:
    assert rig.vault.seal(PATIENT, PLACE, b"x") != rig.vault.seal(PATIENT, PLACE, b"x")


@pytest.mark.parametrize(
    ("scope", "place", "name"),
    [
        (PATIENT, "PATIENT#p-1|NOTE#2|text", "consults"),
        (Scope("hospital-demo", "p-2"), PLACE, "consults"),
        (Scope("clinic-demo", "p-1"), PLACE, "consults"),
        (TENANT, PLACE, "consults"),
        (PATIENT, PLACE, "patients"),
    ],
    ids=["place", "patient", "tenant", "tenant scope", "context"],
)
def test_a_value_that_was_moved_does_not_open(
    rig: Rig, scope: Scope, place: str, name: str
) -> None:
    sealed = rig.vault.seal(PATIENT, PLACE, b"note")
    rig.vault.seal(scope, "elsewhere", b"so that the scope has a key")
    with pytest.raises(Tampered):
        rig.process(name).open(scope, place, sealed)


@given(st.integers(0, 32), st.integers(1, 255))
def test_a_value_with_any_altered_byte_does_not_open(index: int, change: int) -> None:
    sealed = bytearray(SHARED.vault.seal(PATIENT, PLACE, b"note"))
    sealed[index % len(sealed)] ^= change
    with pytest.raises(Tampered):
        SHARED.vault.open(PATIENT, PLACE, bytes(sealed))


@pytest.mark.parametrize("length", [0, 1, 13, 28])
def test_a_value_that_was_cut_does_not_open(rig: Rig, length: int) -> None:
    sealed = rig.vault.seal(PATIENT, PLACE, b"note")
    with pytest.raises(Tampered):
        rig.vault.open(PATIENT, PLACE, sealed[:length])


def test_a_wrapped_key_that_was_swapped_between_patients_is_refused(rig: Rig) -> None:
    other = Scope("hospital-demo", "p-2")
    sealed = rig.vault.seal(PATIENT, PLACE, b"note")
    rig.vault.seal(other, PLACE, b"note")
    stolen = rig.store.get(PATIENT.key)
    assert stolen is not None
    rig.store.put_behind_back(Item(other.key, 1, stolen.attributes))
    with pytest.raises(Tampered):
        rig.process().open(other, PLACE, sealed)


def test_a_warm_key_costs_no_round_trip_and_no_unwrap(rig: Rig) -> None:
    sealed = [rig.vault.seal(TENANT, f"P#{n}", b"name") for n in range(30)]
    cold = rig.process()
    before, unwrapped = rig.store.trips.total, rig.wrapper.unwrapped
    for n in range(30):
        cold.open(TENANT, f"P#{n}", sealed[n])
    assert rig.store.trips.total - before == 1
    assert rig.wrapper.unwrapped - unwrapped == 1


def test_a_key_fetched_with_the_data_saves_the_round_trip(rig: Rig) -> None:
    sealed = rig.vault.seal(PATIENT, PLACE, b"note")
    cold = rig.process()
    [key] = cold.needs(PATIENT, PATIENT)
    cold.learn(PATIENT, rig.store.get(key))
    before = rig.store.trips.total
    assert cold.open(PATIENT, PLACE, sealed) == b"note"
    assert rig.store.trips.total == before
    cold.learn(TENANT, None)
    assert cold.needs(PATIENT) == [PATIENT.key]
    assert rig.vault.needs(TENANT) == [TENANT.key]


def test_a_key_that_was_destroyed_elsewhere_is_forgotten_when_it_is_fetched_again(
    rig: Rig,
) -> None:
    sealed = rig.vault.seal(PATIENT, PLACE, b"note")
    elsewhere = rig.process()
    elsewhere.open(PATIENT, PLACE, sealed)
    rig.vault.shred(PATIENT)
    [key] = elsewhere.needs(PATIENT)
    elsewhere.learn(PATIENT, rig.store.get(key))
    with pytest.raises(Gone):
        elsewhere.open(PATIENT, PLACE, sealed)


def test_unwrapped_keys_leave_memory_after_their_time_even_unused(rig: Rig) -> None:
    rig.vault.seal(PATIENT, PLACE, b"note")
    rig.vault.seal(TENANT, PLACE, b"name")
    rig.now += KEPT_SECONDS + 1
    assert rig.vault.needs(TENANT) == [TENANT.key]
    assert rig.vault._kept == {}


def test_a_shredded_patient_is_gone_for_ever(rig: Rig) -> None:
    sealed = rig.vault.seal(PATIENT, PLACE, b"note")
    other = rig.vault.seal(TENANT, PLACE, b"name")
    rig.vault.shred(PATIENT)
    for vault in (rig.vault, rig.process()):
        with pytest.raises(Gone):
            vault.open(PATIENT, PLACE, sealed)
        with pytest.raises(Gone):
            vault.seal(PATIENT, PLACE, b"new")
    assert rig.vault.open(TENANT, PLACE, other) == b"name"


def test_a_patient_without_a_key_can_be_shredded_and_stays_so(rig: Rig) -> None:
    rig.vault.shred(PATIENT)
    rig.vault.shred(PATIENT)
    with pytest.raises(Gone):
        rig.process().seal(PATIENT, PLACE, b"late write")


def test_another_process_loses_a_shredded_key_within_minutes(rig: Rig) -> None:
    sealed = rig.vault.seal(PATIENT, PLACE, b"note")
    elsewhere = rig.process()
    elsewhere.open(PATIENT, PLACE, sealed)
    rig.vault.shred(PATIENT)
    rig.now += KEPT_SECONDS
    with pytest.raises(Gone):
        elsewhere.open(PATIENT, PLACE, sealed)


def test_a_tenants_key_is_not_shredded_by_mistake(rig: Rig) -> None:
    with pytest.raises(ValueError, match="tenant"):
        rig.vault.shred(TENANT)


def test_first_seals_racing_for_a_key_all_open(rig: Rig) -> None:
    barrier = threading.Barrier(8)
    rig.store.before_transact = lambda _: barrier.wait()
    sealed: dict[int, bytes] = {}

    def first(n: int) -> None:
        sealed[n] = rig.process().seal(PATIENT, f"N#{n}", b"%d" % n)

    threads = [threading.Thread(target=first, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rig.store.before_transact = None
    cold = rig.process()
    assert [cold.open(PATIENT, f"N#{n}", sealed[n]) for n in range(8)] == [
        b"%d" % n for n in range(8)
    ]


def test_a_crash_while_the_key_is_made_leaves_a_key_that_works() -> None:
    def check(rig: Rig) -> None:
        sealed = rig.process().seal(PATIENT, PLACE, b"note")
        assert rig.process().open(PATIENT, PLACE, sealed) == b"note"

    crashes = crash_everywhere(
        Rig, lambda rig: rig.store, lambda rig: rig.process().seal(PATIENT, PLACE, b"x"), check
    )
    assert crashes == 2


def test_lookups_are_stable_per_tenant_and_kind(rig: Rig) -> None:
    found = rig.vault.lookup("hospital-demo", "document", "12345678")
    assert found == rig.process().lookup("hospital-demo", "document", "12345678")
    assert len(found) == 32
    others = {
        rig.vault.lookup("clinic-demo", "document", "12345678"),
        rig.vault.lookup("hospital-demo", "record", "12345678"),
        rig.vault.lookup("hospital-demo", "document", "12345679"),
        found,
    }
    assert len(others) == 4


def test_the_lookup_key_is_stored_wrapped_only(rig: Rig) -> None:
    rig.vault.lookup("hospital-demo", "document", "12345678")
    item = rig.store.get(Key("KEY#hospital-demo", "LOOKUP"))
    assert item is not None
    plain = rig.wrapper.unwrap(item.blob("wrapped"), {"tenant": "hospital-demo", "use": "lookup"})
    assert len(plain) == 32
    assert plain not in item.blob("wrapped")
