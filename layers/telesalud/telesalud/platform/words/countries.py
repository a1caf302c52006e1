"""How a country says things: its words over a language's, and its decimal sign (Unicode CLDR).

`countries.json` has a row a country (ISO 3166-1 alpha-2) with its time zones. What a row does not
say is said as the language says it. Where nobody named the country of an institution, the time
zone of the place tells it.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, RootModel

LANGUAGES: Final = ("es", "pt", "en")


class Country(BaseModel):
    """What is said otherwise in a country."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    decimal: str = Field(pattern=r"^[.,]$")
    """The decimal sign of its Spanish; Portuguese and English keep theirs."""
    zones: tuple[str, ...] = ()
    """Time zones of its places; a name that ends in a slash stands for all below it."""
    es: Mapping[str, str] = {}
    pt: Mapping[str, str] = {}
    en: Mapping[str, str] = {}

    def words(self, language: str) -> Mapping[str, str]:
        """Its words in a language, by the room of the base and the name there: `papers.record`."""
        return {"es": self.es, "pt": self.pt, "en": self.en}[language]


@cache
def countries() -> Mapping[str, Country]:
    """All that we know, by code."""
    text = (Path(__file__).parent / "countries.json").read_text(encoding="utf-8")
    return RootModel[dict[str, Country]].model_validate(json.loads(text)).root


def country_of(zone: str | None) -> str | None:
    """The country that a time zone lies in, as far as we know it."""
    return _by_zone(zone) if zone else None


@cache
def _by_zone(zone: str) -> str | None:
    return next(
        (
            code
            for code, country in countries().items()
            for name in country.zones
            if zone == name or (name.endswith("/") and zone.startswith(name))
        ),
        None,
    )


def word(country: str | None, language: str, name: str, default: str) -> str:
    """A word as the country says it, else as the language does."""
    found = countries().get(country or "")
    return found.words(language).get(name, default) if found else default


def comma(country: str | None, language: str) -> bool:
    """Whether decimals have a comma: always in Portuguese, never in English, else by country."""
    if language != "es":
        return language == "pt"
    found = countries().get(country or "")
    return found is not None and found.decimal == ","
