#!/usr/bin/env bash
# Unit tests of the Lua libraries under plain Lua 5.4 with Prosody's own util.* modules.
set -euo pipefail
cd "$(dirname "$0")/.."
prosody=${PROSODY_LIB:-/usr/lib/prosody}
LUA_PATH="modules/?.lib.lua;$prosody/?.lua;;" LUA_CPATH="$prosody/?.so;;" \
    exec busted --lua=lua5.4 --pattern=_spec spec "$@"
