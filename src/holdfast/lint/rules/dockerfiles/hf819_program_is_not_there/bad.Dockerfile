FROM golang:1.23.1-bookworm AS build
RUN CGO_ENABLED=0 go build -o /out/server .

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/server /usr/bin/server
# here
ENTRYPOINT ["/app/server"]
