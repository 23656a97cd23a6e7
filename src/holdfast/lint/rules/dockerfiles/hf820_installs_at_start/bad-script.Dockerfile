FROM python:3.12.4-slim-bookworm
COPY --chmod=0755 bad-entrypoint.sh /entrypoint.sh
ENTRYPOINT ["/entrypoint.sh"]
