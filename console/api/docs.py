"""/docs: the API's description, drawn by Swagger UI from a package, not from somebody else's server"""

from __future__ import annotations

from importlib.resources import files

from fastapi import APIRouter, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, Response

from common.errors import NotFound

router = APIRouter(include_in_schema=False)

ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon.png": "image/png",
}


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """The page."""
    return get_swagger_ui_html(
        openapi_url=request.app.openapi_url,
        title=request.app.title,
        swagger_js_url="/docs/assets/swagger-ui-bundle.js",
        swagger_css_url="/docs/assets/swagger-ui.css",
        swagger_favicon_url="/docs/assets/favicon.png",
    )


@router.get("/docs/assets/{name}")
def asset(name: str) -> Response:
    """What the page is made of."""
    if name not in ASSETS:
        raise NotFound(f"there is no {name}")
    # fastapi-offline ships Swagger UI as files; its own FastAPI subclass is of no use to us.
    data = files("fastapi_offline").joinpath("static", name).read_bytes()
    return Response(data, media_type=ASSETS[name], headers={"Cache-Control": "public, max-age=86400"})
