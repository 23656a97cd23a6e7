FROM golang:1.23.1-bookworm AS build
WORKDIR /src
COPY . .
RUN go build -o /out/server .

FROM alpine:3.20.3
# here
COPY --from=build /out/server /usr/local/bin/server
ENTRYPOINT ["server"]
