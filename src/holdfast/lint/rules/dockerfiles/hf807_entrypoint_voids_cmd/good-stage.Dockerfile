# An ENTRYPOINT takes away the CMD of the stage before it.
FROM debian:12.7-slim AS base
CMD ["bash"]

FROM base
ENTRYPOINT exec /server
