FROM node:22.4.1-bookworm-slim
COPY . /app
# here
ENTRYPOINT ["npx", "vite", "--host"]
