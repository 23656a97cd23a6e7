FROM eclipse-temurin:21.0.4_7-jre-alpine
COPY app.jar /app.jar
CMD ["sh", "-c", "java $JAVA_OPTS -jar /app.jar"]
