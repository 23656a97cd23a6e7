FROM rust:1.81.0-bookworm AS build
COPY . .
RUN cargo build --release

FROM scratch
# here
COPY --from=build /target/release/server /
ENTRYPOINT ["/server"]
