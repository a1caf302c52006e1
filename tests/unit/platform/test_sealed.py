"""What an item holds opens in the releases before and after the one that wrote it."""

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from telesalud.platform.sealed import from_json, to_json


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    code: str


class Whole(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    part: Part
    parts: tuple[Part, ...] = ()
    named: dict[str, Part] = {}


LATER = (
    '{"part":{"code":"a","new":1},"parts":[{"code":"b","new":[2]}],'
    '"named":{"x":{"code":"c","new":{"d":3}}},"newer":"ñ"}'
)


def test_fields_of_a_later_release_survive_a_change_by_this_one() -> None:
    opened = from_json(Whole, LATER)
    changed = opened.model_copy(update={"part": opened.part.model_copy(update={"code": "z"})})
    assert from_json(Whole, to_json(changed)).part.model_extra == {"new": 1}
    assert '"new": [2]' in to_json(changed)
    assert '"newer": "ñ"' in to_json(changed)


def test_an_answer_never_shows_what_this_release_does_not_know() -> None:
    assert from_json(Whole, LATER).model_dump(mode="json") == {
        "part": {"code": "a"},
        "parts": [{"code": "b"}],
        "named": {"x": {"code": "c"}},
    }


def test_what_is_known_is_written_as_ever() -> None:
    whole = Whole(part=Part(code="a"))
    assert to_json(whole) == whole.model_dump_json()


def test_a_wrong_value_is_refused_although_unknown_fields_are_not() -> None:
    with pytest.raises(ValidationError):
        from_json(Whole, '{"part":{"code":7,"new":1}}')
