"""What this context stores as JSON, sealed or in clear: each kind with its model (decision 0006).

Some values of the contracts stand in these models as they are, and so are stored, too:
`PatientRef`, `PractitionerRef`, `Clinic` and `DeviceCheck` of `schemas.consults`. Notes, messages
and signals are sealed as plain text, and an event of a video room is kept as it came, to be read by
nobody.
"""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from schemas.consents import ConsentText
from telesalud.consults.consent.stored import StoredDecision, StoredOwnText, StoredPolicy
from telesalud.consults.content.files import Label
from telesalud.consults.model import Private, State
from telesalud.consults.tenant_settings import TenantSettings
from telesalud.consults.video.room_log import RoomLog

STORED: Final[Mapping[str, type[BaseModel]]] = {
    "consent_decision": StoredDecision,
    "consent_own_text": StoredOwnText,
    "consent_policy": StoredPolicy,
    "consent_text": ConsentText,
    "consult_state": State,
    "consult_private": Private,
    "file_label": Label,
    "room_log": RoomLog,
    "tenant_settings": TenantSettings,
}
