FROM node:22.4.1-bookworm-slim AS build
COPY . /app
RUN npx vite build

FROM python:3.12.4-slim-bookworm
COPY --from=build /app/dist /static
CMD ["uvicorn", "app:app", "--host", "0.0.0.0"]
