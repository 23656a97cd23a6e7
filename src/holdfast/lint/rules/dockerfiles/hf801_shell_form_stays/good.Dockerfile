FROM node:22.4.1-bookworm-slim
WORKDIR /app
COPY server.js .
CMD ["node", "server.js"]
