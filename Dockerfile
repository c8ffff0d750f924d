# The command `preflight` in an image of its own; docs/integrations/docker.md says how to use it.
FROM rust:1.90-slim-bookworm AS build
WORKDIR /source
# Only what the program is built from, so that other changes do not build it again.
COPY Cargo.toml Cargo.lock build.rs ./
COPY benches benches
COPY profiles profiles
COPY samples samples
COPY src src
RUN cargo build --locked --release --bin preflight

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /source/target/release/preflight /usr/local/bin/preflight
WORKDIR /media
# The image's user `nonroot`, by number, so that it needs no look-up.
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/preflight"]
CMD ["help"]
