FROM alpine:3.20.3
RUN apk add --no-cache nginx
ENTRYPOINT ["nginx", "-g", "daemon off;"]
