"""A signing service by the contract of docs/signing.md, with a certificate of its own making.

For trying the contract and as an example for whoever connects a provider: what a qualified provider
does with the signer's certificate is done here with one that nobody trusts. pyhanko comes with
`requirements/dev.txt`.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from asn1crypto import keys, x509
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

_PLACE = re.compile(r"/signatures/([0-9A-Za-z-]{1,80})")
ISSUER = "Autoridad de Demostración"


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)


class SigningService:
    """Signs at once, or after somebody approved, and remembers what it was asked."""

    def __init__(self, token: str, *, approves: bool = True) -> None:
        self.token = token
        self.approves = approves
        self.refuses = ""
        """A reason for which everything is refused."""
        self.signatures = 0
        """How many were made."""
        self._answers: dict[str, tuple[str, dict[str, Any]]] = {}
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def put(self, path: str, authorization: str, content: bytes) -> Answer:
        """`PUT /signatures/<id>`."""
        place = _PLACE.fullmatch(path)
        if authorization != f"Bearer {self.token}" or place is None:
            return Answer(401 if place else 404)
        asked = json.loads(content)
        document = base64.b64decode(asked["document"])
        digest = hashlib.sha256(document).hexdigest()
        if digest != asked["sha256"]:
            return Answer(422)
        known = self._answers.get(place[1])
        if known is not None:
            return Answer(200, known[1]) if known[0] == digest else Answer(409)
        if not self.approves and not self.refuses:
            return Answer(202, {"state": "pending"})
        made = {"state": "refused", "reason": self.refuses} if self.refuses else self._made(asked)
        return self._keep(place[1], digest, made)

    def _made(self, asked: dict[str, Any]) -> dict[str, Any]:
        document, registration = base64.b64decode(asked["document"]), asked["registration"]
        name = f"{asked['name']}:{registration['type']} {registration['number']}"
        return {
            "state": "signed",
            "document": base64.b64encode(self.sign(document, name)).decode(),
            "signer": name,
            "issuer": ISSUER,
        }

    def sign(self, document: bytes, name: str) -> bytes:
        """The document with a PAdES signature (baseline B-B) appended."""
        self.signatures += 1
        signer = signers.SimpleSigner(
            signing_cert=self._certificate(name),
            signing_key=keys.PrivateKeyInfo.load(
                self._key.private_bytes(
                    serialization.Encoding.DER,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            ),
            cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call] # its own gap
        )
        meta = signers.PdfSignatureMetadata(
            field_name="Telesalud", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
        )
        writer = IncrementalPdfFileWriter(BytesIO(document))
        made = asyncio.run(signers.async_sign_pdf(writer, meta, signer=signer))
        return bytes(made.getbuffer())

    def _keep(self, which: str, digest: str, body: dict[str, Any]) -> Answer:
        self._answers[which] = (digest, body)
        return Answer(200, body)

    def _certificate(self, name: str) -> x509.Certificate:
        subject = certificates.Name([certificates.NameAttribute(NameOID.COMMON_NAME, name[:64])])
        issuer = certificates.Name([certificates.NameAttribute(NameOID.COMMON_NAME, ISSUER)])
        now = datetime.now(UTC)
        usage = certificates.KeyUsage(
            digital_signature=True,
            content_commitment=True,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=False,
            crl_sign=False,
            encipher_only=False,
            decipher_only=False,
        )
        made = (
            certificates.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(self._key.public_key())
            .serial_number(certificates.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=365))
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        return x509.Certificate.load(made.public_bytes(serialization.Encoding.DER))
