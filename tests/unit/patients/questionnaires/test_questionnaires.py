"""A form keeps only answers that fit it, and its score is the one that its authors defined."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from infra.tools import ROOT
from telesalud.patients.questionnaires.answers import check_response
from telesalud.patients.questionnaires.countries import crisis_line, standard_drink
from telesalud.patients.questionnaires.library import Form, available, load
from telesalud.patients.questionnaires.models import (
    Coding,
    Item,
    Questionnaire,
    QuestionnaireResponse,
)
from telesalud.patients.questionnaires.scoring import LOINC, Respondent, observations, score
from telesalud.platform.errors import Invalid, NotFound

CONSENT = load("teleconsultation-consent")
INTAKE = load("intake")


def response(form: Form, *items: dict[str, Any], status: str = "completed") -> Any:
    return QuestionnaireResponse.model_validate(
        {
            "resourceType": "QuestionnaireResponse",
            "questionnaire": form.questionnaire.canonical,
            "status": status,
            "item": list(items),
        }
    )


def answered(link: str, *values: Any, kind: str = "valueCoding") -> dict[str, Any]:
    return {"linkId": link, "answer": [{kind: value} for value in values]}


def chosen(form: Form, link: str, index: int) -> dict[str, Any]:
    item = next(i for i in form.questionnaire.walk() if i.link_id == link)
    option = item.answer_option[index].value_coding
    return answered(link, {"system": option.system, "code": option.code})


def faults(form: Form, filled: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        check_response(form.questionnaire, filled)
    return {
        f"{e.pointer} {e.detail}" if e.code == "required" else e.pointer: e.code
        for e in caught.value.fields
    }


def filled(form: Form, indexes: dict[str, int]) -> Any:
    return response(form, *(chosen(form, link, index) for link, index in indexes.items()))


def phq9(*indexes: int, difficulty: bool = True) -> Any:
    form = load("phq-9")
    answers = {f"phq9-{n}": index for n, index in enumerate(indexes, start=1)}
    if difficulty and any(indexes):
        answers["phq9-10"] = 0
    return filled(form, answers)


def test_five_forms_ship_and_each_speaks_three_languages() -> None:
    assert available() == ("audit", "gad-7", "intake", "phq-9", "teleconsultation-consent")
    for form_id in available():
        questionnaire = load(form_id).questionnaire
        texts = {
            language: [item.text for item in questionnaire.localized(language).walk()]
            for language in ("es", "pt", "en")
        }
        for es, pt, en in zip(*texts.values(), strict=True):
            assert es
            assert pt
            assert en != es, "an English text was left in Spanish"
        options = [o.value_coding for i in questionnaire.walk() for o in i.answer_option]
        assert all(option.display_extended for option in options)


def test_an_unknown_form_is_not_found() -> None:
    for name in ("phq-2", "../library", ""):
        with pytest.raises(NotFound):
            load(name)


def test_a_localized_form_is_plain_fhir() -> None:
    resource = load("gad-7").questionnaire.localized("pt").to_fhir()
    assert resource["language"] == "pt"
    assert "_text" not in resource["item"][1]
    option = resource["item"][1]["answerOption"][3]["valueCoding"]
    assert option["display"] == "Quase todos os dias"
    assert option["extension"] == [
        {"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 3}
    ]
    assert Questionnaire.model_validate(resource).to_fhir() == resource
    assert "[]" not in str(resource)


@pytest.mark.parametrize(
    ("form_id", "items", "severities"),
    [
        ("phq-9", 9, {0: "minimal", 5: "mild", 10: "moderate", 15: "moderately-severe"}),
        ("gad-7", 7, {0: "minimal", 5: "mild", 10: "moderate", 15: "severe"}),
        ("audit", 10, {0: "zone-1", 8: "zone-2", 16: "zone-3", 20: "zone-4"}),
    ],
)
def test_severity_changes_at_the_published_cut_offs(
    form_id: str, items: int, severities: dict[int, str]
) -> None:
    (definition,) = load(form_id).scores
    assert len(definition.items) == items
    starts = {band.minimum: band.severity for band in definition.bands}
    assert starts.items() >= severities.items()


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=9, max_size=9))
def test_the_phq9_total_is_the_sum_and_becomes_an_observation(indexes: list[int]) -> None:
    form, given_answers = load("phq-9"), phq9(*indexes)
    check_response(form.questionnaire, given_answers)
    (result,) = score(form, given_answers)
    assert result.value == sum(indexes)
    assert result.alerts == (("suicidal-ideation",) if indexes[8] else ())
    total = observations(form, given_answers)[0]
    assert (total.code.code, total.value, total.unit) == ("44261-6", sum(indexes), "{score}")
    assert len(observations(form, given_answers)) == 10 + (1 if any(indexes) else 0)


def test_a_missing_answer_leaves_no_score_but_still_the_alert() -> None:
    form = load("phq-9")
    partial = response(form, chosen(form, "phq9-9", 1), status="in-progress")
    check_response(form.questionnaire, partial)
    (result,) = score(form, partial)
    assert (result.value, result.severity) == (None, None)
    assert result.alerts == ("suicidal-ideation",)
    assert len(result.missing) == 8


def test_who_never_drinks_answers_three_questions() -> None:
    form = load("audit")
    never = filled(form, {"audit-1": 0, "audit-9": 0, "audit-10": 1})
    check_response(form.questionnaire, never)
    (result,) = score(form, never)
    assert (result.value, result.severity, result.missing) == (2, "zone-1", ())


@pytest.mark.parametrize(
    ("who", "severity"),
    [
        (Respondent("male", 40), "zone-1"),
        (Respondent("female", 40), "zone-2"),
        (Respondent("male", 66), "zone-2"),
        (Respondent("other", 65), "zone-1"),
    ],
)
def test_seven_points_of_the_audit_mean_more_in_women_and_after_65(
    who: Respondent, severity: str
) -> None:
    form = load("audit")
    seven = filled(form, {"audit-1": 4, "audit-2": 3, **{f"audit-{n}": 0 for n in range(3, 11)}})
    assert [(one.value, one.severity) for one in score(form, seven, who)] == [(7, severity)]


def test_every_form_says_whose_it_is_and_what_that_allows() -> None:
    notice = (ROOT / "NOTICE").read_text("utf-8")
    for form in available():
        licence = load(form).licence
        assert licence.terms
        if licence.holder != "Telesalud":
            assert f"{form}.json" in notice
    assert load("audit").licence.use == "not-commercial"


def test_a_country_has_its_own_drink_and_line_and_others_claim_none() -> None:
    assert (standard_drink("BR").grams, standard_drink("BR").own) == (14, True)
    assert (standard_drink("PE").grams, standard_drink("PE").own) == (10, False)
    assert crisis_line("BR") is not None
    assert crisis_line(None) is None
    assert crisis_line("XX") is None


def test_the_audit_counts_its_last_questions_double() -> None:
    form = load("audit")
    highest = filled(form, {f"audit-{n}": (4 if n < 9 else 2) for n in range(1, 11)})
    check_response(form.questionnaire, highest)
    assert score(form, highest)[0].value == 40


def test_a_client_cannot_change_what_an_answer_counts() -> None:
    form = load("gad-7")
    forged = chosen(form, "gad7-1", 0)
    forged["answer"][0]["valueCoding"]["extension"] = [
        {"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 99}
    ]
    others = [chosen(form, f"gad7-{n}", 0) for n in range(2, 8)]
    assert score(form, response(form, forged, *others))[0].value == 0


def test_everything_that_does_not_fit_is_named_at_its_place() -> None:
    form = CONSENT
    bad = response(
        form,
        answered("decision", {"system": "urn:other", "code": "accept"}),
        answered("signer", "patient", kind="valueString"),
        answered("guardian.name", "Tutor Demostración", kind="valueString"),
        answered("what", "leído", kind="valueString"),
        answered("mother", "x", kind="valueString"),
        chosen(form, "decision", 0),
        {**chosen(form, "decision", 0), "linkId": "guardian.document"},
    )
    assert faults(form, bad) == {
        "/item/0/answer/0": "option",
        "/item/1/answer/0": "type",
        "/item/2": "not-enabled",
        "/item/3": "unknown-question",
        "/item/4": "unknown-question",
        "/item/5": "repeated-question",
        "/item/6": "not-enabled",
    }


def test_a_condition_makes_questions_appear_and_required() -> None:
    accepted = chosen(CONSENT, "decision", 0)
    by_patient = response(CONSENT, accepted, chosen(CONSENT, "signer", 0))
    check_response(CONSENT.questionnaire, by_patient)
    by_guardian = response(CONSENT, accepted, chosen(CONSENT, "signer", 1))
    assert list(faults(CONSENT, by_guardian).values()) == ["required"] * 2
    draft = response(CONSENT, accepted, chosen(CONSENT, "signer", 1), status="in-progress")
    check_response(CONSENT.questionnaire, draft)


def intake(*history: dict[str, Any]) -> Any:
    return response(
        INTAKE,
        {"linkId": "visit", "item": [answered("visit.reason", "Tos", kind="valueString")]},
        {"linkId": "history", "item": list(history)},
        {"linkId": "habits", "item": [chosen(INTAKE, "habits.smoking", 0)]},
    )


def test_groups_hold_their_questions_and_repeating_choices_several_answers() -> None:
    none = answered("history.allergy", False, kind="valueBoolean")
    several = chosen(INTAKE, "history.conditions", 0)
    several["answer"] += chosen(INTAKE, "history.conditions", 1)["answer"]
    good = intake(several, none)
    check_response(INTAKE.questionnaire, good)
    drafts = {o.code.code: o.value for o in observations(INTAKE, good)}
    assert drafts["10154-3"] == "Tos"
    assert drafts["72166-2"] == Coding(system=LOINC, code="LA18978-9", display="Nunca ha fumado")
    twice = answered("history.allergy", True, False, kind="valueBoolean")
    assert faults(INTAKE, intake(several, twice))["/item/1/item/1"] == "one-answer"


def test_an_allergy_without_its_substance_is_not_complete() -> None:
    yes = answered("history.allergy", True, kind="valueBoolean")
    conditions = chosen(INTAKE, "history.conditions", 8)
    (only,) = faults(INTAKE, intake(conditions, yes))
    assert "history.allergy-to" in only


@pytest.mark.parametrize(("text", "code"), [("   ", "empty"), ("x" * 1001, "too-long")])
def test_texts_are_neither_empty_nor_endless(text: str, code: str) -> None:
    draft = response(
        INTAKE,
        {"linkId": "visit", "item": [answered("visit.reason", text, kind="valueString")]},
        status="in-progress",
    )
    assert faults(INTAKE, draft) == {"/item/0/item/0/answer/0": code}


def test_a_response_to_another_version_is_refused() -> None:
    old = response(CONSENT).model_copy(update={"questionnaire": "https://other.example|0.1"})
    assert faults(CONSENT, old) == {"/questionnaire": "other-form"}


FIRST = {"linkId": "a", "text": "A", "type": "integer"}
SECOND = {"linkId": "b", "text": "B", "type": "boolean"}


def questionnaire(*items: dict[str, Any]) -> Questionnaire:
    return Questionnaire.model_validate(
        {
            "resourceType": "Questionnaire",
            "id": "synthetic",
            "url": "https://example.org/synthetic",
            "version": "1",
            "name": "Synthetic",
            "title": "Synthetic",
            "status": "draft",
            "language": "en",
            "item": deepcopy(list(items)),
        }
    )


@pytest.mark.parametrize(
    "items",
    [
        [FIRST, FIRST],
        [
            {
                **FIRST,
                "enableWhen": [{"question": "b", "operator": "exists", "answerBoolean": True}],
            },
            SECOND,
        ],
        [{**FIRST, "type": "choice"}],
        [{**FIRST, "item": [SECOND]}],
        [{**FIRST, "type": "attachment"}],
        [{**FIRST, "initial": [{"valueInteger": 1}]}],
        [FIRST, {**SECOND, "enableWhen": [{"question": "a", "operator": "="}]}],
        [
            FIRST,
            {**SECOND, "enableWhen": [{"question": "a", "operator": ">", "answerBoolean": True}]},
        ],
        [{**FIRST, "linkId": "A b"}],
        [],
    ],
)
def test_a_form_that_contradicts_itself_or_leaves_the_subset_is_refused(
    items: list[dict[str, Any]],
) -> None:
    with pytest.raises(ValidationError):
        questionnaire(*items)


@settings(deadline=None)
@given(
    st.sampled_from(["=", "!=", ">", "<", ">=", "<=", "exists"]),
    st.integers(-5, 5),
    st.none() | st.integers(-5, 5),
)
def test_every_operator_means_what_fhir_says(operator: str, wanted: int, value: int | None) -> None:
    condition: dict[str, Any] = {"question": "a", "operator": operator}
    condition |= {"answerBoolean": True} if operator == "exists" else {"answerInteger": wanted}
    form = Form(
        questionnaire=questionnaire(FIRST, {**SECOND, "enableWhen": [condition]}),
        licence=load("intake").licence,
    )
    items = [answered("b", True, kind="valueBoolean")]
    if value is not None:
        items.insert(0, answered("a", value, kind="valueInteger"))
    expected = (
        value is not None
        and {
            "=": value == wanted,
            "!=": value != wanted,
            ">": value > wanted,
            "<": value < wanted,
            ">=": value >= wanted,
            "<=": value <= wanted,
            "exists": True,
        }[operator]
    )
    filled_in = response(form, *items)
    if expected:
        check_response(form.questionnaire, filled_in)
    else:
        assert set(faults(form, filled_in).values()) == {"not-enabled"}


def test_bands_must_cover_every_score() -> None:
    raw = load("gad-7").model_dump()
    raw["scores"][0]["bands"][1]["minimum"] = 6
    with pytest.raises(ValidationError, match="cover every possible score"):
        Form.model_validate(raw)


def test_decimals_are_read_exactly() -> None:
    item = next(i for i in load("phq-9").questionnaire.walk() if i.link_id == "phq9-1")
    assert isinstance(item, Item)
    assert [o.value_coding.ordinal for o in item.answer_option] == [Decimal(n) for n in range(4)]
