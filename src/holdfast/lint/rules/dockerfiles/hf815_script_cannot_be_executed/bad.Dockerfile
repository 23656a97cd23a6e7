FROM debian:12.7-slim
# here
COPY bad-mode.sh /entrypoint.sh
ENTRYPOINT ["/entrypoint.sh"]
