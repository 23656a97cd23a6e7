FROM node:22.4.1-bookworm-slim
COPY server.js .
# here
CMD ['node', 'server.js']
