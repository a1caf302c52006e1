"""Dates that no calendar of ours can hold are refused where they come in, never a 500."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import Field
from pydantic import ValidationError as Refused

from schemas.common import Contract, Day, Moment, Query
from telesalud.platform.errors import Invalid
from telesalud.platform.http.operations import Auth, Group
from telesalud.platform.http.parsing import Raw, parse
from telesalud.platform.validation import check_days

PUBLIC = Auth.PUBLIC


class Inner(Contract):
    days: tuple[Day, ...] = ()
    named: dict[str, Moment] = Field(default_factory=dict)
    since: Moment | None = Field(default=None, alias="from")


class Wanted(Query):
    on: Day


class Outer(Contract):
    inner: Inner = Inner()
    at: Moment | None = None
    text: str = "9999-12-31"


def pointers(body: Any) -> list[str]:
    given = Outer.model_validate_json(json.dumps(body))
    try:
        check_days(given)
    except Invalid as refused:
        return [fault.pointer for fault in refused.fields]
    return []


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59.999999-00:01",
    ],
)
def test_a_moment_that_utc_cannot_say_is_a_wrong_field(text: str) -> None:
    with pytest.raises(Refused, match="UTC"):
        Outer.model_validate_json(json.dumps({"at": text}))


@pytest.mark.parametrize("year", ["0001", "1583", "1899", "2201", "9999"])
def test_days_out_of_range_are_found_wherever_they_stand(year: str) -> None:
    day, moment = f"{year}-06-15", f"{year}-06-15T12:00:00Z"
    assert pointers({"at": moment}) == ["/at"]
    assert pointers({"inner": {"days": ["2026-01-01", day]}}) == ["/inner/days/1"]
    assert pointers({"inner": {"named": {"first": moment}}}) == ["/inner/named/first"]
    assert pointers({"inner": {"from": moment}}) == ["/inner/from"]


def test_the_days_of_people_pass() -> None:
    moments = {"a": "1900-01-01T00:00:00Z", "b": "2200-12-31T23:59:59Z"}
    body = {"inner": {"days": ["1900-01-01", "2200-12-31", "2024-02-29"], "named": moments}}
    assert pointers(body) == []


def test_what_passes_leaves_room_for_every_zone_and_interval() -> None:
    for day in (date(1900, 1, 1), date(2200, 12, 31)):
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
        assert moment - timedelta(days=365 * 200) < moment < moment + timedelta(days=365 * 200)


def test_a_request_is_refused_by_the_field() -> None:
    group = Group("")
    group.add("POST", "/t", lambda _: None, name="add", summary="Add", body=Outer, auth=PUBLIC)
    group.add("GET", "/t", lambda _: None, name="find", summary="Find", query=Wanted, auth=PUBLIC)
    create, find = group.operations
    with pytest.raises(Invalid) as refused:
        parse(create, Raw({}, body=b'{"at": "9999-12-31T23:59:59Z"}'), behind_door=False)
    assert [fault.pointer for fault in refused.value.fields] == ["/at"]
    with pytest.raises(Invalid) as refused:
        parse(find, Raw({}, query={"on": ["0001-01-01"]}), behind_door=False)
    assert [fault.pointer for fault in refused.value.fields] == ["/query/on"]
