"""What the vault and the token service rely on, run over memory, moto and the local cloud."""

import base64
import json
from collections.abc import Callable
from itertools import count
from typing import Any

import boto3
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from telesalud.platform.aws.kms import KmsSigner, KmsWrapper, raw
from telesalud.platform.aws.lean import LeanKms, service
from telesalud.platform.embedded.kept import Kept
from telesalud.platform.held_keys import HeldSigner, HeldWrapper
from telesalud.platform.jwk import jwk_of
from telesalud.platform.ports.keys import JwtAlgorithm, JwtSigner, KeyWrapper, Tampered
from telesalud.platform.tokens import usable_keys
from tests.contract.conftest import WITH_LEAN, cloud_client, lean_environment
from tests.support.aws_doubles import moto_kms

CONTEXT = {"tenant": "hospital-demo", "patient": "p-1"}


MakeSigner = Callable[[JwtAlgorithm], JwtSigner]
SPECS: dict[JwtAlgorithm, str] = {"ES256": "ECC_NIST_P256", "RS256": "RSA_2048"}


def _clients(request: pytest.FixtureRequest) -> tuple[Any, Any]:
    """One that makes keys, and the one that is tried."""
    if request.param.endswith("moto"):
        request.getfixturevalue("moto_cloud")
        client = boto3.client("kms")
        return client, client if request.param == "moto" else moto_kms()
    client = cloud_client("kms")
    if request.param == "cloud":
        return client, client
    return client, LeanKms(service("kms", lean_environment(client)))


@pytest.fixture(params=WITH_LEAN)
def make_signer(request: pytest.FixtureRequest) -> MakeSigner:
    """Makes signers with keys of their own."""
    if request.param == "memory":
        return HeldSigner
    if request.param == "embedded":
        kept, names = Kept(request.getfixturevalue("database")), count()
        return lambda algorithm: kept.signer(str(next(names)), algorithm)
    client, asked = _clients(request)

    def make(algorithm: JwtAlgorithm) -> JwtSigner:
        key = client.create_key(KeySpec=SPECS[algorithm], KeyUsage="SIGN_VERIFY")
        return KmsSigner(key["KeyMetadata"]["KeyId"], lambda: asked, algorithm)

    return make


@pytest.fixture(params=WITH_LEAN)
def make_wrapper(request: pytest.FixtureRequest) -> Callable[[], KeyWrapper]:
    """Makes wrappers on keys of their own."""
    if request.param == "memory":
        return HeldWrapper
    if request.param == "embedded":
        kept, names = Kept(request.getfixturevalue("database")), count()
        return lambda: kept.wrapper(str(next(names)))
    client, asked = _clients(request)
    return lambda: KmsWrapper(client.create_key()["KeyMetadata"]["KeyId"], lambda: asked)


def test_a_data_key_unwraps_under_its_context(make_wrapper: Callable[[], KeyWrapper]) -> None:
    wrapper = make_wrapper()
    fresh = wrapper.generate(CONTEXT)
    assert len(fresh.plain) == 32
    assert fresh.plain not in fresh.wrapped
    assert wrapper.unwrap(fresh.wrapped, CONTEXT) == fresh.plain
    assert wrapper.unwrap(fresh.wrapped, dict(reversed(CONTEXT.items()))) == fresh.plain


def test_every_data_key_is_another(make_wrapper: Callable[[], KeyWrapper]) -> None:
    wrapper = make_wrapper()
    assert wrapper.generate(CONTEXT).plain != wrapper.generate(CONTEXT).plain


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"tenant": "hospital-demo"},
        {"tenant": "other", "patient": "p-1"},
        {"tenant": "hospital-demo", "patient": "p-2"},
        CONTEXT | {"extra": "x"},
    ],
)
def test_a_data_key_does_not_unwrap_under_another_context(
    make_wrapper: Callable[[], KeyWrapper], other: dict[str, str]
) -> None:
    wrapper = make_wrapper()
    fresh = wrapper.generate(CONTEXT)
    with pytest.raises(Tampered):
        wrapper.unwrap(fresh.wrapped, other)


def test_an_altered_wrapped_key_is_refused(
    make_wrapper: Callable[[], KeyWrapper], request: pytest.FixtureRequest
) -> None:
    if "cloud" in request.node.name:
        pytest.skip("the local cloud's KMS does not authenticate its ciphertext, AWS does")
    wrapper = make_wrapper()
    wrapped = bytearray(wrapper.generate(CONTEXT).wrapped)
    wrapped[-1] ^= 1
    with pytest.raises(Tampered):
        wrapper.unwrap(bytes(wrapped), CONTEXT)


@pytest.mark.parametrize("algorithm", SPECS)
def test_a_signed_token_verifies_with_the_published_key(
    make_signer: MakeSigner, algorithm: JwtAlgorithm
) -> None:
    signer = make_signer(algorithm)
    claims = {"sub": "user-1", "iss": "https://x"}
    token = signer.sign(claims)
    assert jwt.get_unverified_header(token) == {
        "alg": algorithm,
        "kid": signer.kid,
        "typ": "at+jwt",
    }
    public = jwt.PyJWK(dict(signer.public_jwk))
    assert jwt.decode(token, public, algorithms=[algorithm]) == claims
    head, body, signature = token.split(".")
    with pytest.raises(jwt.InvalidTokenError):
        jwt.decode(f"{head}.{body[:-4]}AAAA.{signature}", public, algorithms=[algorithm])


@pytest.mark.parametrize("algorithm", SPECS)
def test_the_published_key_is_one_that_our_verifier_takes(
    make_signer: MakeSigner, algorithm: JwtAlgorithm
) -> None:
    jwk = make_signer(algorithm).public_jwk
    document = json.dumps({"keys": [dict(jwk)]}).encode()
    assert set(usable_keys(document)) == {jwk["kid"]}
    assert {"d", "p", "q"}.isdisjoint(jwk)


def test_the_thumbprint_is_that_of_rfc_7638() -> None:
    """The example key of RFC 7638 §3.1."""
    n = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECP"
        "ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY"
        "368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0f"
        "M4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    number = int.from_bytes(base64.urlsafe_b64decode(n + "=="), "big")
    key = RSAPublicNumbers(65537, number).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert jwk_of(der, "RS256")["kid"] == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_short_numbers_of_a_signature_are_padded() -> None:
    """DER drops leading zeros; a JOSE signature is always 64 bytes."""
    der = bytes([0x30, 6, 2, 1, 5, 2, 1, 7])
    assert raw(der) == (5).to_bytes(32, "big") + (7).to_bytes(32, "big")
