FROM registry.example.com/base:1.4.2
# here
CMD server --config $CONFIG
