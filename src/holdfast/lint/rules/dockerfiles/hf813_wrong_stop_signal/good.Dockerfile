FROM alpine:3.20.3
RUN apk add --no-cache nginx
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
