"""An institution's own words, and its names in the product's; every version stays readable."""

import pytest

from schemas.consents import BoxCode, ConsentPolicy, OwnTextBody
from schemas.consults import Clinic, ConsultSettings
from telesalud.consults import tenant_settings
from telesalud.consults.consent import administering
from telesalud.platform.access import Role
from telesalud.platform.consent_words import is_whole, printed
from telesalud.platform.errors import Forbidden, Invalid, StaleVersion
from tests.support.crashes import crash_everywhere
from tests.worlds.consults.consenting import asked, by_link, own_text
from tests.worlds.consults.stage import Stage, store_of
from tests.worlds.world import call, partner, user

ADMINISTRATOR = call(user(Role.ADMINISTRATOR))


def created() -> Stage:
    stage = Stage()
    stage.create()
    return stage


def test_names_and_figures_of_the_institution_are_in_what_its_patients_read() -> None:
    stage = created()
    policy = ConsentPolicy(
        country="PE",
        controller="Red Demostración",
        contact="privacidad@demostracion.example",
        stored_in="Brasil",
    )
    administering.write_policy(stage.services, ADMINISTRATOR, policy, 0)
    assert administering.read_policy(stage.services, ADMINISTRATOR) == (policy, 1)
    words = printed(asked(stage))
    for said in ("Red Demostración", "privacidad@demostracion.example", "Brasil", "Ley 29733"):
        assert said in words


def test_without_a_name_of_its_own_the_settings_name_the_institution() -> None:
    stage = created()
    clinic = Clinic(name="Hospital Demostración", phone="+51 1 555 0100")
    settings = ConsultSettings(clinic=clinic)
    tenant_settings.change_settings(stage.services, ADMINISTRATOR, settings, 0)
    words = printed(asked(stage))
    assert "Hospital Demostración es responsable" in words
    assert "llame al +51 1 555 0100" in words


@pytest.mark.parametrize(("country", "years"), [("PE", 19), ("MX", 4), (None, 19)])
def test_a_retention_below_the_laws_is_refused(country: str | None, years: int) -> None:
    policy = ConsentPolicy(country=country, retention_years=years)
    with pytest.raises(Invalid):
        administering.write_policy(created().services, ADMINISTRATOR, policy, 0)


def test_own_words_replace_the_products_and_each_version_stays() -> None:
    stage = created()
    first = administering.write_text(stage.services, ADMINISTRATOR, "es", own_text("Primero"), 0)
    accepted = by_link(stage)
    second = administering.write_text(
        stage.services, ADMINISTRATOR, "es", own_text("Segundo"), first.version
    )
    assert asked(stage).title == "Segundo"
    assert asked(stage, "pt").title == second_language(stage)
    back = administering.write_text(
        stage.services, ADMINISTRATOR, "es", own_text("Segundo", in_use=False), second.version
    )
    assert back.shown == back.shipped
    assert [one.text.title for one in back.own] == ["Segundo", "Segundo", "Primero"]
    assert all(is_whole(one.text) and not one.text.draft for one in back.own)
    kept = administering.read_words(stage.services, ADMINISTRATOR, accepted.text.sha256)
    assert kept.title == "Primero"


def second_language(stage: Stage) -> str:
    return administering.read_texts(stage.services, ADMINISTRATOR, "pt").shipped.title


def test_two_administrators_do_not_overwrite_each_other() -> None:
    stage = created()
    administering.write_text(stage.services, ADMINISTRATOR, "es", own_text("Uno"), 0)
    administering.write_policy(stage.services, ADMINISTRATOR, ConsentPolicy(), 0)
    with pytest.raises(StaleVersion):
        administering.write_text(stage.services, ADMINISTRATOR, "es", own_text("Otro"), 0)
    with pytest.raises(StaleVersion):
        administering.write_policy(stage.services, ADMINISTRATOR, ConsentPolicy(), 0)


def test_a_crash_leaves_a_version_whole_or_none() -> None:
    def write(stage: Stage) -> None:
        done = administering.read_texts(stage.services, ADMINISTRATOR, "es").version
        if not done:
            administering.write_text(stage.services, ADMINISTRATOR, "es", own_text("Uno"), 0)

    def check(stage: Stage) -> None:
        texts = administering.read_texts(stage.services, ADMINISTRATOR, "es")
        assert [one.number for one in texts.own] == [1]

    assert crash_everywhere(created, store_of, write, check) >= 2


def test_a_text_without_its_required_boxes_is_no_text() -> None:
    with pytest.raises(ValueError, match="health_data"):
        OwnTextBody.model_validate(
            {
                "title": "Sin casilla",
                "sections": ({"heading": "Uno", "text": "Palabras."},),
                "labels": {BoxCode.TELECONSULTATION: "Acepto."},
                "refusal": "Puede negarse.",
            }
        )


def test_only_administrators_write_and_no_machine_writes_words() -> None:
    stage = created()
    machine = call(partner("consults.admin"))
    for who in (call(user(Role.PHYSICIAN)), call(user(Role.FRONT_DESK)), machine):
        with pytest.raises(Forbidden):
            administering.write_text(stage.services, who, "es", own_text("Uno"), 0)
    with pytest.raises(Forbidden):
        administering.write_policy(stage.services, call(user(Role.PHYSICIAN)), ConsentPolicy(), 0)
    with pytest.raises(Forbidden):
        administering.read_texts(stage.services, call(user(Role.AUDITOR)), "es")
