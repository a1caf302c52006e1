"""The texts that come with the product: whole in every country and language, and truly hashed."""

import hashlib
import json
import re
from itertools import product
from pathlib import Path

import pytest

from schemas.consents import REQUIRED, BoxCode, ConsentPolicy
from schemas.consults import Clinic
from telesalud.consults.consent import texts
from telesalud.consults.consent.texts import Speaker, shipped
from telesalud.platform.consent_words import is_whole, printed
from telesalud.platform.law import FLOORS, floor_of

DATA = Path(texts.__file__).parent / "data"
COUNTRIES = sorted(json.loads((DATA / "countries.json").read_text("utf-8")))
LANGUAGES = ("es", "pt", "en")
NOBODY = Speaker(ConsentPolicy(), None)
CLINIC = Clinic(name="Hospital Demostración", phone="+51 1 555 0100")


def speaker(country: str, **said: str | int) -> Speaker:
    return Speaker(ConsentPolicy.model_validate({"country": country, **said}), CLINIC)


@pytest.mark.parametrize(("country", "language"), list(product([*COUNTRIES, "BO"], LANGUAGES)))
def test_a_text_leaves_nothing_open_whatever_is_known(country: str, language: str) -> None:
    full = {
        "controller": "Red Demostración",
        "address": "Calle 1",
        "contact": "datos@demostracion.example",
        "processor": "Nube Demostración",
        "stored_in": "Brasil",
    }
    bare = NOBODY if not country else Speaker(ConsentPolicy(country=country), None)
    for who in (bare, speaker(country, **full) if country else Speaker(ConsentPolicy(), CLINIC)):
        text = shipped(who, language)
        words = printed(text)
        assert not re.search(r"[{}\[\]](?! )|None|  |\.\.", words.replace("[ ]", "")), words
        assert all(line[:1] == line[:1].upper() for line in words.splitlines()), words
        assert {box.code for box in text.boxes if box.required} == REQUIRED
        assert {box.code for box in text.boxes} == set(BoxCode)
        assert text.draft, "no lawyer of the institution has seen it"
        assert is_whole(text)


@pytest.mark.parametrize("country", [code for code in COUNTRIES if code])
def test_a_countrys_text_names_its_law_authority_and_years_and_has_sources(country: str) -> None:
    known = json.loads((DATA / "countries.json").read_text("utf-8"))[country]
    words = printed(shipped(speaker(country), "es"))
    assert known["sources"]
    for said in (*known["laws"], known["authority"], f"{floor_of(country)} años", "Hospital Dem"):
        assert said in words
    assert shipped(speaker(country), "es").id == f"telesalud/{country}"


def test_each_country_whose_retention_is_known_has_a_text_of_its_own() -> None:
    assert set(FLOORS) <= set(COUNTRIES)


@pytest.mark.parametrize(("country", "years"), [("HN", 21), ("PR", 21), ("PE", 18), ("BO", 18)])
def test_who_decides_for_themselves_follows_the_countrys_majority(country: str, years: int) -> None:
    text = shipped(speaker(country), "es")
    assert text.majority == years
    assert f"menos de {years} años" in printed(text)


def test_a_shorter_retention_than_the_laws_is_never_told() -> None:
    assert "20 años" in printed(shipped(speaker("PE", retention_years=5), "es"))
    assert "30 años" in printed(shipped(speaker("PE", retention_years=30), "es"))


def test_the_hash_is_of_the_words_as_anybody_can_type_them_again() -> None:
    text = shipped(speaker("BR"), "pt")
    assert hashlib.sha256(printed(text).encode()).hexdigest() == text.sha256
    other = text.model_copy(update={"refusal": text.refusal + " "})
    assert not is_whole(other)
