"""Sessions of participants: short tokens for one seat of one consult, and who holds one.

A token is a JWT (RFC 7519) signed with ES256 by the consults key in KMS. It proves who was let in;
whether that still counts is decided at every request against the consult, which is read anyway.
"""

from collections.abc import Mapping
from typing import Any

from schemas.consult_sessions import Session
from schemas.consults import Clinic
from telesalud.consults.access import attend, open_consult, participant_caller, session_of
from telesalud.consults.model import Consult, Seat, check_session
from telesalud.consults.policy import ATTEND, SESSION
from telesalud.consults.repository import Loaded, audit
from telesalud.consults.tenant_settings import settings_key, settings_of
from telesalud.consults.visit.views import session_view
from telesalud.platform.access import Caller, CallerKind
from telesalud.platform.clock import Clock
from telesalud.platform.errors import NotFound
from telesalud.platform.ports.keys import JwtSigner
from telesalud.platform.tokens import MAX_TOKEN, TokenRefused, Verifier
from telesalud.platform.work import Call, Services, Work

TOKEN_TYPE = "consult+jwt"  # noqa: S105  # a media type, not a secret
AUDIENCE = "telesalud-consults"
LEEWAY_SECONDS = 5


class SessionTokens:
    """Issues and verifies the tokens of one installation."""

    def __init__(self, signer: JwtSigner, origin: str, clock: Clock) -> None:
        self._signer = signer
        self._clock = clock
        self.issuer = f"{origin}/api/consults"

    def session(self, consult: Consult, seat: Seat, clinic: Clinic | None) -> Session:
        """A new token for the seat with what its page shows first."""
        now = self._clock()
        expires = now + SESSION
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": seat.id,
            "tenant": consult.tenant,
            "consult": consult.id,
            "generation": seat.generation,
            "iat": int(now.timestamp()),
            "exp": int(expires.timestamp()),
        }
        return Session(
            token=self._signer.sign(claims, TOKEN_TYPE),
            expires_at=expires,
            expires_in=int(SESSION.total_seconds()),
            role=seat.role,
            participant=seat.id,
            consult=session_view(consult, now),
            clinic=clinic,
        )

    def issued(self, token: str) -> bool:
        """Whether the token claims to be one of ours; `caller` proves it."""
        import jwt  # noqa: PLC0415  # 100 ms of import that only the authorizer needs

        try:
            claims = jwt.decode(token, options={"verify_signature": False})
        except (jwt.PyJWTError, RecursionError):
            return False
        return claims.get("iss") == self.issuer

    def caller(self, token: str) -> Caller:
        """Whose session it is. Raises TokenRefused."""
        claims = self._verified(token)
        if int(claims["exp"]) + LEEWAY_SECONDS <= self._clock().timestamp():
            raise TokenRefused("expired")
        seat = Seat(id=str(claims["sub"]), generation=int(claims["generation"]))
        return participant_caller(str(claims["tenant"]), str(claims["consult"]), seat)

    def _verified(self, token: str) -> Mapping[str, Any]:
        import jwt  # noqa: PLC0415  # as above

        options: Any = {
            "require": ["iss", "aud", "sub", "exp", "iat", "tenant", "consult", "generation"],
            "verify_exp": False,
            "verify_iat": False,
        }
        try:
            header = jwt.get_unverified_header(token)
            if header.get("typ") != TOKEN_TYPE or header.get("kid") != self._signer.kid:
                raise TokenRefused("header")
            key = jwt.PyJWK(dict(self._signer.public_jwk), "ES256")
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=["ES256"],
                audience=AUDIENCE,
                issuer=self.issuer,
                options=options,
            )
        except (jwt.PyJWTError, RecursionError) as error:
            raise TokenRefused(type(error).__name__) from error
        return claims


class EitherToken:
    """Verifies what the authorizer gets: a participant's session token or an access token."""

    def __init__(self, participants: SessionTokens, others: Verifier) -> None:
        self._participants = participants
        self._others = others

    def caller(self, token: str) -> Caller:
        """Whom the token proves. Raises TokenRefused, Unavailable."""
        ours = len(token) <= MAX_TOKEN and self._participants.issued(token)
        return (self._participants if ours else self._others).caller(token)


def renew(services: Services, tokens: SessionTokens, call: Call) -> Session:
    """Another token for the same seat, as long as the consult lives."""
    consult_id = session_of(call.caller)[0]
    loaded, seat = attend(services, call, consult_id, settings_key(call.caller.tenant))
    return tokens.session(loaded.consult, seat, clinic_of(loaded))


def join_as_user(services: Services, tokens: SessionTokens, call: Call, consult_id: str) -> Session:
    """A session for the logged-in practitioner whom the consult names, without a link.

    Raises NotFound for everybody else of the tenant, NotOpenYet, ConsultEnded.
    """
    loaded = open_consult(services, call, consult_id, ATTEND, settings_key(call.caller.tenant))
    consult = loaded.consult
    mine = [s for s in consult.state.seats if consult.id_of(s) == call.caller.subject]
    if call.caller.kind is not CallerKind.USER or not mine:
        raise NotFound
    seat = mine[0]
    check_session(loaded.consult.state, seat, seat.generation, services.clock())
    work = Work(services, call)
    audit(work, loaded.consult, "session_opened", f"seat/{seat.id}")
    work.commit()
    return tokens.session(loaded.consult, seat, clinic_of(loaded))


def clinic_of(loaded: Loaded) -> Clinic | None:
    """Whom the patient turns to; the tenant's settings are among what was read."""
    item = loaded.others.get(settings_key(loaded.consult.tenant))
    return loaded.consult.private.clinic or settings_of(item).clinic
