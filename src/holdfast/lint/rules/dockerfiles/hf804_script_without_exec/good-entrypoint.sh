#!/bin/sh
set -eu
if [ "$1" = server ]; then
    exec "$@" --config /etc/server.conf
fi
exec "$@"
