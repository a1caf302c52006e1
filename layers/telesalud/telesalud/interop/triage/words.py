"""What a channel is to say to the citizen when something changed, in their language."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from schemas.triage import CloseReason, TriageChange, TriageState

_WORDS: Final[Mapping[str, Mapping[TriageState, str]]] = {
    "es": {
        TriageState.RECEIVED: "Recibimos su solicitud. Una persona del equipo la revisará.",
        TriageState.ASSIGNED: "Una persona del equipo está revisando su solicitud.",
        TriageState.BOOKED: "Tiene una cita el {day} a las {time}.",
        TriageState.MISSED: "No pudimos atenderle en su cita. El equipo verá cómo seguir.",
        TriageState.ATTENDED: "Su atención terminó. Gracias por confiar en nosotros.",
        TriageState.REFERRED: "Le recomendamos acudir a: {to}.",
        TriageState.ANSWERED: "El equipo de salud respondió a su solicitud.",
        TriageState.CLOSED: "Su solicitud quedó cerrada. Si necesita atención, vuelva a escribir.",
    },
    "pt": {
        TriageState.RECEIVED: "Recebemos seu pedido. Uma pessoa da equipe vai analisá-lo.",
        TriageState.ASSIGNED: "Uma pessoa da equipe está analisando seu pedido.",
        TriageState.BOOKED: "Você tem uma consulta em {day} às {time}.",
        TriageState.MISSED: "Não foi possível atender você na consulta. A equipe verá como seguir.",
        TriageState.ATTENDED: "Seu atendimento terminou. Agradecemos a confiança.",
        TriageState.REFERRED: "Recomendamos que procure: {to}.",
        TriageState.ANSWERED: "A equipe de saúde respondeu ao seu pedido.",
        TriageState.CLOSED: "Seu pedido foi encerrado. Se precisar de cuidado, escreva de novo.",
    },
    "en": {
        TriageState.RECEIVED: "We have your request. A person of the team will look at it.",
        TriageState.ASSIGNED: "A person of the team is looking at your request.",
        TriageState.BOOKED: "You have an appointment on {day} at {time}.",
        TriageState.MISSED: "You were not seen at your appointment. The team decides what next.",
        TriageState.ATTENDED: "Your visit is over. Thank you for your trust.",
        TriageState.REFERRED: "We recommend that you go to: {to}.",
        TriageState.ANSWERED: "The health team has answered your request.",
        TriageState.CLOSED: "Your request is closed. If you need care, write to us again.",
    },
}
_EMERGENCY: Final = {
    "es": "Llame ahora al servicio de emergencias o acuda a la emergencia más cercana.",
    "pt": "Ligue agora para o serviço de emergência ou vá ao pronto-socorro mais próximo.",
    "en": "Call the emergency services now, or go to the nearest emergency department.",
}
_CANCELLED: Final = {
    "es": "Su cita fue cancelada. El equipo verá cómo seguir.",
    "pt": "Sua consulta foi cancelada. A equipe verá como seguir.",
    "en": "Your appointment was cancelled. The team decides what next.",
}


def words(language: str, change: TriageChange, before: TriageState | None) -> str:
    """What to say of a change; `before` is the state that it followed."""
    known = language if language in _WORDS else "es"
    if change.reason is CloseReason.EMERGENCY_SERVICES:
        said = _EMERGENCY[known]
    elif before is TriageState.BOOKED and change.state is TriageState.ASSIGNED:
        said = _CANCELLED[known]
    else:
        said = _WORDS[known][change.state].format(**_facts(change))
    return f"{said}\n\n{change.text}" if change.text else said


def _facts(change: TriageChange) -> dict[str, str]:
    facts = {"to": change.to or "", "day": "", "time": ""}
    if change.start is not None:
        local = change.start.astimezone(ZoneInfo(change.zone or "UTC"))
        facts |= {"day": _day(local), "time": f"{local:%H:%M}"}
    return facts


def _day(local: datetime) -> str:
    return f"{local:%d/%m/%Y}"
