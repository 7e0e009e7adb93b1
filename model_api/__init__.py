"""The models: pictures in, faces with their labels out; in process or behind HTTP.

The way of a picture: `app` (HTTP) or a caller in process -> `local` (queue, batching) -> `pipeline` (decode -> face
detector -> crops -> classifier) -> `PictureResult`.
"""
