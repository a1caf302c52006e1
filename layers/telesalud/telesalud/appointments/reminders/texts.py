"""What reminders and offers say: where and when, with the link into a video visit, never why.

An SMS is one segment: it names the place, is written without the accents that would double its
price, and leaves out what does not fit, never the link. Other channels say the same at length.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from schemas.agendas import Site
from schemas.reminders import ReminderChannel
from telesalud.appointments.reminders.wordings import WORDINGS, Wording
from telesalud.platform.words import sms
from telesalud.platform.words.countries import country_of, word


class Text(NamedTuple):
    """A message in one language."""

    subject: str
    body: str


class Visit(NamedTuple):
    """What a message is about: a time at a site, by the site's wall clock."""

    site: Site
    local: datetime
    remote: bool = False
    link: str | None = None
    """Where the patient enters a visit by video; None where nobody knows it yet."""


def reminder(language: str, channel: ReminderChannel, visit: Visit) -> Text:
    """The reminder of an appointment."""
    said = _Said(language, visit)
    if channel is ReminderChannel.SMS:
        return Text(said.subject(said.words.subject), said.short(*_short_reminder(said)))
    words, site = said.words, visit.site
    parts = [said.say(words.by_video if visit.remote else words.at_place)]
    if visit.remote:
        parts.append(said.say(_by_link(visit, words.link, words.ask_link_by_phone, words.ask_link)))
    if site.phone and (visit.link or not visit.remote):
        parts.append(said.say(words.cannot_come))
    parts.append(said.say(words.stop))
    return Text(said.subject(words.subject), " ".join(parts))


def offer(language: str, channel: ReminderChannel, visit: Visit, until: datetime) -> Text:
    """The offer of a slot, held until `until` by the site's wall clock."""
    said = _Said(language, visit, until)
    words, phone = said.words, visit.site.phone
    subject = said.subject(words.offer_subject)
    if channel is ReminderChannel.SMS:
        offered = words.sms_offer_by_video if visit.remote else words.sms_offer
        how = words.sms_answer if phone else words.sms_wait
        return Text(subject, said.short((offered, how), (offered,)))
    offered = words.offer_by_video if visit.remote else words.offer_at_place
    how = words.answer if phone else words.wait
    return Text(subject, f"{said.say(offered)} {said.say(how)} {said.say(words.stop)}")


def _by_link(visit: Visit, known: str, by_phone: str, otherwise: str) -> str:
    """How the patient gets in."""
    if visit.link:
        return known
    return by_phone if visit.site.phone else otherwise


def _short_reminder(said: "_Said") -> list[tuple[str, ...]]:
    """Wordings for an SMS, the fullest first."""
    words, visit = said.words, said.visit
    if visit.remote:
        way = _by_link(visit, words.sms_link, words.sms_ask_link_by_phone, words.sms_ask_link)
        shortest = [("{when}.", way)] if visit.link else [(words.sms_by_video, words.sms_ask_link)]
        return [(words.sms_by_video, way), *shortest]
    fullest = [(words.sms_at_place, words.sms_cannot_come)] if visit.site.phone else []
    return [*fullest, (words.sms_at_place,)]


class _Said:
    """A visit in the words of a language and of the site's country."""

    def __init__(self, language: str, visit: Visit, until: datetime | None = None) -> None:
        self.words, self.visit = WORDINGS[language], visit
        country = country_of(visit.site.zone)
        self._facts = {
            "site": visit.site.name,
            "place": _place(visit.site),
            "phone": visit.site.phone or "",
            "link": visit.link or "",
            "appointment": word(country, language, "reminder.appointment", self.words.appointment),
        }
        self._until = until

    def say(self, wording: str) -> str:
        """A sentence at length."""
        return self._filled(wording, self.words.day, self._facts)

    def subject(self, wording: str) -> str:
        """A subject line, which an e-mail shows the beginning of."""
        names = _names(self.words, self.visit.local)
        return wording.format(**self._facts, **names)

    def short(self, *wordings: tuple[str, ...]) -> str:
        """One SMS: the first of the wordings that fits behind the name of the place."""
        return sms.fitted(self._facts["site"], [self._shortly(each) for each in wordings])

    def _shortly(self, sentences: tuple[str, ...]) -> Callable[[str], str]:
        def wording(name: str) -> str:
            facts = self._facts | {"site": name}
            text = " ".join(self._filled(s, self.words.short_day, facts) for s in sentences)
            text = f"{name}: {text}" if name else text[:1].upper() + text[1:]
            return sms.plain(text)

        return wording

    def _filled(self, wording: str, day: str, facts: dict[str, str]) -> str:
        when = day.format(**_names(self.words, self.visit.local))
        until = day.format(**_names(self.words, self._until)) if self._until else ""
        return wording.format(**facts, when=when, until=until)


def _names(words: Wording, local: datetime) -> dict[str, str | int]:
    weekday, month = words.weekdays[local.weekday()], words.months[local.month - 1]
    return {
        "weekday": weekday,
        "short": weekday[:3],
        "day": words.first if local.day == 1 else local.day,
        "month": month,
        "short_month": month[:3],
        "month_number": f"{local.month:02d}",
        "year": local.year,
        "time": f"{local:%H:%M}",
    }


def _place(site: Site) -> str:
    return f"{site.name}, {site.address}" if site.address else site.name
