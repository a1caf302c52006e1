"""Questionnaires in the chart: filling, scoring, mapping to observations.

    CHART#<t>#<patient> / FORM#<id>    a filled form

A draft is replaced by its next version; a completed form never changes.
"""

import json
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from pydantic import ValidationError

from schemas.chart import ChartQuery
from schemas.forms import (
    FilledForm,
    FilledForms,
    FormAlert,
    FormBody,
    FormCatalogue,
    FormDefinition,
    FormObservation,
    FormQuery,
    FormScore,
    FormStatus,
    FormSummary,
)
from schemas.summary import TimelineEntry
from telesalud.patients import country
from telesalud.patients.access.opening import Chart, chart_partition, labels, open_chart
from telesalud.patients.access.paging import owner_of, page
from telesalud.patients.chart import timeline
from telesalud.patients.encounters.references import check_encounter
from telesalud.patients.people.births import age_on
from telesalud.patients.policy import GRANTS, READ_RECORD, WRITE_RECORD
from telesalud.patients.questionnaires import countries, library
from telesalud.patients.questionnaires.answers import check_response
from telesalud.patients.questionnaires.library import Form
from telesalud.patients.questionnaires.models import Coding, Language, QuestionnaireResponse
from telesalud.patients.questionnaires.scoring import (
    ObservationDraft,
    Respondent,
    observations,
    score,
)
from telesalud.patients.questionnaires.stored import StoredForm
from telesalud.platform.access import require
from telesalud.platform.errors import FieldError, Invalid, InvalidTransition, NotFound, StaleVersion
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, ConditionFailed, Item, Key, Put, at_version
from telesalud.platform.validation import invalid
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

KIND: Final = "forms"
PREFIX: Final = "FORM#"
_ESTIMATED: Final = 1
"""Years by which somebody whose birth date is an estimate may be older."""


def catalogue(call: Call, query: FormQuery) -> FormCatalogue:
    """The forms that can be filled. Raises Forbidden."""
    require(call.caller, READ_RECORD, GRANTS)
    forms = {form: library.load(form) for form in library.available()}
    return FormCatalogue(
        items=tuple(
            FormSummary(
                id=form,
                title=one.questionnaire.localized(_lang(query)).title,
                canonical=one.questionnaire.canonical,
                from_years=one.from_years,
            )
            for form, one in forms.items()
        )
    )


def definition(services: Services, call: Call, form: str, query: FormQuery) -> FormDefinition:
    """A form in one language, with what the institution's country has to it.

    Raises Forbidden, NotFound.
    """
    require(call.caller, READ_RECORD, GRANTS)
    found = library.load(form)
    code = country.profile_of(services, call.caller.tenant).country
    shown = found.questionnaire.localized(_lang(query))
    alarms = any(score.alerts for score in found.scores)
    return FormDefinition(
        id=form,
        questionnaire=shown.to_fhir(),
        crisis_line=countries.crisis_line(code) if alarms else None,
        drink=countries.standard_drink(code) if found.counts_drinks else None,
    )


def submit(services: Services, call: Call, patient: str, body: FormBody) -> FilledForm:
    """Keep a filled form or a draft, checked and scored.

    Raises Forbidden, NotFound, Invalid with pointers into the response.
    """
    chart = open_chart(services, call, patient, WRITE_RECORD)
    form, response = _read(body)
    _check_age(chart, form)
    check_encounter(chart, body.encounter)
    filled = _filled(chart, body, form, response, _Place(services.new_id(), chart.patient, 1))
    return _write(chart, filled, None)


def resubmit(
    services: Services, call: Call, patient: str, which: str, body: FormBody, *, version: int
) -> FilledForm:
    """Replace a draft. Raises Forbidden, NotFound, Invalid, StaleVersion, InvalidTransition."""
    chart = open_chart(services, call, patient, WRITE_RECORD)
    form, response = _read(body)
    item = _find(chart, which)
    known = _opened(chart, item)
    chart.require(known.sensitivity)
    if item.version != version:
        raise StaleVersion
    if known.status is FormStatus.COMPLETED:
        raise InvalidTransition(known.status.value, "changed")
    if known.form != body.form:
        raise Invalid("a draft stays one of its form", [FieldError("/form", "other-form", "")])
    _check_age(chart, form)
    check_encounter(chart, body.encounter)
    place = _Place(which, owner_of(item), version + 1)
    filled = _filled(chart, body, form, response, place)
    # What a later release wrote of the draft stays.
    return _write(chart, known.model_copy(update=dict(filled)), item)


def list_filled(services: Services, call: Call, patient: str, query: ChartQuery) -> FilledForms:
    """Filled forms, latest begun first; audited. Raises Forbidden, NotFound, Invalid."""
    chart = open_chart(services, call, patient, READ_RECORD)
    found = page(chart, (PREFIX,), query)
    chart.log("patients.list_forms", f"patient/{chart.patient}")
    filled = [_opened(chart, item) for item in found.items]
    shown = tuple(form.view for form in filled if chart.sees(form.sensitivity))
    return FilledForms(items=shown, withheld=len(filled) - len(shown), cursor=found.cursor)


def _check_age(chart: Chart, form: Form) -> None:
    """Raise Invalid for who is younger than those for whom a form was validated."""
    least = form.from_years
    if least is None:
        return
    may_be_older = _ESTIMATED if chart.found.stored.body.birth_date_estimated else 0
    if _respondent(chart).years + may_be_older < least:
        detail = f"this questionnaire was validated from {least} years on"
        fault = FieldError("/form", "outside-age", detail, {"from_years": least})
        raise Invalid("this questionnaire is not for this age", [fault])


def _respondent(chart: Chart) -> Respondent:
    body = chart.found.stored.body
    day = country.today(chart.services, chart.tenant)
    if body.deceased_on is not None:
        day = min(day, body.deceased_on)
    return Respondent(body.sex.value, age_on(body.birth_date, max(day, body.birth_date)).years)


class _Place(NamedTuple):
    """Which version of which response of which chart."""

    which: str
    owner: str
    version: int


def _lang(query: FormQuery) -> Language:
    languages: dict[str, Language] = {"es": "es", "pt": "pt", "en": "en"}
    return languages[query.language]


def _read(body: FormBody) -> tuple[Form, QuestionnaireResponse]:
    form = library.load(body.form)
    try:
        response = QuestionnaireResponse.model_validate_json(json.dumps(body.response))
        check_response(form.questionnaire, response)
    except ValidationError as error:
        raise invalid(error, prefix="/response") from None
    except Invalid as refused:
        faults = [f._replace(pointer=f"/response{f.pointer}") for f in refused.fields]
        raise Invalid(refused.detail, faults) from refused
    return form, response


def _filled(
    chart: Chart, body: FormBody, form: Form, response: QuestionnaireResponse, place: _Place
) -> StoredForm:
    implied = (form.sensitivity,) if form.sensitivity else ()
    complete = response.status == "completed"
    return StoredForm(
        id=place.which,
        patient=place.owner,
        version=place.version,
        form=body.form,
        status=FormStatus(response.status),
        response=response.to_fhir(),
        scores=tuple(
            FormScore(
                code=one.code.code,
                value=one.value,
                severity=one.severity,
                alerts=one.alerts,
                missing=one.missing,
                alarming=one.alarming,
            )
            for one in score(form, response, _respondent(chart))
        ),
        observations=tuple(map(_observation, observations(form, response))) if complete else (),
        encounter=body.encounter,
        sensitivity=labels((*body.sensitivity, *implied)),
        recorded_by=chart.call.caller.subject,
        recorded_at=chart.services.clock(),
    )


def _observation(draft: ObservationDraft) -> FormObservation:
    value = draft.value
    chosen = value if isinstance(value, Coding) else None
    return FormObservation(
        code=draft.code.code,
        display=draft.code.display,
        value=_plain(value),
        value_code=chosen.code if chosen else None,
        unit=draft.unit,
    )


def _plain(value: Decimal | bool | date | str | Coding) -> float | bool | str:
    if isinstance(value, Coding):
        return value.display or value.code
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _write(chart: Chart, filled: StoredForm, before: Item | None) -> FilledForm:
    """Write it, its line of the timeline and its alerts. Raises StaleVersion."""
    work = Work(chart.services, chart.call)
    scope = Scope(chart.tenant, filled.patient)
    key = Key(chart_partition(chart.tenant, filled.patient), PREFIX + filled.id)
    sealed = seal_model(chart.services.vault, scope, key, filled)
    when = at_version(before.version) if before else ABSENT
    line = TimelineEntry(
        at=filled.recorded_at,
        kind=KIND,
        id=filled.id,
        version=filled.version,
        text=filled.form,
        by=filled.recorded_by,
    )
    work.add(
        Put(key, {ATTRIBUTE: sealed}, when=when),
        timeline.note_line(work, scope, line, filled.sensitivity),
    )
    alerts = tuple(alert for one in filled.scores for alert in one.alerts)
    if alerts:
        fact = FormAlert(
            patient_id=filled.patient,
            response_id=filled.id,
            form=filled.form,
            alerts=alerts,
            recorded_by=filled.recorded_by,
        )
        type_ = "patients.form_alert"
        work.event(type_, filled.id, filled.version, fact.model_dump(mode="json"))
    chart.audit(work, "patients.fill_form", f"form/{filled.id}")
    answer = filled.view
    try:
        work.commit(answer, answer.version)
    except ConditionFailed as failed:
        if failed.at(key):
            raise StaleVersion from failed
        raise
    return answer


def _find(chart: Chart, which: str) -> Item:
    partitions = [chart_partition(chart.tenant, one) for one in chart.members]
    found = chart.services.store.get_many([Key(pk, PREFIX + which) for pk in partitions])
    if not found:
        raise NotFound("there is no such form")
    return next(iter(found.values()))


def _opened(chart: Chart, item: Item) -> StoredForm:
    scope = Scope(chart.tenant, owner_of(item))
    return open_model(chart.services.vault, scope, item, StoredForm)
