FROM node:22.4.1-bookworm-slim
HEALTHCHECK NONE
CMD ["node", "server.js"]
