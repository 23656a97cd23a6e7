FROM debian:12.7-slim
COPY server .
CMD [ "$MODE" = production ] && exec ./server
