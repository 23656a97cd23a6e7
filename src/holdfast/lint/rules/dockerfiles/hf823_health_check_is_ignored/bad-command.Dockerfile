FROM redis:7.4.0-alpine
# here
HEALTHCHECK CMD ["redis-cli", "ping"]
