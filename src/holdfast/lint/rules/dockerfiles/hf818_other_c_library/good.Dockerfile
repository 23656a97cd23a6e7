FROM golang:1.23.1-bookworm AS build
ENV CGO_ENABLED=0
RUN go build -o /out/server .

FROM scratch
COPY --from=build /out/server /server
ENTRYPOINT ["/server"]
