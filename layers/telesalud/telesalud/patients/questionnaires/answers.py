"""Checks a filled form against its questionnaire."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Final

from telesalud.patients.questionnaires.models import (
    Answer,
    EnableWhen,
    Item,
    Questionnaire,
    QuestionnaireResponse,
    ResponseItem,
    find_option,
)
from telesalud.platform.errors import FieldError, Invalid

Given = Mapping[str, Sequence[Answer]]
"""Answers by linkId."""

_VALUES: Final = {
    "boolean": "value_boolean",
    "decimal": "value_decimal",
    "integer": "value_integer",
    "date": "value_date",
    "string": "value_string",
    "text": "value_string",
    "choice": "value_coding",
}
_ORDER: Final = {">": gt, "<": lt, ">=": ge, "<=": le}
DEFAULT_MAX_LENGTH: Final = 4_000


def check_response(questionnaire: Questionnaire, response: QuestionnaireResponse) -> None:
    """Raises Invalid with every fault by JSON Pointer into the response.

    While a response is `in-progress` required questions may be open; everything else must hold.
    """
    if response.questionnaire != questionnaire.canonical:
        detail = f"this form is {questionnaire.canonical}"
        raise Invalid(fields=[FieldError("/questionnaire", "other-form", detail)])
    given = answers_by_link(response)
    errors = list(_check_items(questionnaire.item, response.item, "", given))
    if response.status == "completed":
        errors += _missing(questionnaire.item, given)
    if errors:
        raise Invalid("some answers are missing or do not fit the form", fields=errors)


def answers_by_link(response: QuestionnaireResponse) -> Given:
    """Every answer by the linkId of its question."""
    return {item.link_id: item.answer for item in _walk(response.item) if item.answer}


def is_enabled(item: Item, given: Given) -> bool:
    """Whether the conditions of an item hold for the answers given."""
    if not item.enable_when:
        return True
    met = (_holds(condition, given.get(condition.question, ())) for condition in item.enable_when)
    return any(met) if item.enable_behavior == "any" else all(met)


def enabled_items(items: Sequence[Item], given: Given) -> Iterator[Item]:
    """The questions that apply, groups left out; below a disabled group nothing applies."""
    for item in items:
        if is_enabled(item, given):
            if item.type == "group":
                yield from enabled_items(item.item, given)
            else:
                yield item


def _walk(items: Sequence[ResponseItem]) -> Iterator[ResponseItem]:
    for item in items:
        yield item
        yield from _walk(item.item)


def _holds(condition: EnableWhen, answers: Sequence[Answer]) -> bool:
    if condition.operator == "exists":
        return bool(answers) == condition.answer_boolean
    if not answers:
        return False  # FHIR: a comparison with a question that has no answer is false
    if condition.operator == "=":
        return any(_equal(answer, condition) for answer in answers)
    if condition.operator == "!=":
        return not any(_equal(answer, condition) for answer in answers)
    wanted = _number(condition.answer_integer, condition.answer_decimal)
    values = [_number(answer.value_integer, answer.value_decimal) for answer in answers]
    compare = _ORDER[condition.operator]
    return wanted is not None and any(v is not None and compare(v, wanted) for v in values)


def _number(integer: int | None, decimal: Decimal | None) -> Decimal | None:
    return decimal if integer is None else Decimal(integer)


def _equal(answer: Answer, condition: EnableWhen) -> bool:
    if condition.answer_coding:
        return bool(answer.value_coding and answer.value_coding.same(condition.answer_coding))
    if condition.answer_boolean is not None:
        return answer.value_boolean == condition.answer_boolean
    wanted = _number(condition.answer_integer, condition.answer_decimal)
    return _number(answer.value_integer, answer.value_decimal) == wanted


def _check_items(
    items: Sequence[Item], filled: Sequence[ResponseItem], path: str, given: Given
) -> Iterator[FieldError]:
    known = {item.link_id: item for item in items}
    seen: set[str] = set()
    for index, entry in enumerate(filled):
        here = f"{path}/item/{index}"
        item = known.get(entry.link_id)
        if item is None or item.type == "display":
            yield FieldError(here, "unknown-question", f"no question {entry.link_id!r} here")
        elif entry.link_id in seen:
            yield FieldError(here, "repeated-question", f"{entry.link_id!r} is answered twice")
        elif not is_enabled(item, given):
            yield FieldError(here, "not-enabled", f"{entry.link_id!r} does not apply")
        elif item.type == "group":
            if entry.answer:
                yield FieldError(here, "group-answered", "a group has items, not answers")
            yield from _check_items(item.item, entry.item, here, given)
        else:
            yield from _check_question(item, entry, here)
        seen.add(entry.link_id)


def _check_question(item: Item, entry: ResponseItem, here: str) -> Iterator[FieldError]:
    if entry.item:
        yield FieldError(here, "question-nested", "a question has answers, not items")
    if len(entry.answer) > 1 and not item.repeats:
        yield FieldError(here, "one-answer", "only one answer is possible")
    for index, answer in enumerate(entry.answer):
        yield from _check_answer(item, answer, f"{here}/answer/{index}")


def _check_answer(item: Item, answer: Answer, here: str) -> Iterator[FieldError]:
    if getattr(answer, _VALUES[item.type]) is None:
        yield FieldError(here, "type", f"this question is answered by a {item.type}")
    elif answer.value_coding and not find_option(item.answer_option, answer.value_coding):
        yield FieldError(here, "option", f"{answer.value_coding.code!r} is not one of the options")
    elif answer.value_decimal is not None and not answer.value_decimal.is_finite():
        yield FieldError(here, "number", "this is not a finite number")
    elif answer.value_string is not None:
        longest = item.max_length or DEFAULT_MAX_LENGTH
        if not answer.value_string.strip():
            yield FieldError(here, "empty", "leave the answer out instead of giving an empty one")
        elif len(answer.value_string) > longest:
            yield FieldError(here, "too-long", f"at most {longest} characters")


def _missing(items: Sequence[Item], given: Given) -> Iterator[FieldError]:
    for item in enabled_items(items, given):
        if item.required and item.link_id not in given:
            yield FieldError("/item", "required", f"{item.link_id!r} has no answer")
