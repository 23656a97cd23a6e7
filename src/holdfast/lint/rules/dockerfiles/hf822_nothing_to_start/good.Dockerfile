FROM debian:12.7-slim AS base
CMD ["/server"]

FROM base
COPY server /server
