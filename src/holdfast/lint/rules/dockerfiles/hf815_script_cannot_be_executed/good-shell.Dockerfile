# A shell that is given a script needs no bit, and dos2unix mends its lines.
FROM debian:12.7-slim
COPY bad-ends.sh /entrypoint.sh
RUN apt-get update && apt-get install -y dos2unix && dos2unix /entrypoint.sh
ENTRYPOINT ["sh", "/entrypoint.sh"]
