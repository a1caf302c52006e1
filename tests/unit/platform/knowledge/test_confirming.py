"""An institution sees which tables are in use and whose eyes they had."""

import pytest

from schemas.knowledge import ConfirmTable, KnownTable
from telesalud.patients.knowledge import KNOWLEDGE
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Forbidden, NotFound, StaleVersion
from telesalud.platform.knowledge import confirming
from tests.support.crashes import crash_everywhere
from tests.worlds.world import TENANT, World, call, user

ADMINISTRATOR = user(Role.ADMINISTRATOR)
WHO = "Dra. Demostración Uno, CMP 000001"


def growth(world: World, by: Caller = ADMINISTRATOR) -> KnownTable:
    found = confirming.in_use(world.services, call(by), KNOWLEDGE)
    return next(one for one in found.items if one.id == "growth")


def confirm(world: World, version: str, by: Caller = ADMINISTRATOR) -> KnownTable:
    body = ConfirmTable(version=version, confirmed_by=WHO)
    return confirming.confirm(world.services, call(by), KNOWLEDGE, "growth", body)


def test_a_table_says_where_it_is_from_and_that_nobody_has_confirmed_it() -> None:
    table = growth(World())
    assert "WHO" in table.source
    assert table.confirm == "paediatrician"
    assert table.confirmation is None


def test_whoever_confirmed_a_version_stands_beside_it() -> None:
    world = World()
    confirm(world, growth(world).version)
    found = growth(world).confirmation
    assert found is not None
    assert (found.confirmed_by, found.version) == (WHO, growth(world).version)
    assert WHO not in repr(world.store.sweep("KNOWLEDGE#")), "people are named sealed"


def test_a_version_that_is_not_in_use_cannot_be_confirmed() -> None:
    with pytest.raises(StaleVersion):
        confirm(World(), "2020-01-01")


def test_a_changed_table_is_unconfirmed_and_keeps_the_earlier_confirmation() -> None:
    world = World()
    confirm(world, growth(world).version)
    (table,) = (one for one in KNOWLEDGE.tables if one.id == "growth")
    changed = confirming.Knowledge(
        "patients", (table._replace(entered="2027-01-31"),), KNOWLEDGE.grants, "patients.read", ""
    )
    (found,) = confirming.in_use(world.services, call(ADMINISTRATOR), changed).items
    assert found.confirmation is not None
    assert found.confirmation.version != found.version


def test_the_latest_of_several_confirmations_counts_and_others_tables_are_left_alone() -> None:
    world = World()
    confirm(world, growth(world).version)
    world.clock.advance(minutes=1)
    body = ConfirmTable(version=growth(world).version, confirmed_by="Dr. Demostración Dos")
    confirming.confirm(world.services, call(ADMINISTRATOR), KNOWLEDGE, "growth", body)
    found = growth(world).confirmation
    assert found is not None
    assert found.confirmed_by == "Dr. Demostración Dos"
    others = confirming.in_use(world.services, call(ADMINISTRATOR), KNOWLEDGE).items
    assert [one.id for one in others if one.confirmation] == ["growth"]


def test_another_institution_sees_nothing_of_it() -> None:
    world = World()
    confirm(world, growth(world).version)
    assert growth(world, user(Role.ADMINISTRATOR, tenant="clinic-two")).confirmation is None


def test_only_administrators_record_confirmations_of_tables_that_there_are() -> None:
    world = World()
    with pytest.raises(Forbidden):
        confirm(world, growth(world).version, by=user(Role.PHYSICIAN))
    body = ConfirmTable(version="1", confirmed_by=WHO)
    with pytest.raises(NotFound):
        confirming.confirm(world.services, call(ADMINISTRATOR), KNOWLEDGE, "nothing", body)


def test_a_confirmation_is_there_with_its_entry_in_the_trail_or_not_at_all() -> None:
    def act(world: World) -> None:
        confirm(world, growth(world).version)

    def check(world: World) -> None:
        kept = growth(world).confirmation is not None
        told = any("confirm_table" in repr(item) for item in world.store.sweep(f"AUDIT#{TENANT}"))
        assert kept == told

    assert crash_everywhere(World, lambda world: world.store, act, check) >= 1
