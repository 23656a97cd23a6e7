ARG TAG=latest
FROM node:22.4.1-bookworm-slim AS build
RUN npm ci

# here
FROM nginx:${TAG}
COPY --from=build /dist /usr/share/nginx/html
