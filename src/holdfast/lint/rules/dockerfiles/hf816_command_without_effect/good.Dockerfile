FROM node:22.4.1-bookworm-slim AS base
ENTRYPOINT ["node"]

FROM base AS development
CMD ["--watch", "server.js"]

FROM base
CMD ["server.js"]
