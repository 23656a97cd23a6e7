FROM scratch
COPY server /opt/app/bin/server
ENV PATH=/opt/app/bin
ENTRYPOINT ["server"]
