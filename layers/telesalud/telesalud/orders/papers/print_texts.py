"""What stands on printed papers, in Spanish, Portuguese and English."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from schemas.formulary import Route
from schemas.prescriptions import Dose, Frequency
from telesalud.orders.papers.number_words import in_words
from telesalud.platform.printing.amounts import decimal
from telesalud.platform.printing.doses import INDEX, amount_of, dose_of, route_of
from telesalud.platform.words.countries import comma, country_of, word

WORDS: Mapping[str, tuple[str, str, str]] = {
    "prescription": ("Receta médica", "Receita médica", "Prescription"),
    "laboratory": ("Orden de laboratorio", "Pedido de exames", "Laboratory order"),
    "imaging": ("Orden de imagenología", "Pedido de exames de imagem", "Imaging order"),
    "service": ("Orden de servicio", "Pedido de serviço", "Service order"),
    "referral": ("Referencia", "Encaminhamento", "Referral"),
    "certificate": ("Certificado médico", "Atestado médico", "Medical certificate"),
    "patient": ("Paciente", "Paciente", "Patient"),
    "born": ("Nacimiento", "Nascimento", "Born"),
    "estimated": ("fecha estimada", "data estimada", "estimated"),
    "age": ("Edad", "Idade", "Age"),
    "years": ("años", "anos", "years"),
    "year": ("año", "ano", "year"),
    "months": ("meses", "meses", "months"),
    "month": ("mes", "mês", "month"),
    "sex": ("Sexo", "Sexo", "Sex"),
    "female": ("femenino", "feminino", "female"),
    "male": ("masculino", "masculino", "male"),
    "other": ("otro", "outro", "other"),
    "social_name": ("Nombre social", "Nome social", "Social name"),
    "address": ("Dirección", "Endereço", "Address"),
    "phone": ("Teléfono", "Telefone", "Telephone"),
    "degree_from": ("Título otorgado por", "Diploma conferido por", "Degree from"),
    "copy_pharmacy": ("1.ª copia: farmacia", "1ª via: farmácia", "Copy 1: pharmacy"),
    "copy_patient": ("2.ª copia: paciente", "2ª via: paciente", "Copy 2: patient"),
    "no_special_form": (
        (
            "NO VÁLIDA COMO RECETA ESPECIAL. Un medicamento controlado se dispensa con el "
            "formulario numerado de la autoridad sanitaria."
        ),
        (
            "NÃO VÁLIDA COMO RECEITA OU NOTIFICAÇÃO ESPECIAL. Medicamento controlado é dispensado "
            "com o formulário numerado da autoridade sanitária."
        ),
        (
            "NOT VALID AS A SPECIAL PRESCRIPTION. A controlled drug is dispensed with the numbered "
            "form of the health authority."
        ),
    ),
    "document": ("Documento", "Documento", "Document"),
    "record": ("Historia clínica", "Prontuário", "Record"),
    "dose": ("Dosis", "Dose", "Dose"),
    "route": ("Vía", "Via", "Route"),
    "morning": ("por la mañana", "pela manhã", "in the morning"),
    "noon": ("al mediodía", "ao meio-dia", "at noon"),
    "evening": ("por la tarde", "à tarde", "in the evening"),
    "bedtime": ("al acostarse", "ao deitar-se", "at bedtime"),
    "as_needed_for": ("Si hay", "Se houver", "When there is"),
    "max_doses_a_day": ("Máximo de tomas al día", "Máximo de tomadas ao dia", "Most doses a day"),
    "continuous": ("tratamiento continuo", "tratamento contínuo", "continuous treatment"),
    "duration": ("Duración", "Duração", "Duration"),
    "quantity": ("Cantidad", "Quantidade", "Quantity"),
    "instructions": ("Indicaciones", "Orientações", "Instructions"),
    "no_substitution": (
        "No sustituir por otro producto",
        "Não substituir por outro produto",
        "Do not substitute",
    ),
    "controlled": ("Medicamento controlado", "Medicamento controlado", "Controlled drug"),
    "stopped_line": ("SUSPENDIDO", "SUSPENSO", "STOPPED"),
    "valid_until": ("Válida hasta", "Válida até", "Valid until"),
    "day": ("día", "dia", "day"),
    "days": ("días", "dias", "days"),
    "tests": ("Se solicita", "Solicita-se", "Requested"),
    "priority": ("Prioridad", "Prioridade", "Priority"),
    "routine": ("rutina", "rotina", "routine"),
    "urgent": ("urgente", "urgente", "urgent"),
    "stat": ("inmediata", "imediata", "immediate"),
    "reason": ("Motivo", "Motivo", "Reason"),
    "specimen": ("Muestra", "Amostra", "Specimen"),
    "to": ("Servicio de destino", "Encaminhado para", "Referred to"),
    "clinical_summary": ("Resumen clínico", "Resumo clínico", "Clinical summary"),
    "period": ("Período", "Período", "Period"),
    "signed": ("Firmado electrónicamente", "Assinado eletronicamente", "Signed electronically"),
    "registration": ("Registro profesional", "Registro profissional", "Registration"),
    "code": ("Código de verificación", "Código de verificação", "Verification code"),
    "verify": (
        "Verifique este documento (no necesita cuenta): código QR o",
        "Verifique este documento (não precisa de conta): código QR ou",
        "Check this document (no account needed): QR code or",
    ),
    "page": ("Página", "Página", "Page"),
    "not_valid": ("SIN VALIDEZ", "SEM VALIDADE", "NOT VALID"),
    "on_hold": ("en pausa", "em pausa", "on hold"),
    "stopped": ("suspendida", "suspensa", "stopped"),
    "completed": ("terminada", "concluída", "completed"),
    "cancelled": ("cancelada", "cancelado", "cancelled"),
    "entered_in_error": ("error de registro", "erro de registro", "entered in error"),
}


class Words:
    """The words of one language, as a country says them: its own, or that of the zone."""

    def __init__(self, language: str, zone: str | None = None, country: str | None = None) -> None:
        self.language, self._index = language, INDEX[language]
        self._zone = ZoneInfo(zone or "UTC")
        self._country = country or country_of(zone)
        self._comma = comma(self._country, language)

    def __call__(self, name: str) -> str:
        default = WORDS[name][self._index]
        return word(self._country, self.language, f"papers.{name}", default)

    def route(self, route: Route) -> str:
        """A route of administration."""
        return route_of(route, self.language)

    def day(self, day: date) -> str:
        """A date as it is written in the language; English papers carry ISO 8601, because day
        and month are taken for one another there."""
        return day.isoformat() if self._index == 2 else day.strftime("%d/%m/%Y")

    def born(self, day: date, precision: str | None) -> str:
        """A birth as far as it is known: `1980`, `03/1980` (`1980-03`), or the day."""
        if precision == "year":
            return f"{day:%Y}"
        if precision == "month":
            return f"{day:%Y-%m}" if self._index == 2 else f"{day:%m/%Y}"
        return self.day(day)

    def moment(self, moment: datetime) -> str:
        """A moment by the clock of the site, with its distance from UTC."""
        local = moment.astimezone(self._zone)
        offset = f"{local:%z}"
        return f"{self.day(local.date())} {local:%H:%M} (UTC{offset[:3]}:{offset[3:]})"

    def day_of(self, moment: datetime) -> date:
        """The date at the site."""
        return moment.astimezone(self._zone).date()

    def age(self, born: date, day: date) -> str:
        """Completed years; of infants months, of newborns days."""
        passed = relativedelta(day, born)
        if passed.years >= 2:
            return f"{passed.years} {self('years')}"
        months = passed.years * 12 + passed.months
        if months:
            return f"{months} {self('month' if months == 1 else 'months')}"
        return self.days(max((day - born).days, 0))

    def quantity(self, count: int, unit: str, *, spelt: bool) -> str:
        """How many to dispense; in words too, where a law wants it."""
        amount = self.amount(count, unit)
        if not spelt:
            return amount
        return f"{amount} ({in_words(count, self.language)})"

    def number(self, value: float) -> str:
        """A number with every digit that was written, with the country's decimal sign."""
        return decimal(value, comma=self._comma)

    def amount(self, value: float, unit: str) -> str:
        """How many of a unit: `21 tabletas`, `1 frasco`, `0.5 mg`."""
        return amount_of(value, unit, comma=self._comma)

    def days(self, count: int) -> str:
        """How many days."""
        return f"{count} {self('day' if count == 1 else 'days')}"

    def dose(self, dose: Dose, frequency: Frequency) -> str:
        """How much, how often."""
        return dose_of(dose, frequency, self.language, comma=self._comma)
