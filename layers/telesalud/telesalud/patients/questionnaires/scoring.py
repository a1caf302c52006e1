"""What a filled form says: scores with their severity, alerts, and observations for the chart."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from telesalud.patients.questionnaires.answers import Given, answers_by_link, enabled_items
from telesalud.patients.questionnaires.library import Form, ScoreDefinition
from telesalud.patients.questionnaires.models import (
    Answer,
    Coding,
    Item,
    QuestionnaireResponse,
    find_option,
)

LOINC = "http://loinc.org"


@dataclass(frozen=True, slots=True)
class Score:
    """One sum. While answers are missing `value` and `severity` are None.

    `alerts` are codes of single answers that need somebody at once, known even when the sum is
    not.
    """

    code: Coding
    value: int | None
    severity: str | None
    alerts: tuple[str, ...]
    missing: tuple[str, ...]
    alarming: tuple[str, ...] = ()
    """The questions of these alerts."""


@dataclass(frozen=True, slots=True)
class ObservationDraft:
    """What becomes an Observation: a LOINC code and one value; UCUM unit for numbers."""

    code: Coding
    value: Decimal | bool | date | str | Coding
    unit: str | None


@dataclass(frozen=True, slots=True)
class Respondent:
    """Whose answers they are, as far as it changes how a sum is read."""

    sex: str = "unknown"
    years: int = 0


ANYBODY = Respondent()


def score(form: Form, response: QuestionnaireResponse, who: Respondent = ANYBODY) -> list[Score]:
    """Every score of the form. Questions that do not apply count nothing and are not missing."""
    given = answers_by_link(response)
    items = {item.link_id: item for item in enabled_items(form.questionnaire.item, given)}
    return [_score(definition, items, given, who) for definition in form.scores]


def observations(form: Form, response: QuestionnaireResponse) -> list[ObservationDraft]:
    """The complete scores, and the answers to questions that carry a LOINC code."""
    made = [
        ObservationDraft(result.code, Decimal(result.value), "{score}")
        for result in score(form, response)
        if result.value is not None
    ]
    given = answers_by_link(response)
    for item in enabled_items(form.questionnaire.item, given):
        codes = [code for code in item.code if code.system == LOINC]
        answers = given.get(item.link_id, ()) if codes else ()
        made += [ObservationDraft(codes[0], _value(item, a), _unit(a)) for a in answers]
    return made


def _score(
    definition: ScoreDefinition, items: dict[str, Item], given: Given, who: Respondent
) -> Score:
    counted = {link: _ordinal(items[link], given) for link in definition.items if link in items}
    missing = tuple(link for link, value in counted.items() if value is None)
    ringing = [
        alert
        for alert in definition.alerts
        if (value := counted.get(alert.link_id)) is not None and value >= alert.at_least
    ]
    alerts = tuple(alert.code for alert in ringing)
    alarming = tuple(alert.link_id for alert in ringing)
    if missing:
        return Score(definition.code, None, None, alerts, missing, alarming)
    total = sum(value for value in counted.values() if value is not None)
    bands = definition.bands_for(who.sex, who.years)
    band = next(b for b in bands if b.minimum <= total <= b.maximum)
    return Score(definition.code, total, band.severity, alerts, (), alarming)


def _ordinal(item: Item, given: Given) -> int | None:
    answers = given.get(item.link_id)
    if not answers or answers[0].value_coding is None:
        return None
    # The ordinal comes from the form: what a client sends beside its answer does not count.
    option = find_option(item.answer_option, answers[0].value_coding)
    return None if option is None or option.ordinal is None else int(option.ordinal)


def _value(item: Item, answer: Answer) -> Decimal | bool | date | str | Coding:
    value = answer.value
    if isinstance(value, Coding):
        option = find_option(item.answer_option, value) or value
        return Coding(system=option.system, code=option.code, display=option.display)
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _unit(answer: Answer) -> str | None:
    numeric = answer.value_decimal is not None or answer.value_integer is not None
    return "1" if numeric else None
