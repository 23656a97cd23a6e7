FROM node:22.4.1-bookworm-slim
COPY server.js .
# here
STOPSIGNAL SIGKILL
CMD ["node", "server.js"]
