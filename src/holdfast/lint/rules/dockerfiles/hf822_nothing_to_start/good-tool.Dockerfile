# A tool of the build, which is started with a command.
FROM golang:1.23.1-bookworm
RUN go install golang.org/x/tools/cmd/stringer@v0.25.0
WORKDIR /src
