"""What messages about alarms say, and that an SMS of them is one segment."""

import pytest

from schemas.alarms import AlarmKind
from telesalud.orders.alarms import texts
from telesalud.platform.words import sms

LINK = "https://telesalud.ministerio.example.org/alarms/01a22f36-7015-70bc-b512-13823a2b54ae/12"


@pytest.mark.parametrize("language", ["es", "pt", "en"])
@pytest.mark.parametrize("kind", list(AlarmKind))
def test_an_sms_of_an_alarm_is_one_segment_with_its_link_and_tells_nothing(
    language: str, kind: AlarmKind
) -> None:
    short = texts.short_notice(language, kind, LINK)
    assert short.body.endswith(LINK)
    assert sms.segments(short.body) == 1
    assert sms.septets(short.body) is not None
    assert LINK in texts.notice(language, kind, LINK, 15).body


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_an_sms_that_tests_a_telephone_is_one_segment(language: str) -> None:
    assert sms.segments(texts.short_trial(language).body) == 1
