"""The forms that are shipped, with the scores that each of them defines.

One JSON file per form: `questionnaire` is the FHIR resource, `scores` say which answers are added
up, under which LOINC code the sum is observed, how it is read, and which single answers need
somebody at once.
"""

import json
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.encounters import Sensitivity
from telesalud.patients.questionnaires.models import Coding, Language, Questionnaire
from telesalud.platform.errors import NotFound


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Band(_Strict):
    """Scores `minimum` to `maximum`, both included, mean `severity`; `text` by language."""

    minimum: int
    maximum: int
    severity: str
    text: dict[Language, str]


class Alert(_Strict):
    """An answer that counts at least `at_least` needs attention whatever the sum is."""

    link_id: str
    at_least: int
    code: str


class Reading(_Strict):
    """Other bands, for whom all that is said here is true; the first that fits is taken."""

    sex: Literal["male", "female"] | None = None
    from_years: int | None = None
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]

    def fits(self, sex: str, years: int) -> bool:
        """Whether somebody's sum is read so."""
        return self.sex in (None, sex) and years >= (self.from_years or 0)


class ScoreDefinition(_Strict):
    """The sum of the ordinals of the answers to `items`."""

    code: Coding
    items: Annotated[tuple[str, ...], Field(min_length=1)]
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    readings: tuple[Reading, ...] = ()
    alerts: tuple[Alert, ...] = ()
    source: str

    def bands_for(self, sex: str, years: int) -> tuple[Band, ...]:
        """How a sum is read of somebody of a sex and an age."""
        return next((one.bands for one in self.readings if one.fits(sex, years)), self.bands)


class Licence(_Strict):
    """Who holds the rights to a form, and what they allow."""

    holder: str
    terms: str
    use: Literal["free", "not-commercial"]
    """`not-commercial`: neither for sale nor for use in conjunction with commercial purposes."""
    source: str


class Form(_Strict):
    """A questionnaire with its scores."""

    questionnaire: Questionnaire
    licence: Licence
    from_years: int | None = None
    """Age from which the questionnaire was validated."""
    sensitivity: Sensitivity | None = None
    """What a form is about by itself; who fills it may add labels."""
    counts_drinks: bool = False
    """Whether its questions speak of standard drinks, whose size is the country's."""
    scores: tuple[ScoreDefinition, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        items = {item.link_id: item for item in self.questionnaire.walk()}
        for score in self.scores:
            options = [items[link].answer_option for link in score.items]
            ordinals = [[o.value_coding.ordinal for o in choice] for choice in options]
            if any(None in choice for choice in ordinals):
                raise ValueError("every answer to a scored question needs an ordinal")
            top = sum(max(o or Decimal(0) for o in choice) for choice in ordinals)
            for bands in (score.bands, *(reading.bands for reading in score.readings)):
                covered = [n for b in bands for n in range(b.minimum, b.maximum + 1)]
                if covered != list(range(int(top) + 1)):
                    raise ValueError("the bands must cover every possible score once, in order")
        return self


@cache
def available() -> tuple[str, ...]:
    """The ids of the forms shipped, sorted."""
    names = (entry.name for entry in files(__package__).joinpath("data").iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in names if name.endswith(".json")))


@cache
def load(form_id: str) -> Form:
    """The form with this id. Raises NotFound."""
    if form_id not in available():
        raise NotFound(f"there is no form {form_id!r}")
    path = files(__package__).joinpath("data", f"{form_id}.json")
    # Decimals are read as such: a binary fraction would change what a score adds up.
    return Form.model_validate(json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal))
