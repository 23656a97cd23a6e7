FROM node:22.4.1-bookworm-slim
COPY --chmod=0755 <<'END' /entrypoint.sh
#!/bin/sh
export NODE_ENV=production
# here
exec yarn start
END
ENTRYPOINT ["/entrypoint.sh"]
