FROM debian:12.7-slim
COPY --chmod=0755 <<'END' /entrypoint.sh
#!/bin/bash
trap 'kill -TERM $child' TERM
server &
child=$!
wait $child
END
ENTRYPOINT ["/entrypoint.sh"]
