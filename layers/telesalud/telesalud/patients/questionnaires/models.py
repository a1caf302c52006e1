"""The subset of FHIR R4 Questionnaire and QuestionnaireResponse that forms need.

Sources: HL7 FHIR R4 (4.0.1), Questionnaire and QuestionnaireResponse; extensions `translation`
(one file holds all languages) and `ordinalValue` (what an answer counts in a score). JSON names
are FHIR's. A resource that uses anything outside of the subset is refused rather than half read.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, model_validator
from pydantic.alias_generators import to_camel

TRANSLATION: Final = "http://hl7.org/fhir/StructureDefinition/translation"
ORDINAL: Final = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
Language = Literal["es", "pt", "en"]
LINK_ID: Final = r"^[a-z0-9][a-z0-9.\-]{0,63}$"


def _json_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


# FHIR's decimals are JSON numbers; pydantic would write a Decimal as text.
Number = Annotated[Decimal, PlainSerializer(_json_number, when_used="json-unless-none")]


class _Fhir(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True
    )

    def to_fhir(self) -> dict[str, Any]:
        """FHIR JSON: its names, and nothing that is empty, which FHIR forbids."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)


class Extension(_Fhir):
    """An extension with one of the values that the subset uses, or with extensions inside."""

    url: str
    value_code: str | None = None
    value_string: str | None = None
    value_decimal: Number | None = None
    extension: tuple["Extension", ...] = ()


class Extended(_Fhir):
    """What FHIR JSON puts beside a primitive, under its name with an underscore."""

    extension: tuple[Extension, ...]

    def in_language(self, language: Language) -> str | None:
        """The translation into `language`, if there is one."""
        for outer in self.extension:
            parts = {inner.url: inner for inner in outer.extension}
            if outer.url == TRANSLATION and parts["lang"].value_code == language:
                return parts["content"].value_string
        return None


class Coding(_Fhir):
    """A code with its display in the resource's language."""

    system: str | None = None
    code: str
    display: str | None = None
    display_extended: Extended | None = Field(default=None, alias="_display")
    extension: tuple[Extension, ...] = ()

    @property
    def ordinal(self) -> Decimal | None:
        """What this answer counts, or None outside of scores."""
        return next((e.value_decimal for e in self.extension if e.url == ORDINAL), None)

    def same(self, other: "Coding") -> bool:
        """Whether both mean the same; displays do not matter."""
        return (self.system, self.code) == (other.system, other.code)


class AnswerOption(_Fhir):
    """One choice."""

    value_coding: Coding


class EnableWhen(_Fhir):
    """A condition on the answer to another question."""

    question: str
    operator: Literal["exists", "=", "!=", ">", "<", ">=", "<="]
    answer_boolean: bool | None = None
    answer_decimal: Number | None = None
    answer_integer: int | None = None
    answer_coding: Coding | None = None

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        present = [
            value
            for value in (
                self.answer_boolean,
                self.answer_decimal,
                self.answer_integer,
                self.answer_coding,
            )
            if value is not None
        ]
        if len(present) != 1:
            raise ValueError("a condition compares with exactly one answer")
        ordered = self.answer_integer is not None or self.answer_decimal is not None
        if self.operator in ("<", ">", "<=", ">=") and not ordered:
            raise ValueError("only numbers can be compared by order")
        if self.operator == "exists" and self.answer_boolean is None:
            raise ValueError("'exists' needs a boolean")
        return self


ItemType = Literal[
    "group", "display", "boolean", "decimal", "integer", "date", "string", "text", "choice"
]


class Item(_Fhir):
    """A question, a group of them, or a text to read."""

    link_id: Annotated[str, Field(pattern=LINK_ID)]
    text: str
    text_extended: Extended | None = Field(default=None, alias="_text")
    type: ItemType
    code: tuple[Coding, ...] = ()
    enable_when: tuple[EnableWhen, ...] = ()
    enable_behavior: Literal["all", "any"] | None = None
    required: bool = False
    repeats: bool = False
    max_length: Annotated[int, Field(ge=1, le=10_000)] | None = None
    answer_option: tuple[AnswerOption, ...] = ()
    item: tuple["Item", ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.type == "choice") != bool(self.answer_option):
            raise ValueError(f"{self.link_id}: a choice has options, nothing else has")
        if self.item and self.type != "group":
            raise ValueError(f"{self.link_id}: only a group holds items")
        if len(self.enable_when) > 1 and self.enable_behavior is None:
            raise ValueError(f"{self.link_id}: several conditions need enableBehavior")
        return self

    def walk(self) -> Iterator["Item"]:
        """This item and all below, in order."""
        yield self
        for below in self.item:
            yield from below.walk()


class Questionnaire(_Fhir):
    """A form. `url` with `version` names it for ever; a changed form is a new version."""

    resource_type: Literal["Questionnaire"]
    id: str
    url: str
    version: str
    name: str
    title: str
    title_extended: Extended | None = Field(default=None, alias="_title")
    status: Literal["draft", "active", "retired"]
    language: Language
    subject_type: tuple[Literal["Patient"], ...] = ("Patient",)
    publisher: str | None = None
    copyright: str | None = None
    code: tuple[Coding, ...] = ()
    item: Annotated[tuple[Item, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _links(self) -> Self:
        seen: set[str] = set()
        for item in self.walk():
            if item.link_id in seen:
                raise ValueError(f"linkId {item.link_id!r} occurs twice")
            for condition in item.enable_when:
                # A question may only depend on an earlier one, so that no circle can arise.
                if condition.question not in seen:
                    raise ValueError(f"{item.link_id} depends on a question that is not before it")
            seen.add(item.link_id)
        return self

    @property
    def canonical(self) -> str:
        """What a response names: `url|version`."""
        return f"{self.url}|{self.version}"

    def walk(self) -> Iterator[Item]:
        """Every item in order."""
        for item in self.item:
            yield from item.walk()

    def localized(self, language: Language) -> "Questionnaire":
        """The form in one language, without the others; what has no translation stays."""
        return self.model_copy(
            update={
                "language": language,
                "title": _translated(self.title, self.title_extended, language),
                "title_extended": None,
                "item": tuple(_localized(item, language) for item in self.item),
            }
        )


class Answer(_Fhir):
    """One answer: exactly one value."""

    value_boolean: bool | None = None
    value_decimal: Number | None = None
    value_integer: int | None = None
    value_date: date | None = None
    value_string: str | None = None
    value_coding: Coding | None = None

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        if len(self.model_dump(exclude_none=True)) != 1:
            raise ValueError("an answer has exactly one value")
        return self

    @property
    def value(self) -> bool | Decimal | int | date | str | Coding:
        """The value, whatever its type."""
        given = (
            self.value_boolean,
            self.value_decimal,
            self.value_integer,
            self.value_date,
            self.value_string,
            self.value_coding,
        )
        return next(value for value in given if value is not None)


class ResponseItem(_Fhir):
    """The answers to one question, or the items of one group."""

    link_id: Annotated[str, Field(pattern=LINK_ID)]
    answer: tuple[Answer, ...] = ()
    item: tuple["ResponseItem", ...] = ()


class QuestionnaireResponse(_Fhir):
    """A filled form."""

    resource_type: Literal["QuestionnaireResponse"]
    questionnaire: str
    status: Literal["in-progress", "completed"]
    item: tuple[ResponseItem, ...] = ()


def _translated(text: str, extended: Extended | None, language: Language) -> str:
    return (extended.in_language(language) if extended else None) or text


def _localized(item: Item, language: Language) -> Item:
    return item.model_copy(
        update={
            "text": _translated(item.text, item.text_extended, language),
            "text_extended": None,
            "answer_option": tuple(
                AnswerOption(value_coding=_localized_coding(option.value_coding, language))
                for option in item.answer_option
            ),
            "item": tuple(_localized(below, language) for below in item.item),
        }
    )


def _localized_coding(coding: Coding, language: Language) -> Coding:
    display = _translated(coding.display or coding.code, coding.display_extended, language)
    return coding.model_copy(update={"display": display, "display_extended": None})


def find_option(options: Sequence[AnswerOption], coding: Coding) -> Coding | None:
    """The option that an answer chose; the option's own display and ordinal count."""
    return next((o.value_coding for o in options if o.value_coding.same(coding)), None)
