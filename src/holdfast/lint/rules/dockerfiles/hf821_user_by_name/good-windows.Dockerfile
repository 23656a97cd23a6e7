# Users of Windows have no numbers, and the kubelet goes by their names.
ARG BASE
FROM $BASE
USER ContainerUser
ENTRYPOINT ["C:\\\\app\\\\server.exe"]
