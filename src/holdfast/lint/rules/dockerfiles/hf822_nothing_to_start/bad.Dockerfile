FROM golang:1.23.1-bookworm AS build
RUN go build -o /out/server .

# here
FROM debian:12.7-slim
COPY --from=build /out/server /server
