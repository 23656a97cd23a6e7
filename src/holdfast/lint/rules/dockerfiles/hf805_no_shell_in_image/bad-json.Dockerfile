FROM gcr.io/distroless/java21-debian12:latest
COPY app.jar /app.jar
# here
ENTRYPOINT ["/bin/sh", "-c", "java $JAVA_OPTS -jar /app.jar"]
