"""What every context's wiring makes from its settings."""

from collections.abc import Iterator

import pytest

from telesalud.platform import backend
from telesalud.platform.memory.backend import MemoryBackend
from telesalud.platform.parts import services_from
from telesalud.platform.settings import Settings
from telesalud.platform.store import Put
from telesalud.platform.vault import Scope
from telesalud.platform.work import Services

PATIENT = Scope("hospital-demo", "p-1")
PLACE = "PATIENT#p-1|NOTE#1|text"


@pytest.fixture
def memory() -> Iterator[MemoryBackend]:
    """The backend under every part."""
    made = MemoryBackend({})
    backend.use(made)
    yield made
    backend.use(None)


def on(table: str) -> Services:
    """A context's services when its table has this name."""
    return services_from(
        Settings(
            stage="test", context="patients", table=table, data_key="k", origin="http://127.0.0.1"
        )
    )


def test_what_a_table_held_opens_in_the_one_it_was_restored_to(memory: MemoryBackend) -> None:
    """A point-in-time recovery always makes a table of another name."""
    lost, restored = "telesalud-prod-patients", "telesalud-prod-patients-20261130"
    before = on(lost)
    sealed = before.vault.seal(PATIENT, PLACE, b"alergia a la penicilina")
    found_by = before.vault.lookup(PATIENT.tenant, "document", "DEMO-1")
    for item in memory.store(lost).sweep(""):
        memory.store(restored).transact([Put(item.key, item.attributes)])
    after = on(restored)
    assert after.vault.open(PATIENT, PLACE, sealed) == b"alergia a la penicilina"
    assert after.vault.lookup(PATIENT.tenant, "document", "DEMO-1") == found_by
