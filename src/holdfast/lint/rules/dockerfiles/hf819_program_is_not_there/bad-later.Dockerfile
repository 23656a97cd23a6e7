FROM debian:12.7-slim AS runtime
# here
COPY --from=build /out/server /server

FROM golang:1.23.1-bookworm AS build
RUN CGO_ENABLED=0 go build -o /out/server .

FROM runtime
CMD ["/server"]
