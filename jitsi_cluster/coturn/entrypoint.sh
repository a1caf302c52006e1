#!/bin/sh
# Completes turnserver.conf from the environment and starts coturn. The secret goes into a file of
# mode 0600 on a tmpfs, never into the process list.
set -eu
: "${TURN_SECRET:?is not set: run generate_secrets.py}"
: "${TURN_REALM:?is not set}"
base=${TURN_BASE_CONFIG:-/etc/telesalud/turnserver.conf}
config=${TURN_CONFIG:-/tmp/turnserver.conf}

umask 077
cp "$base" "$config"
{
    printf 'static-auth-secret=%s\n' "$TURN_SECRET"
    printf 'realm=%s\n' "$TURN_REALM"
    if [ -n "${TURN_EXTERNAL_IP:-}" ]; then printf 'external-ip=%s\n' "$TURN_EXTERNAL_IP"; fi
    if [ -n "${TURN_CERT:-}" ]; then printf 'cert=%s\npkey=%s\n' "$TURN_CERT" "$TURN_KEY"; fi
    # The video bridges stand in a private network; they are the one way in (comma separated).
    for ip in $(printf '%s' "${TURN_ALLOWED_PEERS:-}" | tr ',' ' '); do
        printf 'allowed-peer-ip=%s\n' "$ip"
    done
} >>"$config"
exec turnserver -c "$config" "$@"
