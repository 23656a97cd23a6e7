FROM python:3.12.4-slim-bookworm
COPY . /app
ENTRYPOINT ["tini", "--"]
# here
CMD exec poetry run server
