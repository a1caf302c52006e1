#!/usr/bin/env bash
# Installs the Debian packages that tests/jitsi, tests/browser and `make test-localstack` need. Safe to run again; says what
# it did. With --browsers also those of tests/browser/test_other_browsers.py (110 MB to fetch).
set -euo pipefail

packages=(prosody coturn haproxy shellcheck lua5.4 lua-busted lua-check lua-luaossl iproute2 chromium
    default-jre-headless)
if [ "${1:-}" = --browsers ]; then
    packages+=(firefox-esr webkit2gtk-driver xvfb)
fi
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ "${#missing[@]}" -eq 0 ]; then
    echo "tests: every Debian package is there"
    exit 0
fi

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
# The tests start the servers themselves: nothing is to run as a service after installation.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${missing[@]}"
echo "tests: installed ${missing[*]}"
