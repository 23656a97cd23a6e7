FROM golang:1.23.1-bookworm AS build
RUN CGO_ENABLED=0 go build -o /out/bin/server .

FROM scratch
COPY --from=build /out /app
ENTRYPOINT ["/app/bin/server"]
