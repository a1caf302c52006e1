"""Who can open a folder, and that nobody else can."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from operations.site.key_slots import KeySlots, NotOpened

KEY = bytes(range(32))
WHO = ("puesto-demo", "admin.demo")


@pytest.fixture
def slots(tmp_path: Path) -> KeySlots:
    return KeySlots(tmp_path / "slots.json", memory_kib=8, passes=1)


def test_each_person_opens_the_folder_with_their_own_password(slots: KeySlots) -> None:
    slots.put(*WHO, "Colibri-Verde-77", KEY)
    slots.put("puesto-demo", "nurse.demo", "Tucan-Azul-88", KEY)
    assert slots.open(*WHO, "Colibri-Verde-77") == KEY
    assert slots.open("puesto-demo", "Nurse.Demo", "Tucan-Azul-88") == KEY


@pytest.mark.parametrize(
    "tried",
    [
        (*WHO, "Tucan-Azul-88"),
        (*WHO, ""),
        ("puesto-demo", "nobody", "Colibri-Verde-77"),
        ("other", "admin.demo", "Colibri-Verde-77"),
    ],
)
def test_another_name_or_password_opens_nothing(
    slots: KeySlots, tried: tuple[str, str, str]
) -> None:
    slots.put(*WHO, "Colibri-Verde-77", KEY)
    with pytest.raises(NotOpened):
        slots.open(*tried)


def test_a_new_password_replaces_the_old_one_and_a_removed_person_opens_nothing(
    slots: KeySlots,
) -> None:
    slots.put(*WHO, "Colibri-Verde-77", KEY)
    slots.put(*WHO, "Tucan-Azul-88", KEY)
    assert not slots.opens(*WHO, "Colibri-Verde-77")
    slots.remove(*WHO)
    slots.remove(*WHO)
    assert not slots.opens(*WHO, "Tucan-Azul-88")


def test_people_who_sign_in_at_once_all_get_their_slot(slots: KeySlots) -> None:
    names = [f"demo.{number}" for number in range(16)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda name: slots.put("puesto-demo", name, "Tucan-Azul-88", KEY), names))
    assert all(slots.opens("puesto-demo", name, "Tucan-Azul-88") for name in names)


def test_the_file_has_neither_names_nor_the_key(slots: KeySlots, tmp_path: Path) -> None:
    slots.put(*WHO, "Colibri-Verde-77", KEY)
    text = (tmp_path / "slots.json").read_text()
    assert "demo" not in text
    assert (tmp_path / "slots.json").stat().st_mode & 0o077 == 0
    assert len(json.loads(text)["slots"]) == 1
