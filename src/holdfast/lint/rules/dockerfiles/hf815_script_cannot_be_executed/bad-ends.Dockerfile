FROM debian:12.7-slim
COPY --chmod=0755 bad-ends.sh /usr/local/bin/
ENTRYPOINT ["bad-ends.sh"]
