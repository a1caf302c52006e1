"""A clinician's own phrases: theirs alone, never overwritten unseen, whole or refused."""

import pytest
from pydantic import ValidationError

from schemas.phrases import Phrase, PhraseBookBody
from telesalud.patients import phrases
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden, StaleVersion
from telesalud.platform.sealed import ATTRIBUTE
from tests.support.crashes import crash_everywhere
from tests.worlds.patients.ward import DOCTOR, Ward, person
from tests.worlds.world import call, partner

CALM = Phrase(name="Examen normal", objective="Sin hallazgos.", plan="Control en un mes.")
OTHER = Phrase(name="Reposo", text="Reposo relativo por tres días.")


def book(*items: Phrase) -> PhraseBookBody:
    return PhraseBookBody(items=items)


def test_a_book_is_its_owners_alone() -> None:
    ward = Ward()
    assert phrases.read(ward.services, ward.by()).version == 0
    written = phrases.write(ward.services, ward.by(), book(CALM, OTHER), 0)
    assert phrases.read(ward.services, ward.by()) == written
    colleague = call(person("colleague-9", Role.NURSE))
    assert phrases.read(ward.services, colleague).items == ()


def test_two_devices_do_not_overwrite_each_other_unseen() -> None:
    ward = Ward()
    phrases.write(ward.services, ward.by(), book(CALM), 0)
    with pytest.raises(StaleVersion):
        phrases.write(ward.services, ward.by(), book(OTHER), 0)
    phrases.write(ward.services, ward.by(), book(), 1)
    assert phrases.read(ward.services, ward.by()).items == ()


def test_a_crash_leaves_the_old_book_or_the_new_one() -> None:
    def act(ward: Ward) -> None:
        version = phrases.read(ward.services, ward.by()).version
        phrases.write(ward.services, ward.by(), book(CALM), version)

    def check(ward: Ward) -> None:
        assert phrases.read(ward.services, ward.by()).items == (CALM,)

    assert crash_everywhere(Ward, lambda ward: ward.world.store, act, check) == 2


def test_what_stands_in_it_is_sealed_and_only_clinicians_have_one() -> None:
    ward = Ward()
    phrases.write(ward.services, ward.by(), book(CALM), 0)
    [item] = ward.world.store.sweep("PHRASES#")
    assert b"hallazgos" not in item.blob(ATTRIBUTE)
    for who in (person("desk-1", Role.FRONT_DESK), partner("patients.write_record")):
        with pytest.raises(Forbidden):
            phrases.read(ward.services, call(who))
    assert DOCTOR in item.key.sk


@pytest.mark.parametrize(
    "items",
    [
        [{"name": "vacía"}],
        [{"name": "a", "text": "x"}, {"name": "A", "text": "y"}],
        [{"name": str(n), "text": "x"} for n in range(61)],
        [{"name": str(n), "text": "x" * 4000} for n in range(16)],
        [{"name": "a", "text": "x" * 4001}],
        [{"name": "n" * 61, "text": "x"}],
    ],
)
def test_a_book_that_is_too_much_or_says_nothing_is_refused(items: list[dict[str, str]]) -> None:
    with pytest.raises(ValidationError):
        PhraseBookBody.model_validate({"items": items})
