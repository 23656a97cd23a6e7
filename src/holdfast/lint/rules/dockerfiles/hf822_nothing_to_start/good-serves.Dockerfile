FROM nginx:1.27.1-alpine
COPY dist /usr/share/nginx/html
