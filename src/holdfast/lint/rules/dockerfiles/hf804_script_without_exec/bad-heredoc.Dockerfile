# syntax=docker/dockerfile:1
FROM alpine:3.20.3
WORKDIR /app
COPY --chmod=0755 <<'END' start.sh
#!/bin/sh
export MODE=production
# here
cd /app && ./server
END
ENTRYPOINT ["./start.sh"]
