FROM node:22.4.1-bookworm-slim
COPY . /app
WORKDIR /app
RUN npm ci
CMD ["node", "server.js"]
