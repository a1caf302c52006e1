"""A transaction too large for one of the store's, and a process that dies anywhere in it."""

from telesalud.interop.fhir.heads import load_many
from telesalud.interop.fhir.services import FhirServices
from telesalud.interop.fhir.transactions import process
from telesalud.platform.work import Call
from tests.support.crashes import crash_everywhere
from tests.worlds.interop.hub import BASE, EVERYTHING, machine, patient
from tests.worlds.world import TENANT, World

FEW = 25
"""New resources that are too many for one transaction; each patient's key is a step as well."""
SIZE = 45
"""Changed ones."""
CALL = Call(machine(*EVERYTHING), "request-1")
NAMES = [("Patient", f"own-{n}") for n in range(SIZE)]


def services_of(world: World) -> FhirServices:
    own = world.services
    return FhirServices(own.store, own.vault, own.clock, own.new_id, BASE)


def post(world: World, gender: str, size: int = SIZE) -> None:
    entries = [
        {
            "request": {"method": "PUT", "url": f"{type_}/{id_}"},
            "resource": patient(id_, id=id_, gender=gender),
        }
        for type_, id_ in NAMES[:size]
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    process(services_of(world), CALL, bundle)


def genders(world: World, size: int = SIZE) -> set[str]:
    heads = load_many(services_of(world), TENANT, NAMES[:size])
    found = {head.resource["gender"] for head in heads.values()}
    return found | ({"absent"} if len(heads) < size else set())


def test_new_resources_are_all_there_or_none_wherever_the_process_dies() -> None:
    def act(world: World) -> None:
        assert genders(world, FEW) in ({"absent"}, {"female"})
        world.clock.advance(seconds=61)
        post(world, "female", FEW)

    def check(world: World) -> None:
        assert genders(world, FEW) == {"female"}

    assert crash_everywhere(World, lambda world: world.store, act, check) > 10


def test_changed_resources_change_together_wherever_the_process_dies() -> None:
    def make() -> World:
        world = World()
        post(world, "female")
        return world

    def act(world: World) -> None:
        assert genders(world) in ({"female"}, {"male"})
        world.clock.advance(seconds=61)
        post(world, "male")

    def check(world: World) -> None:
        assert genders(world) == {"male"}
        versions = {h.version for h in load_many(services_of(world), TENANT, NAMES).values()}
        assert versions in ({2}, {3})
        written = [subject for action, subject, _ in world.audited() if action == "interop.write"]
        assert len(written) == SIZE * versions.pop()

    assert crash_everywhere(make, lambda world: world.store, act, check) > 6
