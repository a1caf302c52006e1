"""Asking the consults service whose a teleconsultation is, in the caller's own name."""

import httpx
import pytest

from telesalud.patients.neighbours.consults_http import HttpConsults
from telesalud.platform.errors import Forbidden, NotFound, Unauthenticated, Unavailable
from tests.worlds.patients.teleconsultations import CONSULT

PATIENT = "01900000-0000-7000-a000-0000000000bb"


def consults(answer: httpx.Response | Exception, seen: list[httpx.Request]) -> HttpConsults:
    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    client = httpx.Client(transport=httpx.MockTransport(handle))
    return HttpConsults("https://clinic.example/api", "Bearer the.callers.token", lambda: client)


def test_the_caller_is_who_asks() -> None:
    seen: list[httpx.Request] = []
    answer = httpx.Response(200, json={"patient": {"id": PATIENT}, "of_a_later_release": 1})
    assert consults(answer, seen).patient_of(CONSULT) == PATIENT
    assert seen[0].url.path == f"/api/consults/{CONSULT}"
    assert seen[0].headers["authorization"] == "Bearer the.callers.token"


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (httpx.Response(404), NotFound),
        (httpx.Response(403), Forbidden),
        (httpx.Response(401), Unauthenticated),
        (httpx.Response(500), Unavailable),
        (httpx.ReadTimeout("late"), Unavailable),
    ],
)
def test_every_other_answer_is_a_refusal_that_says_what_it_means(
    answer: httpx.Response | Exception, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        consults(answer, []).patient_of(CONSULT)
