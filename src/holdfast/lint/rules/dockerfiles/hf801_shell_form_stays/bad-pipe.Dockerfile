FROM alpine:3.20.3
COPY server /server
# here
CMD /server | tee /var/log/server.log
