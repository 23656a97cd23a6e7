# dumb-init signals all processes, so the program hears of the stop beside the shell.
FROM node:22.4.1-bookworm-slim
COPY server.js .
ENTRYPOINT ["dumb-init", "--"]
CMD node server.js
