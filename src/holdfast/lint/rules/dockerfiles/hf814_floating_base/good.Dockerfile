ARG TAG
FROM golang AS build

FROM example.com/base:${TAG} AS base

FROM scratch AS empty

FROM nginx:1.27.1-alpine
