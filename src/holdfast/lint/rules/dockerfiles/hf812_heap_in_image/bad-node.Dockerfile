FROM node:22.4.1-bookworm-slim
# here
ENV NODE_OPTIONS --max-old-space-size=4096
# here
ENV GOMEMLIMIT=900MiB
CMD ["node", "server.js"]
