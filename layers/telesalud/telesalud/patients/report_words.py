"""What stands in reports over records, in Spanish, Portuguese and English."""

from typing import Final

from telesalud.platform.reports.model import Words

WORDS: Final[Words] = {
    "unsigned_notes": ("Notas sin firmar", "Notas sem assinatura", "Unsigned notes"),
    "notifiable_diagnoses": (
        "Diagnósticos de notificación obligatoria",
        "Diagnósticos de notificação compulsória",
        "Notifiable diagnoses",
    ),
    "started_at": ("Inicio", "Início", "Begun"),
    "days": ("Días", "Dias", "Days"),
    "practitioners": ("Profesionales", "Profissionais", "Practitioners"),
    "patient": ("Paciente", "Paciente", "Patient"),
    "record": ("Historia clínica", "Prontuário", "Record"),
    "kind": ("Tipo", "Tipo", "Kind"),
    "encounter": ("Atención", "Atendimento", "Encounter"),
    "ambulatory": ("ambulatoria", "ambulatorial", "ambulatory"),
    "telemedicine": ("telemedicina", "telemedicina", "telemedicine"),
    "day_hospital": ("hospital de día", "hospital-dia", "day hospital"),
    "noted_on": ("Registro", "Registro", "Recorded"),
    "onset_on": ("Inicio de síntomas", "Início dos sintomas", "Onset"),
    "disease": ("Evento", "Agravo", "Event"),
    "urgency": ("Notificar", "Notificar", "Report"),
    "immediate": ("de inmediato", "de imediato", "immediately"),
    "weekly": ("en la semana", "na semana", "weekly"),
    "code": ("CIE-11", "CID-11", "ICD-11"),
    "icd10": ("CIE-10", "CID-10", "ICD-10"),
    "verification": ("Clasificación", "Classificação", "Classification"),
    "unconfirmed": ("sospechoso", "suspeito", "suspected"),
    "confirmed": ("confirmado", "confirmado", "confirmed"),
    "refuted": ("descartado", "descartado", "ruled out"),
    "document": ("Documento", "Documento", "Document"),
    "sex": ("Sexo", "Sexo", "Sex"),
    "female": ("femenino", "feminino", "female"),
    "male": ("masculino", "masculino", "male"),
    "other": ("otro", "outro", "other"),
    "unknown": ("desconocido", "desconhecido", "unknown"),
    "age": ("Edad", "Idade", "Age"),
    "residence": ("Residencia", "Residência", "Residence"),
    "erased": ("(datos suprimidos)", "(dados suprimidos)", "(data erased)"),
}
