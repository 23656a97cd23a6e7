FROM eclipse-temurin:21.0.4_7-jre-jammy
COPY app.jar /app.jar
ENTRYPOINT exec java $JAVA_OPTS -jar /app.jar
# here
CMD ["--server.port=8080"]
