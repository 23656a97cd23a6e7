"""The service as a Django project of one file, for both kinds of servers."""

import os
from typing import Any

import django
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.urls import path
from tests.real.endpoints.shop import BODY

settings.configure(
    SECRET_KEY="of a test",
    # The kubelet calls by address, which is none of these.
    ALLOWED_HOSTS=["shop.example"],
    ROOT_URLCONF=__name__,
    HOLDFAST_HEALTH="tests.real.endpoints.shop.health",
    HOLDFAST_LIFE="tests.real.endpoints.shop.life",
    MIDDLEWARE=[
        "holdfast.life.django.LifeMiddleware",
        "holdfast.health.django.HealthMiddleware",
        "django.middleware.common.CommonMiddleware",
    ],
)


def _serve(request: Any) -> HttpResponse:
    return HttpResponse(BODY)


urlpatterns = [path("", _serve)]
django.setup()
app: Any = ASGIHandler() if os.environ.get("INTERFACE") == "asgi" else WSGIHandler()
