FROM alpine:3.20.3
RUN apk add --no-cache nginx
# In front, so that the container stays.
# here
CMD ["nginx", "-g", "daemon off;"]
