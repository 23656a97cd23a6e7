FROM node:22.4.1-bookworm-slim
COPY . /app
WORKDIR /app
# here
CMD ["npm", "start"]
