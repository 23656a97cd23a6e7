FROM golang:1.23.1-alpine AS build
RUN go build -o /out/server .

FROM alpine:3.20.3
COPY --from=build /out/server /server
ENTRYPOINT ["/server"]
