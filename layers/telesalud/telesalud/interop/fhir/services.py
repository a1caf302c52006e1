"""What the use cases of FHIR take."""

from dataclasses import dataclass

from telesalud.platform.work import Services


@dataclass(frozen=True, slots=True)
class FhirServices(Services):
    """`Services`, and where the server says that it is."""

    base: str
    """Such as `https://clinic.example/api/interop/fhir/r4`, without a slash at its end."""
