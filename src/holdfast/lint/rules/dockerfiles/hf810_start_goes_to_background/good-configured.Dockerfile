FROM alpine:3.20.3
RUN apk add --no-cache nginx && echo "daemon off;" >> /etc/nginx/nginx.conf
ENTRYPOINT ["nginx"]
