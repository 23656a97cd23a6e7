# A script that is not there to be read is no finding.
FROM debian:12.7-slim
COPY absent.sh /entrypoint.sh
ENTRYPOINT ["/entrypoint.sh"]
