"""Questionnaires in the chart: checked, scored, never changed once complete."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from schemas.chart import ChartQuery
from schemas.encounters import Sensitivity
from schemas.forms import FilledForm, FormBody, FormDefinition, FormQuery, FormStatus
from schemas.terminology import CountryProfileBody
from telesalud.patients import country
from telesalud.patients.questionnaires import filling
from telesalud.patients.questionnaires.library import load
from telesalud.platform.access import Role
from telesalud.platform.errors import Invalid, InvalidTransition, NotFound, StaleVersion
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.patients.people import register
from tests.worlds.patients.ward import DOCTOR, Ward, doctor
from tests.worlds.world import START, call, user

PHQ9 = load("phq-9")


@pytest.fixture
def ward() -> Ward:
    return Ward()


def response(ordinal: int, *, leave_out: int = 0, status: str = "completed") -> dict[str, Any]:
    """Every scored question answered with the option that counts `ordinal`."""
    items = {item.link_id: item for item in PHQ9.questionnaire.walk()}
    [definition] = PHQ9.scores
    answers = []
    for link in definition.items[: len(definition.items) - leave_out]:
        coding = next(
            o.value_coding for o in items[link].answer_option if o.value_coding.ordinal == ordinal
        )
        value = {"system": coding.system, "code": coding.code}
        plain = {name: text for name, text in value.items() if text}
        answers.append({"linkId": link, "answer": [{"valueCoding": plain}]})
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": PHQ9.questionnaire.canonical,
        "status": status,
        "item": answers,
    }


def body(ordinal: int = 1, **options: Any) -> FormBody:
    return FormBody(form="phq-9", response=response(ordinal, **options))


def submit(ward: Ward, given: FormBody, key: str = "") -> FilledForm:
    return filling.submit(ward.services, ward.by(key=key), ward.patient, given)


def listed(ward: Ward) -> tuple[FilledForm, ...]:
    return filling.list_filled(ward.services, ward.by(), ward.patient, ChartQuery()).items


def draft() -> FormBody:
    return body(1, leave_out=3, status="in-progress")


def test_a_form_is_scored_mapped_and_labelled_by_the_server(ward: Ward) -> None:
    filled = submit(ward, body(1))
    [found] = filled.scores
    assert (found.value, found.severity) == (9, PHQ9.scores[0].bands[1].severity)
    total = [one for one in filled.observations if one.code == PHQ9.scores[0].code.code]
    assert [one.value for one in total] == [9.0]
    assert filled.sensitivity == (Sensitivity.PSYCHIATRY,)
    assert listed(ward) == (filled,)


def test_an_answer_that_needs_somebody_is_announced_even_in_a_draft(ward: Ward) -> None:
    submit(ward, body(0))
    assert ward.world.events()[-1].type != "patients.form_alert"
    submit(ward, body(2))
    alert = ward.world.events()[-1]
    assert (alert.type, alert.data["form"]) == ("patients.form_alert", "phq-9")


def test_faults_point_into_the_response_and_nothing_is_kept(ward: Ward) -> None:
    with pytest.raises(Invalid) as refused:
        submit(ward, body(1, leave_out=2))
    assert {f.code for f in refused.value.fields} == {"required"}
    wrong = FormBody(form="phq-9", response={**response(1), "surprise": 1})
    with pytest.raises(Invalid) as malformed:
        submit(ward, wrong)
    assert all(f.pointer.startswith("/response") for f in malformed.value.fields)
    assert listed(ward) == ()


def test_a_draft_is_completed_and_then_stays(ward: Ward) -> None:
    begun = submit(ward, draft())
    assert (begun.status, begun.scores[0].value) == (FormStatus.IN_PROGRESS, None)
    services, by = ward.services, ward.by()
    done = filling.resubmit(services, by, ward.patient, begun.id, body(1), version=1)
    assert (done.status, done.version) == (FormStatus.COMPLETED, 2)
    with pytest.raises(StaleVersion):
        filling.resubmit(services, by, ward.patient, begun.id, body(2), version=1)
    with pytest.raises(InvalidTransition):
        filling.resubmit(services, by, ward.patient, begun.id, body(2), version=2)
    assert listed(ward) == (done,)


def test_submitting_survives_a_crash_at_any_step() -> None:
    def act(ward: Ward) -> None:
        with suppress(AnsweredBefore):
            submit(ward, body(1), key="submit-once")

    def check(ward: Ward) -> None:
        assert len(listed(ward)) == 1

    assert crash_everywhere(Ward, lambda w: w.world.store, act, check) > 0


def test_definitions_come_in_each_language(ward: Ward) -> None:
    titles = {
        language: filling.definition(
            ward.services, ward.by(), "intake", FormQuery(language=language)
        ).questionnaire["title"]
        for language in ("es", "pt", "en")
    }
    assert len(set(map(str, titles.values()))) == 3
    names = [one.id for one in filling.catalogue(ward.by(), FormQuery()).items]
    assert names == ["audit", "gad-7", "intake", "phq-9", "teleconsultation-consent"]
    with pytest.raises(NotFound):
        filling.definition(ward.services, ward.by(), "nope", FormQuery())


def test_forms_of_another_institution_do_not_exist(ward: Ward) -> None:
    filled = submit(ward, draft())
    stranger = ward.by(doctor("clinic-two"))
    with pytest.raises(NotFound):
        filling.submit(ward.services, stranger, ward.patient, body(1))
    with pytest.raises(NotFound):
        filling.resubmit(ward.services, stranger, ward.patient, filled.id, body(1), version=1)
    with pytest.raises(NotFound):
        filling.list_filled(ward.services, stranger, ward.patient, ChartQuery())


def test_a_form_is_refused_for_who_is_younger_than_those_it_was_validated_for(ward: Ward) -> None:
    day = START.date()
    child = day.replace(year=day.year - 12) + timedelta(days=1)
    ward.patient = register(ward.world, subject=DOCTOR, birth_date=child).id
    for given in (body(1), draft()):
        with pytest.raises(Invalid) as refused:
            submit(ward, given)
        [fault] = refused.value.fields
        assert (fault.pointer, fault.code, fault.params["from_years"]) == (
            "/form",
            "outside-age",
            12,
        )
    assert listed(ward) == ()
    ward.patient = register(
        ward.world,
        subject=DOCTOR,
        birth_date=child,
        birth_date_estimated=True,
        confirm_not_duplicate=True,
    ).id
    submit(ward, body(1))
    grown = child - timedelta(days=1)
    ward.patient = register(
        ward.world, subject=DOCTOR, birth_date=grown, confirm_not_duplicate=True
    ).id
    submit(ward, body(1))


def test_a_form_that_may_alarm_names_whom_to_call_in_the_country(ward: Ward) -> None:
    def read(form: str) -> FormDefinition:
        return filling.definition(ward.services, ward.by(), form, FormQuery())

    assert read("phq-9").crisis_line is None
    profile = CountryProfileBody(country="PE", icd10=False, retention_years=20)
    country.put_profile(ward.services, call(user(Role.ADMINISTRATOR)), profile, 0)
    line = read("phq-9").crisis_line
    assert line is not None
    assert line.number == "113"
    assert read("intake").crisis_line is None
    drink = read("audit").drink
    assert drink is not None
    assert drink.grams == 10
