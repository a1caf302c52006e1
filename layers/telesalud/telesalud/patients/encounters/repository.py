"""Where encounters and their parts are kept.

    ENCOUNTER#<t>#<id>  / ENCOUNTER            what it is; `patient` in clear, because it names
                                               the key that opens the rest
    ENCOUNTER#<t>#<id>  / NOTE#<note>#<nnnnnn> one version of a note; never changed
    ENCOUNTER#<t>#<id>  / CHAT#<nnnn>          a stretch of the chat
    ENCOUNTER#<t>#<id>  / CONNECTIONS          who joined and left, when
    ENCOUNTER#<t>#<id>  / DOCUMENT#<id>        a document; its content is in the blob store
    CHART#<t>#<patient> / ENCOUNTER#<start>#<id>  summary, for the patient's list
    CHART#<t>#<patient> / BEGUN#<appointment>  the encounter that was begun at an appointment
    CHART#<t>#<patient> / RESERVED#<id>        an encounter that a teleconsultation will become
    IMPORT#<t>          / <consult>            its id, and the patient's, from the first that asks

Everything but ids and status is sealed with the patient's key. An encounter is one `query` of
its partition; a patient's list is one `query` of the chart (one more for each id that was
merged into theirs). Parts without the `ENCOUNTER` item belong to an import that has not finished;
nobody sees them.
"""

from datetime import datetime
from typing import Final

from telesalud.patients.access.opening import chart_partition
from telesalud.platform.clock import to_text
from telesalud.platform.ports.blobs import BlobKey
from telesalud.platform.store import Key

RESERVED: Final = "RESERVED#"


def encounter_partition(tenant: str, encounter: str) -> str:
    """Where an encounter and its parts are."""
    return f"ENCOUNTER#{tenant}#{encounter}"


def encounter_key(tenant: str, encounter: str) -> Key:
    """Where an encounter's own item is."""
    return Key(encounter_partition(tenant, encounter), "ENCOUNTER")


def chart_key(tenant: str, patient: str, started_at: datetime, encounter: str) -> Key:
    """Where an encounter's summary is in the patient's chart."""
    line = f"ENCOUNTER#{to_text(started_at)}#{encounter}"
    return Key(chart_partition(tenant, patient), line)


def begun_name(appointment: str) -> str:
    """The sort key, in the chart, of what was begun at an appointment."""
    return f"BEGUN#{appointment}"


def reserved_key(tenant: str, patient: str, encounter: str) -> Key:
    """Where it says that a teleconsultation will become this encounter."""
    return Key(chart_partition(tenant, patient), f"{RESERVED}{encounter}")


def import_key(tenant: str, consult: str) -> Key:
    """Where it says which encounter a teleconsultation becomes."""
    return Key(f"IMPORT#{tenant}", consult)


def note_key(tenant: str, encounter: str, note: str, version: int) -> Key:
    """Where a version of a note is."""
    return Key(encounter_partition(tenant, encounter), f"NOTE#{note}#{version:06d}")


def document_key(tenant: str, encounter: str, document: str) -> Key:
    """Where a document's description is."""
    return Key(encounter_partition(tenant, encounter), f"DOCUMENT#{document}")


def blob_key(tenant: str, encounter: str, document: str) -> BlobKey:
    """Where a document's content is."""
    return BlobKey(tenant, encounter, document)
