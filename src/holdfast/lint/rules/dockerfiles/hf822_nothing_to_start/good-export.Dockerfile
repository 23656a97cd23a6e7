# A stage for docker build --output, which nobody starts.
FROM golang:1.23.1-bookworm AS build
RUN go build -o /out/server .

FROM scratch
COPY --from=build /out /
