FROM eclipse-temurin:21.0.4_7-jdk-jammy AS build
ENV MAVEN_OPTS=-Xmx2g
RUN mvn package

FROM eclipse-temurin:21.0.4_7-jre-jammy
COPY --from=build app.jar /app.jar
ENV JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=70" GRADLE_OPTS=-Xmx1g
ENTRYPOINT ["java", "-jar", "/app.jar"]
