FROM eclipse-temurin:21.0.4_7-jre-jammy
COPY app.jar /app.jar
ENV MODE=production \
    # here
    JAVA_TOOL_OPTIONS="-Xms512m -XX:+ExitOnOutOfMemoryError"
ENTRYPOINT ["java", \
  # here
  "-Xmx2g", "-jar", "/app.jar"]
