"""What stands in reports over agendas, in Spanish, Portuguese and English."""

from typing import Final

from telesalud.platform.reports.model import Words

WORDS: Final[Words] = {
    "agenda": ("Agenda", "Agenda", "Agenda"),
    "activity": (
        "Producción por profesional y sede",
        "Produção por profissional e unidade",
        "Activity by clinician and site",
    ),
    "no_shows": ("Inasistencias", "Faltas", "No-shows"),
    "weeks": (
        "Semana a semana, por sede y tipo de cita",
        "Semana a semana, por unidade e tipo de consulta",
        "Week by week, by site and category",
    ),
    "week": ("Semana del", "Semana de", "Week of"),
    "appointments": ("Citas", "Consultas", "Appointments"),
    "seen": ("Atendidas", "Atendidas", "Seen"),
    "televisits": ("Por teleconsulta", "Por teleconsulta", "By video"),
    "booked_minutes": ("Minutos citados", "Minutos agendados", "Booked minutes"),
    "waited": ("Con espera medida", "Com espera medida", "With a known wait"),
    "waited_minutes": ("Minutos de espera", "Minutos de espera", "Minutes waited"),
    "start": ("Inicio", "Início", "Start"),
    "minutes": ("Minutos", "Minutos", "Minutes"),
    "patient": ("Paciente", "Paciente", "Patient"),
    "practitioner": ("Profesional", "Profissional", "Practitioner"),
    "practitioners": ("Profesionales", "Profissionais", "Practitioners"),
    "category": ("Tipo de cita", "Tipo de consulta", "Category"),
    "site": ("Sede", "Unidade", "Site"),
    "room": ("Sala", "Sala", "Room"),
    "telemedicine": ("Teleconsulta", "Teleconsulta", "Telemedicine"),
    "status": ("Estado", "Situação", "Status"),
    "total": ("Citas", "Consultas", "Appointments"),
    "expected": ("Por atender", "A atender", "Expected"),
    "present": ("En atención", "Em atendimento", "Present"),
    "pending": ("por aprobar", "a aprovar", "awaiting approval"),
    "booked": ("agendada", "agendada", "booked"),
    "reminded": ("recordatorio enviado", "lembrete enviado", "reminder sent"),
    "confirmed": ("confirmada", "confirmada", "confirmed"),
    "arrived": ("llegó", "chegou", "arrived"),
    "late": ("con retraso", "com atraso", "late"),
    "in_room": ("en consultorio", "no consultório", "in the consulting room"),
    "in_call": ("en llamada", "em chamada", "in call"),
    "checked_out": ("atendida", "atendida", "seen"),
    "left": ("se retiró", "saiu sem atendimento", "left without being seen"),
    "no_show": ("no asistió", "faltou", "no-show"),
    "cancelled": ("cancelada", "cancelada", "cancelled"),
    "cancelled_late": ("cancelada a última hora", "cancelada em cima da hora", "cancelled late"),
}
