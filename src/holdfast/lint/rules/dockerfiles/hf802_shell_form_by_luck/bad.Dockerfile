FROM node:22.4.1-alpine3.20
COPY server.js .
# here
CMD node server.js
