FROM debian:12.7-slim
RUN apt-get update && apt-get install -y nginx
CMD service nginx start && exec tail -f /var/log/nginx/access.log
