FROM eclipse-temurin:21.0.4_7-jre-jammy
COPY app.jar /app.jar
CMD ["sh", "-c", "exec java $JAVA_OPTS -jar /app.jar"]
