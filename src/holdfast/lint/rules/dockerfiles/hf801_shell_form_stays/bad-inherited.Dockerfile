ARG DEBIAN=12.7
FROM debian:${DEBIAN}-slim AS base
SHELL ["/bin/sh", "-c"]
# here
CMD /usr/local/bin/server --port 8080

FROM base
COPY server /usr/local/bin/server
