FROM eclipse-temurin:21.0.4_7-jre-jammy
COPY app.jar /app.jar
# here
CMD ["sh", "-c", "java $JAVA_OPTS -jar /app.jar"]
