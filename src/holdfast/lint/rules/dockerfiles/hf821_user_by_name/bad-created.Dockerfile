ARG NAME=app
FROM alpine:3.20.3
ARG NAME
RUN adduser -D -u 10001 app
# here
USER ${NAME}
CMD ["/server"]
