"""What patients are told of their appointments; `{appointment}` is the country's word for one.

Nothing tells why somebody comes. The `sms_` lines stand behind the name of the place and are short
enough for one SMS with a link; they are written as the language writes them and lose the accents
that the alphabet of an SMS lacks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Wording:
    """One language."""

    weekdays: tuple[str, ...]
    """From Monday."""
    months: tuple[str, ...]
    first: str
    """How the first day of a month is written."""
    appointment: str
    day: str
    short_day: str
    subject: str
    at_place: str
    by_video: str
    link: str
    ask_link_by_phone: str
    ask_link: str
    cannot_come: str
    stop: str
    offer_subject: str
    offer_at_place: str
    offer_by_video: str
    answer: str
    wait: str
    sms_at_place: str
    sms_by_video: str
    sms_link: str
    sms_ask_link_by_phone: str
    sms_ask_link: str
    sms_cannot_come: str
    sms_offer: str
    sms_offer_by_video: str
    sms_answer: str
    sms_wait: str


_ES: Final = Wording(
    weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    months=(
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
    first="1",
    appointment="cita",
    day="{weekday} {day} de {month} de {year} a las {time}",
    short_day="{short} {day}/{month_number} a las {time}",
    subject="{site}: recordatorio de su {appointment} del {day}/{month_number}",
    at_place="Le recordamos su {appointment}: {when}, en {place}.",
    by_video="Le recordamos su {appointment} por video: {when} (hora de {site}).",
    link="Entre con este enlace: {link}",
    ask_link_by_phone="Para recibir el enlace, llame al {phone}.",
    ask_link="Pida el enlace en {site}.",
    cannot_come="Si no puede asistir, llame al {phone}.",
    stop="Si no desea recibir estos avisos, dígalo en {site}.",
    offer_subject="{site}: un horario más temprano para usted, el {day}/{month_number}",
    offer_at_place=(
        "Se liberó un horario más temprano para usted: {when}, en {place}. "
        "Se lo guardamos hasta el {until}."
    ),
    offer_by_video=(
        "Se liberó un horario más temprano para su {appointment} por video: {when} "
        "(hora de {site}). Se lo guardamos hasta el {until}."
    ),
    answer="Para aceptarlo o rechazarlo, llame al {phone}.",
    wait="Le llamaremos para confirmarlo.",
    sms_at_place="su {appointment} es el {when}.",
    sms_by_video="su {appointment} por video es el {when}.",
    sms_link="Entre: {link}",
    sms_ask_link_by_phone="Pida el enlace al {phone}.",
    sms_ask_link="Pida el enlace.",
    sms_cannot_come="Si no puede asistir, llame al {phone}.",
    sms_offer="hay un horario antes para usted: {when}. Responda hasta el {until}.",
    sms_offer_by_video="hay un horario antes, por video: {when}. Responda hasta el {until}.",
    sms_answer="Llame al {phone}.",
    sms_wait="Le llamaremos.",
)
_PT: Final = Wording(
    weekdays=(
        "segunda-feira",
        "terça-feira",
        "quarta-feira",
        "quinta-feira",
        "sexta-feira",
        "sábado",
        "domingo",
    ),
    months=(
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
    first="1º",
    appointment="consulta",
    day="{weekday}, {day} de {month} de {year}, às {time}",
    short_day="{short} {day}/{month_number} às {time}",
    subject="{site}: lembrete da sua {appointment} de {day}/{month_number}",
    at_place="Lembrete da sua {appointment}: {when}, em {place}.",
    by_video="Lembrete da sua {appointment} por vídeo: {when} (horário de {site}).",
    link="Entre por este link: {link}",
    ask_link_by_phone="Para receber o link, ligue para {phone}.",
    ask_link="Peça o link em {site}.",
    cannot_come="Se não puder comparecer, ligue para {phone}.",
    stop="Se não quiser receber estes avisos, diga em {site}.",
    offer_subject="{site}: um horário mais cedo para você, em {day}/{month_number}",
    offer_at_place=(
        "Um horário mais cedo ficou livre para você: {when}, em {place}. "
        "Fica reservado até {until}."
    ),
    offer_by_video=(
        "Um horário mais cedo ficou livre para a sua {appointment} por vídeo: {when} "
        "(horário de {site}). Fica reservado até {until}."
    ),
    answer="Para aceitar ou recusar, ligue para {phone}.",
    wait="Vamos ligar para confirmar.",
    sms_at_place="sua {appointment} é {when}.",
    sms_by_video="sua {appointment} por vídeo é {when}.",
    sms_link="Entre: {link}",
    sms_ask_link_by_phone="Peça o link: {phone}.",
    sms_ask_link="Peça o link.",
    sms_cannot_come="Se não puder vir, ligue {phone}.",
    sms_offer="há um horário antes para você: {when}. Responda até {until}.",
    sms_offer_by_video="há um horário antes, por vídeo: {when}. Responda até {until}.",
    sms_answer="Ligue {phone}.",
    sms_wait="Vamos ligar.",
)
_EN: Final = Wording(
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
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
    first="1",
    appointment="appointment",
    day="{weekday}, {day} {month} {year} at {time}",
    short_day="{short} {day} {short_month} at {time}",
    subject="{site}: reminder of your {appointment} on {day} {month}",
    at_place="A reminder of your {appointment}: {when}, at {place}.",
    by_video="A reminder of your video {appointment}: {when} ({site} time).",
    link="Join by this link: {link}",
    ask_link_by_phone="To get the link, call {phone}.",
    ask_link="Ask for the link at {site}.",
    cannot_come="If you cannot attend, please call {phone}.",
    stop="If you do not want these messages, tell {site}.",
    offer_subject="{site}: an earlier time for you, on {day} {month}",
    offer_at_place=(
        "An earlier time has become free for you: {when}, at {place}. "
        "We hold it for you until {until}."
    ),
    offer_by_video=(
        "An earlier time has become free for your video {appointment}: {when} ({site} time). "
        "We hold it for you until {until}."
    ),
    answer="To accept or decline it, call {phone}.",
    wait="We will call you to confirm.",
    sms_at_place="your {appointment} is on {when}.",
    sms_by_video="your video {appointment} is on {when}.",
    sms_link="Join: {link}",
    sms_ask_link_by_phone="For the link call {phone}.",
    sms_ask_link="Ask for the link.",
    sms_cannot_come="If you cannot come, call {phone}.",
    sms_offer="an earlier time is free for you: {when}. Answer by {until}.",
    sms_offer_by_video="an earlier time is free, by video: {when}. Answer by {until}.",
    sms_answer="Call {phone}.",
    sms_wait="We will call you.",
)
WORDINGS: Final[Mapping[str, Wording]] = {"es": _ES, "pt": _PT, "en": _EN}
