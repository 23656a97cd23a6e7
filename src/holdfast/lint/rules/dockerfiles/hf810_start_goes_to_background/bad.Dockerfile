FROM debian:12.7-slim
RUN apt-get update && apt-get install -y nginx
# here
CMD service nginx start
