"""What another context refuses is refused here, and nothing is asked in nobody's name."""

import httpx
import pytest
import respx

from telesalud.platform.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    StaleVersion,
    Unauthenticated,
    Unavailable,
)
from telesalud.platform.partners.in_their_name import InTheirName

BASE = "https://clinic.example/api"
CLIENT = httpx.Client()


def asking(authorization: str = "Bearer theirs") -> InTheirName:
    return InTheirName(BASE, authorization, lambda: CLIENT)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, Unauthenticated),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (410, Gone),
        (412, StaleVersion),
        (422, Invalid),
        (429, Unavailable),
        (500, Unavailable),
        (302, Unavailable),
    ],
)
@respx.mock
def test_a_refusal_over_there_is_the_same_refusal_here(
    status: int, kind: type[DomainError]
) -> None:
    respx.get(f"{BASE}/patients/1").respond(status, text="no problem document")
    with pytest.raises(DomainError) as refused:
        asking().ask("GET", "/patients/1")
    assert type(refused.value) is kind


@respx.mock
def test_why_and_which_right_was_missing_are_told_on() -> None:
    said = {"detail": "this needs the right patients.read", "right": "patients.read"}
    respx.get(f"{BASE}/patients/1").respond(403, json=said)
    with pytest.raises(Forbidden, match="this needs the right") as refused:
        asking().ask("GET", "/patients/1")
    assert refused.value.extra == {"right": "patients.read"}


@respx.mock
def test_a_write_is_repeatable_and_on_the_version_that_was_read() -> None:
    route = respx.post(f"{BASE}/orders/1/results").respond(201, text="{}")
    assert asking().ask("POST", "/orders/1/results", "{}", "key-0001", 7) == b"{}"
    sent = route.calls.last.request
    assert (sent.headers["idempotency-key"], sent.headers["if-match"]) == ("key-0001", '"7"')
    assert sent.headers["authorization"] == "Bearer theirs"
    assert sent.headers["content-type"] == "application/json"


@respx.mock
def test_nothing_is_asked_without_a_token_and_silence_may_be_cured() -> None:
    route = respx.get(f"{BASE}/patients/1").mock(side_effect=httpx.ReadTimeout("late"))
    with pytest.raises(Unauthenticated):
        asking("").ask("GET", "/patients/1")
    assert not route.called
    with pytest.raises(Unavailable):
        asking().ask("GET", "/patients/1")
