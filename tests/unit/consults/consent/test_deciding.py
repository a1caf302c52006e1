"""A decision is kept with its words, its moment and its way, once, whatever happens around it."""

import pytest

from schemas.consents import (
    BoxCode,
    Channel,
    Decision,
    Kinship,
    LinkDecision,
    NewDecision,
    Representative,
)
from schemas.consult_sessions import Exchange
from schemas.consults import Reissue
from telesalud.consults.consent import administering, deciding
from telesalud.consults.content import exporting
from telesalud.consults.errors import ConsentTextChanged, ConsultEnded, LinkRevoked, LinkUsed
from telesalud.consults.scheduling import consults, link_consent, links
from telesalud.consults.visit import limit
from telesalud.platform.access import Caller, CallerKind, Role
from telesalud.platform.consent_words import is_whole
from telesalud.platform.errors import Conflict, Forbidden, Invalid, NotFound
from telesalud.platform.work import Call
from tests.support.crashes import crash_everywhere
from tests.worlds.consults.consenting import BOTH, asked, by_link, own_text, told
from tests.worlds.consults.stage import PARTNER, Stage, opened, running, store_of
from tests.worlds.world import call, partner, user

ADMINISTRATOR = call(user(Role.ADMINISTRATOR))
MOTHER = Representative(name="Madre Demostración", document="DOC-77", relation=Kinship.MOTHER)
OWN = own_text()


def created() -> Stage:
    stage = Stage()
    stage.create()
    return stage


def records(stage: Stage) -> list[tuple[int, Decision]]:
    found = deciding.read(stage.services, call(PARTNER), stage.id)
    return [(record.number, record.decision) for record in found.items]


def test_what_was_accepted_is_kept_word_by_word_with_moment_and_way() -> None:
    stage = created()
    text = asked(stage)
    stage.world.clock.advance(minutes=3)
    by_link(stage, boxes=tuple(BoxCode), representative=MOTHER)
    (record,) = deciding.read(stage.services, call(PARTNER), stage.id).items
    assert record.text == text
    assert is_whole(record.text)
    assert record.at == stage.world.clock()
    assert (record.channel, record.boxes) == (Channel.LINK, tuple(BoxCode))
    assert record.representative == MOTHER
    assert record.recorded_by is None


def test_staff_and_page_see_what_was_decided_and_the_partner_is_told() -> None:
    stage = created()
    assert consult_of(stage) is None
    by_link(stage)
    assert consult_of(stage) == "accepted"
    assert stage.event_types()[-1] == "consent_recorded"


def consult_of(stage: Stage) -> str | None:
    return consults.get(stage.services, call(PARTNER), stage.id).consent


def test_accepting_needs_each_required_box_and_refusing_none() -> None:
    stage = created()
    for boxes in ((), BOTH[:1], BOTH[1:], (BoxCode.MESSAGES,)):
        with pytest.raises(Invalid):
            by_link(stage, boxes=boxes)
    with pytest.raises(Invalid):
        by_link(stage, Decision.REFUSED, boxes=BOTH)
    assert records(stage) == []


def test_words_that_were_not_shown_cannot_be_accepted() -> None:
    stage = created()
    shown = asked(stage)
    administering.write_text(stage.services, ADMINISTRATOR, "es", OWN, 0)
    with pytest.raises(ConsentTextChanged):
        by_link(stage, text=shown.sha256)
    with pytest.raises(ConsentTextChanged):
        by_link(stage, language="pt", text=asked(stage).sha256)
    assert by_link(stage).text.title == "Consentimiento del hospital"


def test_a_language_of_its_own_is_what_was_accepted() -> None:
    stage = created()
    text = asked(stage, "pt")
    record = by_link(stage, language="pt", text=text.sha256)
    assert (record.text.language, record.text.title) == ("pt", text.title)


def test_a_crash_anywhere_loses_no_decision_and_doubles_none() -> None:
    def check(stage: Stage) -> None:
        assert records(stage) == [(1, Decision.ACCEPTED)]
        assert stage.event_types().count("consent_recorded") == 1

    assert crash_everywhere(created, store_of, by_link, check) >= 2


def test_saying_it_twice_is_one_decision_and_changing_ones_mind_two() -> None:
    stage = created()
    first = by_link(stage)
    stage.world.clock.advance(minutes=1)
    assert by_link(stage) == first
    by_link(stage, Decision.REFUSED)
    by_link(stage)
    assert records(stage) == [
        (1, Decision.ACCEPTED),
        (2, Decision.REFUSED),
        (3, Decision.ACCEPTED),
    ]


def test_who_refused_may_come_back_and_nobody_has_come_meanwhile() -> None:
    stage = created()
    stage.world.clock.advance(minutes=25)
    by_link(stage, Decision.REFUSED)
    assert "patient_joined" not in stage.event_types()
    by_link(stage, device="q" * 22)
    secret = stage.secret("patient")
    links.exchange(stage.services, stage.tokens, "r", Exchange(secret=secret, device="q" * 22))
    assert records(stage)[-1] == (2, Decision.ACCEPTED)


def test_another_device_a_replaced_link_and_an_ended_consult_decide_nothing() -> None:
    stage = opened()
    with pytest.raises(LinkUsed):
        by_link(stage, device="q" * 22, text="0" * 64)
    text = asked(stage).sha256
    old = stage.secret("patient")
    links.reissue(stage.services, call(PARTNER), "o", stage.id, Reissue(participants=("patient",)))
    with pytest.raises(LinkRevoked):
        by_link_with(stage, old, text)
    late = created()
    shown = asked(late).sha256
    late.world.clock.advance(minutes=60)
    with pytest.raises(ConsultEnded):
        by_link_with(late, late.secret("patient"), shown)


def by_link_with(stage: Stage, secret: str, text: str) -> None:
    said = LinkDecision(
        secret=secret,
        device="p" * 22,
        language="es",
        text=text,
        decision=Decision.ACCEPTED,
        boxes=BOTH,
    )
    link_consent.decide(stage.services, "r", said)


def test_a_practitioners_link_gives_no_consent() -> None:
    stage = created()
    text = asked(stage).sha256
    with pytest.raises(NotFound):
        by_link_with(stage, stage.secret("practitioner-1"), text)


def test_what_the_practitioner_is_told_in_the_call_carries_their_name() -> None:
    stage = running()
    said = told(stage, channel=Channel.VIDEO, representative=MOTHER)
    record = deciding.record(stage.services, stage.doctor, stage.id, said)
    assert (record.channel, record.recorded_by) == (Channel.VIDEO, "user-1")
    assert record.recorded_by_name == "Profesional Demostración"


@pytest.mark.parametrize("channel", [None, Channel.LINK])
def test_staff_say_how_they_were_told(channel: Channel | None) -> None:
    stage = running()
    with pytest.raises(Invalid):
        deciding.record(stage.services, stage.doctor, stage.id, told(stage, channel=channel))


def test_who_receives_patients_records_what_they_were_told_and_others_do_not() -> None:
    stage = created()
    said = told(stage, channel=Channel.IN_PERSON)
    for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.PHARMACIST, Role.LABORATORY):
        with pytest.raises(Forbidden):
            deciding.record(stage.services, call(user(role)), stage.id, said)
    machine = partner("consults.write", "consults.consent")
    with pytest.raises(Forbidden):
        deciding.record(stage.services, call(machine), stage.id, said)
    desk = user(Role.FRONT_DESK)
    record = deciding.record(stage.services, call(desk), stage.id, said)
    assert (record.channel, record.recorded_by) == (Channel.IN_PERSON, desk.subject)
    stranger = Caller("other", "u", CallerKind.USER, roles=frozenset({Role.FRONT_DESK}))
    with pytest.raises(NotFound):
        deciding.record(stage.services, Call(stranger), stage.id, said)


def test_the_patient_withdraws_in_the_call_and_afterwards_the_desk_does() -> None:
    stage = running()
    by_link(stage)
    withdrawn = told(stage, Decision.WITHDRAWN)
    deciding.record(stage.services, stage.patient, stage.id, withdrawn)
    assert consult_of(stage) == "withdrawn"
    again = told(stage, Decision.WITHDRAWN, channel=Channel.PHONE)
    with pytest.raises(Conflict):
        deciding.record(stage.services, call(user(Role.FRONT_DESK)), stage.id, again)


def test_a_withdrawal_is_of_what_was_accepted_whatever_is_shown_today() -> None:
    stage = running()
    accepted = by_link(stage)
    administering.write_text(stage.services, ADMINISTRATOR, "es", OWN, 0)
    stage.world.clock.advance(minutes=60)
    limit.due(stage.services, call(PARTNER).caller.tenant, stage.id, 1)
    said = NewDecision(
        language="es",
        text=accepted.text.sha256,
        decision=Decision.WITHDRAWN,
        channel=Channel.PAPER,
    )
    desk = call(user(Role.FRONT_DESK))
    record = deciding.record(stage.services, desk, stage.id, said)
    assert record.text == accepted.text
    words = administering.read_words(stage.services, desk, accepted.text.sha256)
    assert words == accepted.text


def test_the_export_has_every_decision() -> None:
    stage = running()
    by_link(stage)
    stage.world.clock.advance(minutes=60)
    limit.due(stage.services, call(PARTNER).caller.tenant, stage.id, 1)
    export = exporting.export(stage.services, stage.blobs, call(PARTNER), stage.id)
    assert [one.decision for one in export.consents] == [Decision.ACCEPTED]
    assert export.consult.consent == "accepted"


def test_reading_needs_a_right_and_leaves_a_trace() -> None:
    stage = created()
    by_link(stage)
    for allowed in (PARTNER, partner("consults.export"), user(Role.NURSE), user(Role.AUDITOR)):
        assert deciding.read(stage.services, call(allowed), stage.id).items
    for refused in (partner("patients.read"), user(Role.PHARMACIST)):
        with pytest.raises(Forbidden):
            deciding.read(stage.services, call(refused), stage.id)
    actions = [action for action, _, _ in stage.world.audited()]
    assert actions.count("consults.consents_read") == 4
