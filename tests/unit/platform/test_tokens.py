"""Which tokens prove somebody, and which prove nothing."""

import base64
import hashlib
import hmac
import json
import re
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import RSAAlgorithm

from telesalud.platform.access import CallerKind, Role
from telesalud.platform.errors import Unavailable
from telesalud.platform.settings import TrustedIssuer
from telesalud.platform.tokens import (
    LEEWAY,
    MAX_TOKEN,
    TokenRefused,
    TokenVerifier,
    external_subject,
    usable_keys,
)
from tests.worlds.tokens import Jwks, MemorySigner, claims_of, our_issuer
from tests.worlds.world import START, FrozenClock, partner, user

SIGNER = MemorySigner()
CLAIMS = claims_of(user(Role.PHYSICIAN))
KEYCLOAK = TrustedIssuer(
    issuer="https://sso.hospital.example/realms/staff",
    jwks_url="https://sso.hospital.example/realms/staff/certs",
    audience="telesalud",
    tenant_claim="institution",
    tenants=("hospital-demo",),
    roles_claim="realm_access.roles",
    roles={"medico": Role.PHYSICIAN, "jefe": Role.ADMINISTRATOR},
)
KEYCLOAK_CLAIMS: dict[str, Any] = {
    "iss": KEYCLOAK.issuer,
    "sub": "f:1:someone",
    "aud": ["account", "telesalud"],
    "institution": "hospital-demo",
    "realm_access": {"roles": ["medico", "offline_access"]},
    "iat": CLAIMS["iat"],
    "exp": CLAIMS["exp"],
}


def verifier(*issuers: TrustedIssuer, clock: FrozenClock | None = None) -> TokenVerifier:
    return TokenVerifier(issuers or (our_issuer(),), Jwks([SIGNER]), clock or FrozenClock())


def signed(header: dict[str, Any], claims: dict[str, Any], signature: bytes) -> str:
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def refusal(token: str, *issuers: TrustedIssuer) -> str:
    with pytest.raises(TokenRefused) as caught:
        verifier(*issuers).caller(token)
    return caught.value.reason


def test_a_token_of_ours_proves_a_user_with_roles_and_session() -> None:
    caller = verifier().caller(SIGNER.sign(CLAIMS))
    assert (caller.tenant, caller.subject, caller.kind) == (
        "hospital-demo",
        "user-1",
        CallerKind.USER,
    )
    assert caller.roles == {Role.PHYSICIAN}
    assert caller.session == "session-1"


def test_a_token_of_ours_proves_a_partner_with_scopes() -> None:
    caller = verifier().caller(SIGNER.sign(claims_of(partner("consults.write", "consults.read"))))
    assert caller.kind is CallerKind.PARTNER
    assert caller.scopes == {"consults.write", "consults.read"}


@pytest.mark.parametrize("missing", ["iss", "sub", "aud", "exp", "iat", "nbf", "tenant", "kind"])
def test_a_token_without_a_required_claim_is_refused(missing: str) -> None:
    refusal(SIGNER.sign({name: value for name, value in CLAIMS.items() if name != missing}))


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "another-api"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"iss": {"a": 1}},
        {"kind": "system"},
        {"kind": "participant"},
        {"kind": None},
        {"roles": ["superuser"]},
        {"roles": "administrator"},
        {"roles": [{}]},
        {"scope": ["consults.write"]},
        {"tenant": "Hospital#1"},
        {"tenant": "hospital-demo\n"},
        {"tenant": ""},
        {"tenant": ["hospital-demo"]},
        {"sub": 7},
        {"sub": ""},
        {"sid": ""},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": float("inf")},
        {"iat": None},
    ],
)
def test_a_signed_token_with_a_wrong_claim_is_refused(change: dict[str, Any]) -> None:
    refusal(SIGNER.sign({**CLAIMS, **change}))


def test_expiry_and_start_are_checked_with_a_small_leeway_only() -> None:
    clock = FrozenClock()
    check = verifier(clock=clock)
    token = SIGNER.sign(CLAIMS)
    clock.now = START - LEEWAY
    check.caller(token)
    clock.now = START - LEEWAY - timedelta(seconds=1)
    with pytest.raises(TokenRefused):
        check.caller(token)
    clock.now = START + timedelta(minutes=10) + LEEWAY - timedelta(seconds=1)
    check.caller(token)
    clock.now = START + timedelta(minutes=10) + LEEWAY
    with pytest.raises(TokenRefused, match="not valid"):
        check.caller(token)


def test_a_token_that_is_not_an_access_token_is_refused() -> None:
    assert refusal(SIGNER.sign(CLAIMS, "JWT")) == "typ"


def test_algorithm_none_is_refused() -> None:
    header = {"alg": "none", "typ": "at+jwt", "kid": SIGNER.kid}
    parts = signed(header, CLAIMS, b"").rsplit(".", 1)
    refusal(parts[0] + ".")
    assert refusal(signed(header, CLAIMS, b"x")) == "alg"


def test_the_public_key_is_not_accepted_as_an_hmac_secret() -> None:
    public = SIGNER.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    header = {"alg": "HS256", "typ": "at+jwt", "kid": SIGNER.kid}
    unsigned = signed(header, CLAIMS, b"").rstrip(".")
    forged = hmac.new(public, unsigned.encode(), hashlib.sha256).digest()
    assert refusal(signed(header, CLAIMS, forged)) == "alg"


def test_a_key_of_one_algorithm_does_not_verify_another() -> None:
    header = {"alg": "RS256", "typ": "at+jwt", "kid": SIGNER.kid}
    assert refusal(signed(header, CLAIMS, b"x" * 64)) == "key"


def test_another_key_under_the_same_id_is_refused() -> None:
    assert refusal(MemorySigner(kid=SIGNER.kid).sign(CLAIMS)) == "InvalidSignatureError"


def test_keys_and_addresses_offered_by_the_token_itself_are_ignored() -> None:
    rival = MemorySigner(kid="rival")
    header = {
        "alg": "ES256",
        "kid": "rival",
        "typ": "at+jwt",
        "jwk": dict(rival.public_jwk),
        "jku": "https://evil.example/jwks.json",
    }
    assert refusal(rival.sign_with(header, CLAIMS)) == "key"


def test_a_critical_header_nobody_understands_is_refused() -> None:
    header = {"alg": "ES256", "kid": SIGNER.kid, "typ": "at+jwt", "crit": ["x"], "x": 1}
    refusal(SIGNER.sign_with(header, CLAIMS))


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a.b", "a.b.c.d", "é.b.c", "a.b.c\n", "a" * (MAX_TOKEN + 1), "e30.e30.e30"],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    refusal(token)


def test_deeply_nested_json_is_refused_like_any_other_rubbish() -> None:
    nested = base64.urlsafe_b64encode(b"[" * 5000).decode().rstrip("=")
    refusal(f"{nested}.e30.e30")
    refusal(f"e30.{nested[:4000]}.e30")


@given(st.data())
def test_any_change_of_a_token_destroys_it(data: st.DataObject) -> None:
    token = SIGNER.sign(CLAIMS)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABCDEFGHabcdefgh0123456789-_."))
    changed = token[:at] + other + token[at + 1 :]
    try:
        assert verifier().caller(changed).subject == "user-1"
    except TokenRefused:
        return
    # The last character of a base64url segment may carry unused bits: same bytes, same token.
    assert decoded(changed) == decoded(token)


def decoded(token: str) -> list[bytes]:
    return [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split(".")]


@given(st.text(max_size=300))
def test_random_text_never_breaks_the_verifier(text: str) -> None:
    refusal(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(CLAIMS)), JSON, max_size=4))
def test_signed_claims_of_any_type_never_break_the_verifier(changes: dict[str, Any]) -> None:
    try:
        caller = verifier().caller(SIGNER.sign({**CLAIMS, **changes}))
    except TokenRefused:
        return
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*", caller.tenant)
    assert caller.kind in (CallerKind.USER, CallerKind.PARTNER)


class TestExternalIssuers:
    def test_mapped_roles_are_taken_and_the_subject_is_no_name(self) -> None:
        caller = verifier(KEYCLOAK).caller(SIGNER.sign(KEYCLOAK_CLAIMS, "JWT"))
        assert caller.roles == {Role.PHYSICIAN}
        assert caller.subject == external_subject(KEYCLOAK.issuer, "f:1:someone")
        assert caller.tenant == "hospital-demo"

    def test_scopes_and_partner_kind_are_not_believed(self) -> None:
        claims = {**KEYCLOAK_CLAIMS, "scope": "identity.admin", "kind": "partner", "sid": "x"}
        caller = verifier(KEYCLOAK).caller(SIGNER.sign(claims))
        assert caller.kind is CallerKind.USER
        assert caller.scopes == frozenset()

    def test_it_speaks_for_its_own_tenants_only(self) -> None:
        claims = {**KEYCLOAK_CLAIMS, "institution": "another-hospital"}
        assert refusal(SIGNER.sign(claims), KEYCLOAK) == "tenant"

    def test_its_key_does_not_sign_for_our_issuer(self) -> None:
        theirs = MemorySigner(kid="theirs")

        def fetch(url: str) -> bytes:
            return Jwks([theirs if url == KEYCLOAK.jwks_url else SIGNER])(url)

        check = TokenVerifier([our_issuer(), KEYCLOAK], fetch, FrozenClock())
        check.caller(theirs.sign(KEYCLOAK_CLAIMS))
        with pytest.raises(TokenRefused) as caught:
            check.caller(theirs.sign(CLAIMS))
        assert caught.value.reason == "key"

    def test_cognito_names_its_audience_in_another_claim(self) -> None:
        cognito = TrustedIssuer(
            issuer="https://cognito-idp.example/pool",
            jwks_url="https://cognito-idp.example/pool/jwks.json",
            audience="client-7",
            audience_claim="client_id",
            tenant="hospital-demo",
            roles_claim="cognito:groups",
            roles={"nurses": Role.NURSE},
        )
        claims = {
            "iss": cognito.issuer,
            "sub": "abc",
            "client_id": "client-7",
            "cognito:groups": ["nurses"],
            "iat": CLAIMS["iat"],
            "exp": CLAIMS["exp"],
        }
        assert verifier(cognito).caller(SIGNER.sign(claims)).roles == {Role.NURSE}
        assert refusal(SIGNER.sign({**claims, "client_id": "client-8"}), cognito) == "audience"


class TestKeySets:
    def test_keys_are_fetched_once_while_fresh(self) -> None:
        jwks = Jwks([SIGNER])
        check = TokenVerifier([our_issuer()], jwks, FrozenClock())
        for _ in range(5):
            check.caller(SIGNER.sign(CLAIMS))
        assert jwks.fetched == 1

    def test_a_new_key_is_found_by_one_refetch(self) -> None:
        clock, fresh = FrozenClock(), MemorySigner(kid="test-2")
        jwks = Jwks([SIGNER])
        check = TokenVerifier([our_issuer()], jwks, clock)
        check.caller(SIGNER.sign(CLAIMS))
        jwks.signers = [fresh, SIGNER]
        clock.advance(seconds=31)
        check.caller(fresh.sign(CLAIMS))
        check.caller(SIGNER.sign(CLAIMS))
        assert jwks.fetched == 2

    def test_forged_key_ids_cannot_hammer_the_issuer(self) -> None:
        clock = FrozenClock()
        jwks = Jwks([SIGNER])
        check = TokenVerifier([our_issuer()], jwks, clock)
        for number in range(50):
            with pytest.raises(TokenRefused):
                check.caller(MemorySigner(kid=f"forged-{number}").sign(CLAIMS))
        assert jwks.fetched == 1

    def test_a_retired_key_is_forgotten_when_the_set_is_renewed(self) -> None:
        clock, fresh = FrozenClock(), MemorySigner(kid="test-2")
        jwks = Jwks([SIGNER])
        check = TokenVerifier([our_issuer()], jwks, clock)
        check.caller(SIGNER.sign(CLAIMS))
        jwks.signers = [fresh]
        clock.advance(minutes=9)
        check.caller(SIGNER.sign(CLAIMS))
        clock.advance(minutes=1)
        with pytest.raises(TokenRefused) as caught:
            check.caller(SIGNER.sign({**CLAIMS, "exp": CLAIMS["exp"] + 3600}))
        assert caught.value.reason == "key"

    def test_known_keys_outlive_an_outage_of_the_issuer(self) -> None:
        clock = FrozenClock()
        jwks = Jwks([SIGNER])
        check = TokenVerifier([our_issuer()], jwks, clock)
        late = {**CLAIMS, "exp": CLAIMS["exp"] + 48 * 3600}
        check.caller(SIGNER.sign(late))
        jwks.down = True
        clock.advance(hours=23)
        check.caller(SIGNER.sign(late))
        clock.advance(hours=2)
        with pytest.raises(Unavailable):
            check.caller(SIGNER.sign(late))

    def test_a_first_fetch_that_failed_is_repeated_after_two_seconds(self) -> None:
        clock = FrozenClock()
        jwks = Jwks([SIGNER], down=True)
        check = TokenVerifier([our_issuer()], jwks, clock)
        for _ in range(5):
            with pytest.raises(Unavailable):
                check.caller(SIGNER.sign(CLAIMS))
        assert jwks.fetched <= 1
        jwks.down = False
        clock.advance(seconds=2)
        check.caller(SIGNER.sign(CLAIMS))

    def test_an_unreachable_issuer_is_an_outage_and_not_a_forgery(self) -> None:
        check = TokenVerifier([our_issuer()], Jwks([SIGNER], down=True), FrozenClock())
        for _ in range(2):
            with pytest.raises(Unavailable):
                check.caller(SIGNER.sign(CLAIMS))

    def test_only_strong_signing_keys_are_usable(self) -> None:
        weak = RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 1024).public_key(), as_dict=True)
        strong = RSAAlgorithm.to_jwk(
            rsa.generate_private_key(65537, 2048).public_key(), as_dict=True
        )
        other = MemorySigner("p384")
        listed = [
            {**weak, "kid": "weak"},
            {**strong, "kid": "strong"},
            {**strong, "kid": "encryption", "use": "enc"},
            {**strong, "kid": "other-algorithm", "alg": "PS256"},
            {**strong},
            {"kty": "oct", "k": "c2VjcmV0", "kid": "symmetric"},
            {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "no point"},
            {**other.public_jwk, "crv": "P-384"},
        ]
        assert set(usable_keys(json.dumps({"keys": listed}).encode())) == {"strong"}

    @pytest.mark.parametrize("document", [b"", b"[]", b"{}", b'{"keys": 7}', b'{"keys": ["a"]}'])
    def test_an_unreadable_key_document_is_an_outage(self, document: bytes) -> None:
        with pytest.raises(Unavailable):
            usable_keys(document)


def test_an_rs256_token_of_an_external_issuer_is_accepted() -> None:
    key = rsa.generate_private_key(65537, 2048)
    jwk = {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": "rsa"}
    check = TokenVerifier([KEYCLOAK], lambda _: json.dumps({"keys": [jwk]}).encode(), FrozenClock())
    token = jwt.encode(KEYCLOAK_CLAIMS, key, algorithm="RS256", headers={"kid": "rsa"})
    assert check.caller(token).roles == {Role.PHYSICIAN}
