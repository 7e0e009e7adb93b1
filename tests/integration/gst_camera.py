"""Run by the system's own Python: an independent RTSP server that plays a video file again and again."""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service("0")
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(f"( filesrc location={sys.argv[1]} ! matroskademux ! h264parse ! rtph264pay name=pay0 pt=96 )")
factory.set_shared(False)
server.get_mount_points().add_factory("/door", factory)
authentication = GstRtspServer.RTSPAuth()
authentication.set_supported_methods(getattr(GstRtspServer.RTSPAuth, "DIGEST", None) or 2)  # GST_RTSP_AUTH_DIGEST
token = GstRtspServer.RTSPToken()
token.set_string("media.factory.role", "viewer")
authentication.add_digest("op", "se/cr@t", token)
server.set_auth(authentication)
permissions = GstRtspServer.RTSPPermissions()
permissions.add_role("viewer")
permissions.add_permission_for_role("viewer", "media.factory.access", True)
permissions.add_permission_for_role("viewer", "media.factory.construct", True)
factory.set_permissions(permissions)
server.attach(None)
print(server.get_bound_port(), flush=True)
GLib.MainLoop().run()
