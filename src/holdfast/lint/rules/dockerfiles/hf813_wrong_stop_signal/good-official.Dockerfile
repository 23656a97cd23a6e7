# The image of nginx sets SIGQUIT itself.
FROM nginx:1.27.1-alpine
COPY dist /usr/share/nginx/html
CMD ["nginx", "-g", "daemon off;"]
