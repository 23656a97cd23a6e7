FROM golang:1.23.1-bookworm AS build
RUN go build -o /out/server .
# here
CMD ["/out/server"]

FROM debian:12.7-slim
COPY --from=build /out/server /server
# here
CMD ["/server", "--debug"]
CMD ["/server"]
