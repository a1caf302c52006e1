"""Links between the entries of a transaction: what stands for an id becomes the id.

`urn:uuid:` is replaced in references and in every other address, in Markdown and in narrative; not
in identifiers, where it is a value of its own. `Type?identifier=…` becomes the one that it names.
"""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from telesalud.interop.fhir.criteria import parse
from telesalud.interop.fhir.definitions import definitions
from telesalud.interop.fhir.exact import Json, Object
from telesalud.interop.fhir.finding import find_all
from telesalud.interop.fhir.refusals import bad_request, not_one
from telesalud.interop.fhir.services import FhirServices

_URN: Final = re.compile(r"urn:(?:uuid:[0-9a-fA-F\-]{36}|oid:[0-9.]+)")
_NO_ADDRESS: Final = frozenset({"display", "system", "value", "valueString"})
"""Elements in which an address is not a link."""


@dataclass(slots=True)
class Links:
    """Full addresses of entries, and what they are here."""

    base: str
    known: dict[str, str] = field(default_factory=dict)

    def add(self, full_url: str, name: str) -> None:
        """Say what an entry is. Raises Refused when two entries have one address."""
        if not full_url:
            return
        if self.known.get(full_url, name) != name:
            raise bad_request("two entries have the same fullUrl")
        self.known[full_url] = name

    def within(self, text: str) -> str:
        """The text with every address in it replaced."""
        if text in self.known:
            return self.known[text]
        return _URN.sub(lambda match: self.known.get(match[0], match[0]), text)


def linked(services: FhirServices, tenant: str, resource: Object, links: Links) -> Object:
    """The resource with its links. Raises Refused for one that leads nowhere."""
    made: Object = _linked(services, tenant, resource, links, "")
    return made


def _linked(services: FhirServices, tenant: str, value: Json, links: Links, name: str) -> Json:
    if isinstance(value, dict):
        return {key: _linked(services, tenant, inner, links, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_linked(services, tenant, inner, links, name) for inner in value]
    if not isinstance(value, str) or name in _NO_ADDRESS:
        return value
    if name != "reference":
        return links.within(value) if "urn:" in value or value in links.known else value
    return _reference(services, tenant, value, links)


def _reference(services: FhirServices, tenant: str, value: str, links: Links) -> str:
    if value in links.known:
        return links.known[value]
    own = f"{services.base}/{value}"
    if own in links.known:
        return links.known[own]
    if value.startswith("urn:uuid:"):
        raise bad_request("a reference leads to no entry of the transaction", "not-found")
    type_, question, query = value.partition("?")
    if not question or type_ not in definitions():
        return value
    pairs = parse_qsl(query, keep_blank_values=True)
    found = find_all(services, tenant, parse(type_, pairs, condition=True))
    if len(found) != 1:
        raise not_one(f"a conditional reference names {len(found) or 'no'} {type_}")
    return found[0].head.name
