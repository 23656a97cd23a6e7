FROM python:3.12.4-slim-bookworm AS build
RUN python -m venv /venv && /venv/bin/pip install gunicorn

FROM python:3.12.4-alpine
# here
COPY --from=build /venv /venv
CMD ["/venv/bin/gunicorn", "app:app"]
