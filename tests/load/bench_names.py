"""Name search over 100,000 synthetic patients: round trips, read units, CPU; postings written.

    python -m tests.load.bench_names [--patients 100000] [--rounds 200]

The store is the in-memory one, whose own time is left out, so times are the handler's CPU without
boto3; what DynamoDB would read and bill is computed from the items.
"""

import argparse
import random
import statistics
import time
from collections.abc import Sequence
from datetime import date, timedelta

from schemas.patients import PatientBody, PatientSearch, PersonName, Sex
from telesalud.patients.people import repository, searching
from telesalud.patients.people.record_numbers import record_number
from telesalud.patients.people.stored import StoredPatient
from telesalud.platform.aws.dynamodb import encode
from telesalud.platform.store import Item, Key, Page
from telesalud.platform.work import Services
from tests.support.counting import READ_UNIT, size_of
from tests.support.memory_store import MemoryStore
from tests.worlds.patients.people import desk
from tests.worlds.world import START, TENANT, World, call

# The commonest first.
GIVEN = """
María José Juan Luis Ana Carlos Rosa Jorge Carmen Miguel Juana Víctor Luz Pedro Elena Manuel Julia
Ángel Martha Mario Marta Óscar Nancy Raúl Silvia César Gladys Hugo Norma Iván Marisol Marco Marina
Andrés Bruno Carla Diego Estela Fabio Gabriela Helena Inés Javier Karina Lía
"""
FAMILY = """
Quispe Flores García Rodríguez Sánchez Mamani Rojas Ramos López Huamán González Torres Díaz Ramírez
Pérez Mendoza Vásquez Chávez Castillo Espinoza Martínez Condori Gutiérrez Ruiz Garrido Marín Núñez
Ñahui Silva Souza Oliveira Pereira Lima Gomes Ferreira Alves Ribeiro Cruz Vega Ochoa
"""
SEARCHES = ("mar", "ma", "mar gar", "maria garcia", "gar qui", "mar gar lop", "mari g", "nun", "zz")


def weighted(text: str, chance: random.Random) -> str:
    """One of the words; frequencies fall as in any country's names (Zipf)."""
    words = text.split()
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    return chance.choices(words, weights)[0]


def somebody(number: int, chance: random.Random) -> PatientBody:
    """A synthetic person with two given names and two surnames."""
    return PatientBody(
        name=PersonName(
            given=f"{weighted(GIVEN, chance)} {weighted(GIVEN, chance)}",
            family=weighted(FAMILY, chance),
            second_family=weighted(FAMILY, chance),
        ),
        birth_date=date(1940, 1, 1) + timedelta(days=number % 30_000),
        sex=Sex.UNKNOWN,
    )


def fill(store: MemoryStore, services: Services, patients: int) -> int:
    """Write the patients as registration would; the number of their name postings."""
    chance = random.Random(7)
    written = 0
    for number in range(patients):
        patient = f"01900000-0000-7000-8000-{number:012x}"
        body = somebody(number, chance)
        stored = StoredPatient(
            body=body, record_number=record_number(number + 1), registered_at=START
        )
        key = repository.patient_key(TENANT, patient)
        attributes = repository.patient_attributes(services.vault, TENANT, key, stored)
        store.put_behind_back(Item(key, 1, attributes))
        for put in repository.lookups(services.vault, TENANT, patient, body):
            written += put.key.pk.startswith("NAME#")
            store.put_behind_back(Item(put.key, 1, put.attributes))
    return written


class Billed(MemoryStore):
    """Adds up the read units of what it returns, and the CPU that it spends itself."""

    units = 0
    seconds = 0.0

    def query(self, *arguments: object, **options: object) -> Page:
        began = time.thread_time()
        page = MemoryStore.query(self, *arguments, **options)  # type: ignore[arg-type]  # as it came
        self.units += max(1, -(-sum(map(_size, page.items)) // READ_UNIT))
        self.seconds += time.thread_time() - began
        return page

    def get_many(self, keys: Sequence[Key]) -> dict[Key, Item]:
        began = time.thread_time()
        found = MemoryStore.get_many(self, keys)
        self.units += sum(-(-_size(item) // READ_UNIT) for item in found.values())
        self.seconds += time.thread_time() - began
        return found


def _size(item: Item) -> int:
    wire = {name: encode(value) for name, value in item.attributes.items()}
    return size_of({**wire, "pk": {"S": item.key.pk}, "sk": {"S": item.key.sk}, "v": {"N": "1"}})


def measure(store: Billed, services: Services, text: str, rounds: int) -> str:
    """One search, the first page of 25."""
    query = PatientSearch(name=text)
    times = []
    for _ in range(rounds):
        reads, writes, units = store.trips.reads, store.trips.writes, store.units
        began, store.seconds = time.thread_time(), 0.0
        found = searching.search(services, call(desk()), query)
        times.append((time.thread_time() - began - store.seconds) * 1000)
    return (
        f"{text!r:<16} {len(found.items):>3} found{', more follow' if found.cursor else '':<14} "
        f"{store.trips.reads - reads} reads, {store.trips.writes - writes} write, "
        f"{store.units - units} RCU, CPU median {statistics.median(times):.1f} ms, "
        f"worst {max(times):.1f} ms"
    )


def main() -> None:
    """Fill, search, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=50)
    options = parser.parse_args()
    store = Billed()
    world = World(store=store)
    services = world.services
    began = time.process_time()
    written = fill(store, services, options.patients)
    spent = time.process_time() - began
    print(
        f"{options.patients} patients, {written / options.patients:.1f} name postings each, "
        f"{spent / options.patients * 1000:.2f} ms CPU each"
    )
    for text in SEARCHES:
        print(measure(store, services, text, options.rounds))


if __name__ == "__main__":
    main()
