FROM node:22.4.1-bookworm-slim
COPY server.js .
RUN ["node", "--check", "server.js"]
CMD [ "node", "server.js" ]
