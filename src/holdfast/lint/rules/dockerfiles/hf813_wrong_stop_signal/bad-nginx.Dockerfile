FROM nginx:1.27.1-alpine
# here
STOPSIGNAL 15
CMD ["nginx", "-g", "daemon off;"]
