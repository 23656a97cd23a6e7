FROM node:22.4.1-bookworm-slim
WORKDIR /app
COPY server.js .
# here
CMD node server.js
