"""Notifications reach allowed hosts on the public internet and nothing else."""

import ipaddress
import socket
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telesalud.platform.errors import Invalid
from telesalud.platform.webhooks.addresses import (
    AddressRefused,
    check_url,
    is_public,
    reachable,
    validate_url,
)

ALLOWED = ("hooks.example.org", "*.hospital.example", "erp.example.org:8443")


def reason(url: str, *, allow_http: bool = False) -> str:
    with pytest.raises(AddressRefused) as caught:
        check_url(url, ALLOWED, allow_http=allow_http)
    return caught.value.reason


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.org/",
        "https://hooks.example.org:443/path?x=1",
        "https://HOOKS.example.org/",
        "https://a.hospital.example/x",
        "https://a.b.hospital.example/x",
        "https://erp.example.org:8443/x",
    ],
)
def test_an_allowed_host_is_allowed(url: str) -> None:
    check_url(url, ALLOWED)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://hooks.example.org/", "not_https"),
        ("ftp://hooks.example.org/", "not_https"),
        ("//hooks.example.org/", "not_https"),
        ("", "not_https"),
        ("https://other.example.org/", "host_not_allowed"),
        ("https://hospital.example/", "host_not_allowed"),
        ("https://evilhospital.example/", "host_not_allowed"),
        ("https://hooks.example.org.evil.example/", "host_not_allowed"),
        ("https://hooks.example.org:444/", "host_not_allowed"),
        ("https://erp.example.org/", "host_not_allowed"),
        ("https://127.0.0.1/", "host_not_allowed"),
        ("https://[::1]/", "malformed_url"),
        ("https://[::1/", "malformed_url"),
        ("https://hooks.example.org:99999/", "malformed_url"),
        ("https://user@hooks.example.org/", "malformed_url"),
        ("https://user:pw@hooks.example.org/", "malformed_url"),
        ("https://evil.example#@hooks.example.org/", "malformed_url"),
        ("https://evil.example\\@hooks.example.org/", "malformed_url"),
        ("https://hooks.example.org/a b", "malformed_url"),
        ("https://hooks.example.org/\r\nX: y", "malformed_url"),
        ("https://hóoks.example.org/", "malformed_url"),
        ("https://hooks.example.org./", "malformed_url"),
        ("https:///x", "malformed_url"),
    ],
)
def test_any_other_url_is_refused_with_its_reason(url: str, expected: str) -> None:
    assert reason(url) == expected


def test_plain_http_is_for_the_local_cloud_only() -> None:
    check_url("http://hooks.example.org/", ALLOWED, allow_http=True)
    assert reason("http://other.example.org/", allow_http=True) == "host_not_allowed"


def test_nothing_is_allowed_by_an_empty_list() -> None:
    with pytest.raises(AddressRefused):
        check_url("https://hooks.example.org/", ())


def test_a_refused_target_is_a_validation_error_without_its_url() -> None:
    with pytest.raises(Invalid) as caught:
        validate_url("https://user:secret@hooks.example.org/", ALLOWED)
    [field] = caught.value.fields
    assert (field.pointer, field.code) == ("/url", "malformed_url")
    assert "secret" not in str(caught.value) + field.detail


PRIVATE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "224.0.1.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fec0::1",
    "3fff::1",
    "100::1",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "ff0e::1",
    "2001:db8::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:100.64.0.1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2001:0:102:304::f5ff:fffe",
    "fd00:ec2::254",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "200.1.2.3",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]


@pytest.mark.parametrize("text", PRIVATE)
def test_private_and_special_addresses_are_not_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))
    with pytest.raises(AddressRefused) as caught:
        reachable("hooks.example.org", 443, lambda *_: [text])
    assert caught.value.reason == "private_address"


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_reachable(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))
    assert reachable("hooks.example.org", 443, lambda *_: [text]) == [
        str(ipaddress.ip_address(text))
    ]


@given(st.ip_addresses(v=4))
def test_an_embedded_address_is_judged_like_itself(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    mapped = ipaddress.IPv6Address(0xFFFF << 32 | number)
    nat64 = ipaddress.IPv6Address((0x64FF9B << 96) | number)
    assert is_public(mapped) == is_public(nat64) == is_public(address)


def test_one_private_address_among_public_ones_is_refused() -> None:
    with pytest.raises(AddressRefused):
        reachable("hooks.example.org", 443, lambda *_: ["8.8.8.8", "10.0.0.1"])


@pytest.mark.parametrize("answer", [[], ["not an address"]])
def test_a_name_without_addresses_is_refused(answer: list[str]) -> None:
    with pytest.raises(AddressRefused) as caught:
        reachable("hooks.example.org", 443, lambda *_: answer)
    assert caught.value.reason == "not_resolved"


def test_a_name_that_does_not_resolve_is_refused() -> None:
    def fails(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror

    with pytest.raises(AddressRefused) as caught:
        reachable("hooks.example.org", 443, fails)
    assert caught.value.reason == "not_resolved"
