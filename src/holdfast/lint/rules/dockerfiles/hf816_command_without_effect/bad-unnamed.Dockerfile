FROM node:22.4.1-bookworm-slim
# here
ENTRYPOINT ["node"]

FROM nginx:1.27.1-alpine
RUN --mount=type=bind,from=0,target=/build cp -r /build/dist /usr/share/nginx/html
