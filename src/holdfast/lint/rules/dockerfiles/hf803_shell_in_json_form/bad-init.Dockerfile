FROM debian:12.7-slim
RUN apt-get update && apt-get install -y tini
COPY server /server
ENTRYPOINT ["/usr/bin/tini", "--"]
# here
CMD ["sh", "-c", "/server --port $PORT"]
