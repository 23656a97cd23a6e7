FROM node:22.4.1-bookworm-slim
USER node
RUN npm ci
USER 1000:1000
CMD ["node", "server.js"]
