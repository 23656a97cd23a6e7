FROM eclipse-temurin:21.0.4_7-jre-jammy
COPY app.jar /app.jar
ENTRYPOINT ["java", "-jar", "/app.jar"]
CMD ["--server.port=8080"]
