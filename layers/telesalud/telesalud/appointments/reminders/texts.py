"""What reminders and offers say: where and when, and nothing about why."""

from datetime import datetime
from typing import NamedTuple

from schemas.agendas import Site


class Text(NamedTuple):
    """A message in one language."""

    subject: str
    body: str


_WEEKDAYS = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "pt": (
        "segunda-feira",
        "terça-feira",
        "quarta-feira",
        "quinta-feira",
        "sexta-feira",
        "sábado",
        "domingo",
    ),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "es": (
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ),
    "pt": (
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}
_DAY = {
    "es": "{weekday} {day} de {month} de {year} a las {time}",
    "pt": "{weekday}, {day} de {month} de {year}, às {time}",
    "en": "{weekday}, {day} {month} {year} at {time}",
}
_SUBJECT = {
    "es": "Recordatorio de su cita del {day}/{month_number}",
    "pt": "Lembrete da sua consulta de {day}/{month_number}",
    "en": "Reminder of your appointment on {day} {month}",
}
_BODY = {
    "es": "Le recordamos su cita: {when}, en {place}.",
    "pt": "Lembramos a sua consulta: {when}, em {place}.",
    "en": "A reminder of your appointment: {when}, at {place}.",
}
_REMOTE = {
    "es": "Le recordamos su cita por video: {when} (hora de {place}).",
    "pt": "Lembramos a sua consulta por vídeo: {when} (hora de {place}).",
    "en": "A reminder of your video appointment: {when} ({place} time).",
}
_OFFER_SUBJECT = {
    "es": "Se liberó un horario para usted el {day}/{month_number}",
    "pt": "Um horário ficou livre para você em {day}/{month_number}",
    "en": "A time has become free for you on {day} {month}",
}
_OFFER = {
    "es": "Se liberó un horario antes para usted: {when}, en {place}. "
    "Se lo guardamos hasta el {until}.",
    "pt": "Um horário mais cedo ficou livre para você: {when}, em {place}. "
    "Fica reservado até {until}.",
    "en": "An earlier time has become free for you: {when}, at {place}. "
    "We hold it for you until {until}.",
}
_ANSWER = {
    "es": "Para aceptarlo o rechazarlo, llame al {phone}.",
    "pt": "Para aceitar ou recusar, ligue para {phone}.",
    "en": "To accept or decline it, call {phone}.",
}
_WAIT = {
    "es": "Le llamaremos para confirmarlo.",
    "pt": "Vamos ligar para confirmar.",
    "en": "We will call you to confirm.",
}
_PHONE = {
    "es": "Si no puede asistir, por favor avise al {phone}.",
    "pt": "Se não puder comparecer, por favor avise pelo telefone {phone}.",
    "en": "If you cannot attend, please call {phone}.",
}


def reminder(language: str, site: Site, local: datetime, *, remote: bool) -> Text:
    """The reminder of an appointment at `local`, the site's wall-clock time."""
    names = _names(language, local)
    place = site.name if remote else _place(site)
    sentence = (_REMOTE if remote else _BODY)[language]
    body = sentence.format(when=_DAY[language].format(**names), place=place)
    if site.phone:
        body = f"{body} {_PHONE[language].format(phone=site.phone)}"
    return Text(_SUBJECT[language].format(**names), body)


def offer(language: str, site: Site, local: datetime, until: datetime) -> Text:
    """The offer of a slot at `local`, held until `until`, both in the site's wall-clock time."""
    names, last = _names(language, local), _names(language, until)
    body = _OFFER[language].format(
        when=_DAY[language].format(**names),
        place=_place(site),
        until=_DAY[language].format(**last),
    )
    how = _ANSWER[language].format(phone=site.phone) if site.phone else _WAIT[language]
    return Text(_OFFER_SUBJECT[language].format(**names), f"{body} {how}")


def _names(language: str, local: datetime) -> dict[str, str | int]:
    return {
        "weekday": _WEEKDAYS[language][local.weekday()],
        "day": local.day,
        "month": _MONTHS[language][local.month - 1],
        "month_number": f"{local.month:02d}",
        "year": local.year,
        "time": f"{local:%H:%M}",
    }


def _place(site: Site) -> str:
    return f"{site.name}, {site.address}" if site.address else site.name
