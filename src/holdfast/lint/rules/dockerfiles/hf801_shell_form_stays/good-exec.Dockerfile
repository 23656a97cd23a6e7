FROM node:22.4.1-bookworm-slim
COPY server.js .
CMD exec node server.js
