"""The identity service's settings and what is built from them."""

import pytest

from telesalud.identity.settings import IdentitySettings
from telesalud.identity.wiring import services_from
from telesalud.platform.settings import SettingsError

ENVIRONMENT = {
    "TELESALUD_STAGE": "test",
    "TELESALUD_CONTEXT": "identity",
    "TELESALUD_TABLE": "telesalud-test-identity",
    "TELESALUD_DATA_KEY": "alias/data",
    "TELESALUD_SIGNING_KEY": "alias/signing",
    "TELESALUD_ORIGIN": "http://127.0.0.1:8080",
}


@pytest.mark.parametrize(
    ("text", "keys"),
    [("", ()), ("alias/next", ("alias/next",)), ("arn:a,arn:b", ("arn:a", "arn:b"))],
)
def test_published_keys_are_a_list_that_may_be_empty(text: str, keys: tuple[str, ...]) -> None:
    settings = IdentitySettings.load({**ENVIRONMENT, "TELESALUD_PUBLISHED_KEYS": text})
    assert settings.published_keys == keys
    assert len(services_from(settings).signers) == 1 + len(keys)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ARGON2_MEMORY_KIB", "1024"),
        ("ARGON2_PASSES", "0"),
        ("SESSION_HOURS", "48"),
        ("SESSION_IDLE_MINUTES", "soon"),
    ],
)
def test_settings_that_would_weaken_the_service_stop_it_at_once(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        IdentitySettings.load({**ENVIRONMENT, f"TELESALUD_{name}": value})


def test_outside_local_stages_keys_are_fetched_over_https_only() -> None:
    production = {
        **ENVIRONMENT,
        "TELESALUD_STAGE": "prod",
        "TELESALUD_ORIGIN": "https://clinic.example",
        "TELESALUD_FRONT_DOOR_SHA256": "0" * 64,
    }
    issuer = '[{"issuer": "https://i.example", "jwks_url": "%s", "audience": "telesalud"}]'
    for url, accepted in (("https://i.example/k", True), ("http://i.example/k", False)):
        given = {**production, "TELESALUD_TRUSTED_ISSUERS": issuer % url}
        if accepted:
            assert IdentitySettings.load(given).trusted_issuers[0].jwks_url == url
        else:
            with pytest.raises(SettingsError, match="jwks_url"):
                IdentitySettings.load(given)


def test_an_issuers_role_that_we_do_not_have_stops_the_service() -> None:
    issuer = '[{"issuer": "i", "jwks_url": "u", "audience": "a", "roles": {"jefe": "emperor"}}]'
    with pytest.raises(SettingsError, match="ROLES"):
        IdentitySettings.load({**ENVIRONMENT, "TELESALUD_TRUSTED_ISSUERS": issuer})
