FROM node:22.4.1-bookworm-slim AS base
COPY server.js .
# here
ENTRYPOINT [ "node", "server.js", ]

FROM base
# here
CMD ["--port", "8080"
