FROM eclipse-temurin:21.0.4_7-jre-jammy
COPY app.jar /app.jar
ENV JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=70"
# here
ENTRYPOINT ["java", "-jar", "/app.jar"]
