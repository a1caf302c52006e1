"""The summary's items: what the chart's first screen shows, kept up with every change.

    CHART#<t>#<patient> / SUMMARY#<PART>    problems, allergies and medications in force, the last
                                            value of each vital sign, the last encounters

Each part is one item that is rewritten, under the condition of its version, in the transaction of
the change that it reflects. So the summary is five keys, read together with the patient, the keys
and the reader's relation in one `get_many` (one more for all who were merged in), whatever
the length of the record. Two changes to one part of one patient at the same moment take turns.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypeVar

from pydantic import BaseModel

from schemas.encounters import EncounterState
from schemas.summary import ActiveEntry
from schemas.vitals import LastVital
from telesalud.patients.access.opening import Chart, chart_partition
from telesalud.patients.summary.stored import Active, Encounters, LatestEncounter, Vitals
from telesalud.platform.errors import Conflict
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, Item, Key, Put, at_version
from telesalud.platform.vault import Scope, Vault
from telesalud.platform.work import Services

ENCOUNTERS: Final = "SUMMARY#ENCOUNTERS"
VITALS: Final = "SUMMARY#VITALS"
LAST_ENCOUNTERS: Final = 5
MOST_ACTIVE: Final = 300
"""Entries of one kind in force; at about 700 bytes a line they fill half of what an item may."""

P = TypeVar("P", bound=BaseModel)


class Part(NamedTuple):
    """One part of a summary as it was read."""

    scope: Scope
    name: str
    item: Item | None

    @property
    def key(self) -> Key:
        """Where it is."""
        return part_key(self.scope, self.name)

    def read(self, vault: Vault, kind: type[P]) -> P:
        """Its content; empty when nothing was recorded yet."""
        return open_model(vault, self.scope, self.item, kind) if self.item else kind()

    def replaced(self, vault: Vault, content: BaseModel) -> Put:
        """The write of new content, unless somebody was faster."""
        when = at_version(self.item.version) if self.item else ABSENT
        return Put(self.key, {ATTRIBUTE: seal_model(vault, self.scope, self.key, content)}, when)

    def with_encounter(self, vault: Vault, state: EncounterState) -> Put:
        """The write after an encounter was begun or changed."""
        others = [one for one in self.read(vault, Encounters).items if one.id != state.id]
        ordered = sorted(
            [*others, LatestEncounter.of(state)], key=lambda one: one.started_at, reverse=True
        )
        return self.replaced(vault, Encounters(items=tuple(ordered[:LAST_ENCOUNTERS])))

    def with_entries(self, vault: Vault, changes: Mapping[str, ActiveEntry | None]) -> Put:
        """The write after entries came into force, changed, or (None) no longer count.

        Raises Conflict beyond MOST_ACTIVE.
        """
        known = self.read(vault, Active).items
        lines = [one for one in known if one.id not in changes]
        lines += [line for line in changes.values() if line is not None]
        if len(lines) > MOST_ACTIVE:
            raise Conflict(f"at most {MOST_ACTIVE} entries of a kind can be in force; end some")
        return self.replaced(vault, Active(items=tuple(lines)))

    def with_vitals(self, vault: Vault, found: Sequence[LastVital]) -> Put:
        """The write after measurements: the latest of each vital sign stays."""
        last = {one.finding.vital: one for one in self.read(vault, Vitals).items}
        for one in found:
            known = last.get(one.finding.vital)
            if known is None or known.measured_at <= one.measured_at:
                last[one.finding.vital] = one
        return self.replaced(vault, Vitals(items=tuple(last.values())))

    def corrected(
        self, vault: Vault, wrong: str, instead: Sequence[LastVital], found: Sequence[LastVital]
    ) -> Put:
        """The write after a set took the place of one that was an error."""
        kept = [one for one in self.read(vault, Vitals).items if one.set != wrong]
        last = {one.finding.vital: one for one in (*kept, *instead)}
        for one in found:
            known = last.get(one.finding.vital)
            if known is None or known.measured_at <= one.measured_at:
                last[one.finding.vital] = one
        return self.replaced(vault, Vitals(items=tuple(last.values())))

    def without_set(self, vault: Vault, which: str, instead: Sequence[LastVital]) -> Put:
        """The write after a set of measurements turned out to be an error."""
        kept = [one for one in self.read(vault, Vitals).items if one.set != which]
        return self.replaced(vault, Vitals(items=(*kept, *instead)))


def part_key(scope: Scope, name: str) -> Key:
    """Where a part of a patient's summary is."""
    return Key(chart_partition(scope.tenant, scope.patient), name)


def active(kind: str) -> str:
    """The part with the entries of a kind."""
    return f"SUMMARY#{kind}"


def part_in(chart: Chart, owner: str, name: str) -> Part:
    """A part that came with the chart; `owner` is the patient or one merged into them."""
    scope = Scope(chart.tenant, owner)
    return Part(scope, name, chart.items.get(part_key(scope, name)))


def load(services: Services, tenant: str, patient: str, name: str = ENCOUNTERS) -> Part:
    """A part, to change it."""
    scope = Scope(tenant, patient)
    return Part(scope, name, services.store.get(part_key(scope, name)))
