# here
FROM scratch
COPY server /server
USER 65532
