# bash replaces itself by the last command.
FROM node:22.4.1-bookworm-slim
SHELL ["/bin/bash", "-c"]
COPY server.js .
CMD node server.js
