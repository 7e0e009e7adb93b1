"""Errors in a foreign protocol's own shape."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from types import MappingProxyType
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from common.errors import MaskwatchError
from model_api.problems import refuse

Shape = Callable[[int, str], dict[str, Any]]  # HTTP status and a sentence for people -> the body
Handler = Callable[[Request], Coroutine[Any, Any, Response]]

AS_OURS: Mapping[int, int] = MappingProxyType({})


def refusing_as(shape: Shape, *, statuses: Mapping[int, int] = AS_OURS) -> type[APIRoute]:
    """A kind of route whose errors leave in the given shape, with the headers that a problem would have.

    `statuses`: where the protocol wants another HTTP status than POST /v1/predict answers.
    """

    class RefusingRoute(APIRoute):
        def get_route_handler(self) -> Handler:
            handler = super().get_route_handler()

            async def handle(request: Request) -> Response:
                try:
                    return await handler(request)
                except MaskwatchError as exc:
                    refusal = refuse(exc)
                    status = statuses.get(refusal.status, int(refusal.status))
                    return JSONResponse(shape(status, str(exc)), status_code=status, headers=refusal.headers)

            return handle

    return RefusingRoute
