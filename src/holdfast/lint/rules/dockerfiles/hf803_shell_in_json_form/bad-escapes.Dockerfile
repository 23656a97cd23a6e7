FROM debian:12.7-slim
COPY server /server
ENTRYPOINT [ \
  "/bin/sh", "-c", \
  # here
  "echo \"starting\" && /server" \
]
