FROM node:22.4.1-bookworm-slim
# here
USER node
CMD ["node", "server.js"]
