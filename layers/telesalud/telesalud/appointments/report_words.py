"""What stands in reports over agendas, in Spanish, Portuguese and English."""

from typing import Final

from telesalud.platform.reports.model import Words

WORDS: Final[Words] = {
    "agenda": ("Agenda", "Agenda", "Agenda"),
    "activity": (
        "Producción por profesional y sede",
        "Produção por profissional e unidade",
        "Activity by practitioner and site",
    ),
    "no_shows": ("Inasistencias", "Faltas", "No-shows"),
    "start": ("Inicio", "Início", "Start"),
    "minutes": ("Minutos", "Minutos", "Minutes"),
    "patient": ("Paciente", "Paciente", "Patient"),
    "practitioner": ("Profesional", "Profissional", "Practitioner"),
    "practitioners": ("Profesionales", "Profissionais", "Practitioners"),
    "category": ("Tipo de cita", "Tipo de consulta", "Category"),
    "site": ("Sede", "Unidade", "Site"),
    "room": ("Ambiente", "Sala", "Room"),
    "telemedicine": ("Teleconsulta", "Teleconsulta", "Telemedicine"),
    "status": ("Estado", "Situação", "Status"),
    "total": ("Citas", "Consultas", "Appointments"),
    "expected": ("Por atender", "A atender", "Expected"),
    "present": ("En atención", "Em atendimento", "Present"),
    "pending": ("por aprobar", "a aprovar", "pending"),
    "booked": ("reservada", "agendada", "booked"),
    "reminded": ("recordada", "lembrada", "reminded"),
    "confirmed": ("confirmada", "confirmada", "confirmed"),
    "arrived": ("llegó", "chegou", "arrived"),
    "late": ("retrasado", "atrasado", "late"),
    "in_room": ("en consultorio", "em consultório", "in room"),
    "in_call": ("en llamada", "em chamada", "in call"),
    "checked_out": ("atendida", "atendida", "seen"),
    "left": ("se retiró", "saiu sem atendimento", "left"),
    "no_show": ("no asistió", "faltou", "no-show"),
    "cancelled": ("cancelada", "cancelada", "cancelled"),
    "cancelled_late": ("cancelada tarde", "cancelada tarde", "cancelled late"),
}
