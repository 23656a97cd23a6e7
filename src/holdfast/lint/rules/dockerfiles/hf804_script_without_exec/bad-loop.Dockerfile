FROM debian:12.7-slim
COPY --chmod=0755 <<'END' /loop.sh
#!/bin/sh
while true; do
    backup
    sleep 3600
# here
done
END
CMD ["/loop.sh"]
