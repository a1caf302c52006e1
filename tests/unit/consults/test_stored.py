"""What consults has stored or announced opens in this release, and in the one before it."""

import json

import pytest

from schemas.consults import EVENTS, Cancel, ConsultSettings
from telesalud.consults import tenant_settings
from telesalud.consults.repository import consult_key
from telesalud.consults.scheduling import consults
from telesalud.consults.stored import STORED
from telesalud.consults.tenant_settings import settings_key
from telesalud.platform.access import Role
from telesalud.platform.store import Key, Put
from tests.support import golden
from tests.worlds.consults.stage import PARTNER, Stage, opened
from tests.worlds.world import TENANT, call, user


def test_what_was_stored_opens_and_keeps_what_a_later_release_added() -> None:
    golden.check("consults", {**STORED, **EVENTS})


@pytest.mark.parametrize("file", golden.goldens("consults"), ids=lambda f: f"{f.kind}.{f.number}")
def test_a_golden_file_leaves_no_field_empty(file: golden.Golden) -> None:
    assert [name for name, value in file.body.items() if value in (None, "", [], {})] == []


def test_a_step_keeps_what_a_later_release_wrote_into_the_state() -> None:
    stage = opened()
    key = consult_key(TENANT, stage.id)
    state = add_unknown(stage, key, "state")
    consults.cancel(stage.services, call(PARTNER), stage.id, Cancel())
    item = stage.world.store.get(key)
    assert item is not None
    after = json.loads(item.text("state"))
    assert after["of_a_later_release"] == state["of_a_later_release"]
    assert after["status"] == "cancelled"
    assert "files" not in after, "defaults are not stored"


def test_changing_the_settings_keeps_what_a_later_release_added() -> None:
    stage = Stage()
    administrator = call(user(Role.ADMINISTRATOR))
    tenant_settings.change_settings(stage.services, administrator, ConsultSettings(), 0)
    key = settings_key(TENANT)
    add_unknown(stage, key, "settings")
    asked = ConsultSettings(default_grace_minutes=5)
    answer, _ = tenant_settings.change_settings(stage.services, administrator, asked, 1)
    item = stage.world.store.get(key)
    assert item is not None
    stored = json.loads(item.text("settings"))
    assert (stored["of_a_later_release"], stored["default_grace_minutes"]) == ({"kept": True}, 5)
    assert answer == asked
    assert tenant_settings.read_settings(stage.services, administrator)[0] == asked


def add_unknown(stage: Stage, key: Key, attribute: str) -> dict[str, object]:
    """Write a field of a later release into a stored model; the item keeps its version."""
    item = stage.world.store.get(key)
    assert item is not None
    content: dict[str, object] = json.loads(item.text(attribute))
    content["of_a_later_release"] = {"kept": True}
    stage.world.store.transact([Put(key, {**item.attributes, attribute: json.dumps(content)})])
    return content
