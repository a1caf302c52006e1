"""What a message about an alarm says: that something waits, never what or of whom."""

from typing import Final, NamedTuple

from schemas.alarms import AlarmKind
from telesalud.platform.words.sms import plain


class Text(NamedTuple):
    """A message in one language."""

    subject: str
    body: str


_SUBJECT: Final = {
    "es": {
        AlarmKind.CRITICAL_RESULT: "Un resultado crítico espera su confirmación",
        AlarmKind.FORM_ANSWER: "Una respuesta de un cuestionario requiere atención inmediata",
    },
    "pt": {
        AlarmKind.CRITICAL_RESULT: "Um resultado crítico aguarda a sua confirmação",
        AlarmKind.FORM_ANSWER: "Uma resposta de um questionário requer atenção imediata",
    },
    "en": {
        AlarmKind.CRITICAL_RESULT: "A critical result waits for your acknowledgement",
        AlarmKind.FORM_ANSWER: "An answer in a questionnaire needs attention now",
    },
}
_BODY: Final = {
    "es": "{subject}. Entre y confirme aquí: {link}\n"
    "Si no se confirma en {minutes} minutos, se avisa a la siguiente persona.",
    "pt": "{subject}. Abra e confirme aqui: {link}\n"
    "Se não houver confirmação em {minutes} minutos, a próxima pessoa será avisada.",
    "en": "{subject}. Open it and acknowledge it here: {link}\n"
    "If nobody does within {minutes} minutes, the next person is told.",
}


_SHORT: Final = {
    "es": {
        AlarmKind.CRITICAL_RESULT: "Resultado crítico por confirmar: {link}",
        AlarmKind.FORM_ANSWER: "Respuesta urgente por confirmar: {link}",
    },
    "pt": {
        AlarmKind.CRITICAL_RESULT: "Resultado crítico a confirmar: {link}",
        AlarmKind.FORM_ANSWER: "Resposta urgente a confirmar: {link}",
    },
    "en": {
        AlarmKind.CRITICAL_RESULT: "Critical result to acknowledge: {link}",
        AlarmKind.FORM_ANSWER: "Urgent answer to acknowledge: {link}",
    },
}
"""For an SMS, whose one segment the link fills by half."""


def notice(language: str, kind: AlarmKind, link: str, minutes: int) -> Text:
    """The message in a language of the interface."""
    subject = _SUBJECT[language][kind]
    return Text(subject, _BODY[language].format(subject=subject, link=link, minutes=minutes))


def short_notice(language: str, kind: AlarmKind, link: str) -> Text:
    """The same as one SMS."""
    short = plain(_SHORT[language][kind].format(link=link))
    return Text(_SUBJECT[language][kind], short)


_TRIAL: Final = {
    "es": Text(
        "Prueba de avisos críticos",
        "Este es un mensaje de prueba: así recibirá los avisos de resultados críticos y de "
        "respuestas que requieren atención inmediata. No tiene que hacer nada.",
    ),
    "pt": Text(
        "Teste de avisos críticos",
        "Esta é uma mensagem de teste: assim chegarão os avisos de resultados críticos e de "
        "respostas que requerem atenção imediata. Não é preciso fazer nada.",
    ),
    "en": Text(
        "Test of critical alarms",
        "This is a test: alarms of critical results, and of answers that need attention now, "
        "will reach you this way. There is nothing to do.",
    ),
}


_SHORT_TRIAL: Final = {
    "es": "Mensaje de prueba: así recibirá los avisos de resultados críticos. "
    "No tiene que hacer nada.",
    "pt": "Mensagem de teste: assim chegarão os avisos de resultados críticos. "
    "Não é preciso fazer nada.",
    "en": "This is a test: alarms of critical results will reach you this way. "
    "There is nothing to do.",
}


def trial(language: str) -> Text:
    """A test message in a language of the interface."""
    return _TRIAL[language]


def short_trial(language: str) -> Text:
    """The same as one SMS."""
    return Text(_TRIAL[language].subject, plain(_SHORT_TRIAL[language]))
