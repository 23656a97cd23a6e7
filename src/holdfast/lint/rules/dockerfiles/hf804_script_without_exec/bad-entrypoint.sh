#!/bin/sh
# Don't start before the configuration is there.
set -eu
cat > /tmp/server.conf <<END
it's the port: $PORT
END
if [ -n "${WAIT:-}" ]; then
    sleep 1
fi

"$@"  # here
