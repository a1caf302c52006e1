"""What patients, pharmacists and clinicians read, in Spanish, Portuguese and English."""

from collections.abc import Mapping

_ALERTS: Mapping[str, Mapping[str, str]] = {
    "allergy": {
        "es": "El paciente tiene registrada una alergia a este fármaco o a su clase.",
        "pt": "O paciente tem registrada uma alergia a este fármaco ou à sua classe.",
        "en": "The patient has a recorded allergy to this drug or its class.",
    },
    "allergy_related": {
        "es": "El paciente es alérgico a otro fármaco del mismo subgrupo químico.",
        "pt": "O paciente é alérgico a outro fármaco do mesmo subgrupo químico.",
        "en": "The patient is allergic to another drug of the same chemical subgroup.",
    },
    "duplicate": {
        "es": "El mismo principio activo ya está indicado.",
        "pt": "O mesmo princípio ativo já está prescrito.",
        "en": "The same substance is already prescribed or taken.",
    },
    "duplicate_related": {
        "es": "Ya está indicado un fármaco del mismo subgrupo químico.",
        "pt": "Já está prescrito um fármaco do mesmo subgrupo químico.",
        "en": "A drug of the same chemical subgroup is already prescribed or taken.",
    },
    "uncoded": {
        "es": "Hay una alergia o un medicamento sin código que no se puede comprobar: revíselo.",
        "pt": "Há uma alergia ou um medicamento sem código que não pode ser verificado: revise-o.",
        "en": "An allergy or a medicine has no code and cannot be checked: look at it.",
    },
}


def alert_text(name: str, language: str) -> str:
    """The sentence of an alert."""
    return _ALERTS[name][language]
