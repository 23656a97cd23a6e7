FROM node:22.4.1-bookworm-slim
ENV PORT=3000
EXPOSE 9229
# here
EXPOSE 80 443
CMD ["node", "server.js"]
