# here
FROM --platform=linux/amd64 debian AS base

FROM base
CMD ["/server"]
