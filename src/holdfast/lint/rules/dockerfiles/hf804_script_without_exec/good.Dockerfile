FROM debian:12.7-slim
COPY --chmod=0755 good-entrypoint.sh /entrypoint.sh
ENTRYPOINT ["/entrypoint.sh"]
CMD ["server", "--port", "8080"]
