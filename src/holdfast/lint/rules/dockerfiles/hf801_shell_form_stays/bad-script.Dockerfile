# The script becomes what CMD says, which is a shell.
FROM debian:12.7-slim
COPY --chmod=0755 <<'END' /entrypoint.sh
#!/bin/sh
exec "$@"
END
ENTRYPOINT ["/entrypoint.sh"]
# here
CMD server \
    --port 8080
