"""The forms that are shipped, with the scores that each of them defines.

One JSON file per form: `questionnaire` is the FHIR resource, `scores` say which answers are added
up, under which LOINC code the sum is observed, how it is read, and which single answers need
somebody at once.
"""

import json
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

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


class ScoreDefinition(_Strict):
    """The sum of the ordinals of the answers to `items`."""

    code: Coding
    items: Annotated[tuple[str, ...], Field(min_length=1)]
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    alerts: tuple[Alert, ...] = ()
    source: str


class Form(_Strict):
    """A questionnaire with its scores."""

    questionnaire: Questionnaire
    from_years: int | None = None
    """Age from which the questionnaire was validated."""
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
            covered = [n for b in score.bands for n in range(b.minimum, b.maximum + 1)]
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
