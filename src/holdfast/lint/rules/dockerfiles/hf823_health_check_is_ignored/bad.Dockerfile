FROM node:22.4.1-bookworm-slim
ENV PORT=3000
# here
HEALTHCHECK --interval=10s --timeout=2s --start-period=1m30s --retries=5 \
    CMD curl -f http://localhost:$PORT/healthz || exit 1
CMD ["node", "server.js"]
