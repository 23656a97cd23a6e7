FROM node:22.4.1-bookworm-slim
# here
CMD ["node", "-e", "console.log(\'x\')"]
