# An ENTRYPOINT in JSON form would take CMD as its arguments, so exec it is.
FROM eclipse-temurin:21.0.4_7-jre-jammy
COPY app.jar /app.jar
ENV JAVA_OPTS="-XX:MaxRAMPercentage=70"
# here
ENTRYPOINT cd / && \
    java $JAVA_OPTS \
         -jar app.jar
CMD ["--server.port=8080"]
