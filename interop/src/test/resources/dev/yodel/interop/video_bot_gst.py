"""GStreamer's webrtcbin sends a test picture in VP8 and says which pictures it decodes. JSON lines as the other bots."""
import json
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("GstSdp", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

Gst.init(None)
pipeline = Gst.parse_launch(
    "webrtcbin name=rtc bundle-policy=max-bundle"
    " videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=15/1 ! vp8enc deadline=1 keyframe-max-dist=15"
    " ! rtpvp8pay picture-id-mode=15-bit ! application/x-rtp,media=video,encoding-name=VP8,payload=96 ! rtc."
)
rtc = pipeline.get_by_name("rtc")
loop = GLib.MainLoop()
frames = 0
candidates = []


def decoded(pad, info):
    global frames
    frames += 1
    size = pad.get_current_caps().get_structure(0)
    print("frames", frames, "of", size.get_value("width"), flush=True)
    return Gst.PadProbeReturn.OK


def on_pad(_, pad):
    if pad.direction != Gst.PadDirection.SRC:
        return
    sink = Gst.parse_bin_from_description("queue ! rtpvp8depay ! vp8dec ! fakesink name=end sync=false", True)
    pipeline.add(sink)
    sink.sync_state_with_parent()
    pad.link(sink.get_static_pad("sink"))
    sink.get_by_name("end").get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, decoded)


def describe():
    local = rtc.get_property("local-description")
    # There is one media section, and webrtcbin leaves its candidates out of it.
    lines = local.sdp.as_text() + "".join(f"a={candidate}\r\n" for candidate in candidates)
    print(json.dumps({"type": GstWebRTC.WebRTCSDPType.to_string(local.type), "sdp": lines}), flush=True)


def on_gathering(*_):
    if rtc.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
        describe()


def on_described(promise, kind):
    reply = promise.get_reply()
    rtc.emit("set-local-description", reply.get_value(kind), Gst.Promise.new())


def read(channel, _):
    line = channel.readline()
    if not line:
        loop.quit()
        return False
    message = json.loads(line)
    if "offer" in message:
        rtc.emit("create-offer", None, Gst.Promise.new_with_change_func(lambda p, _: on_described(p, "offer"), None))
    else:
        _, sdp = GstSdp.SDPMessage.new_from_text(message["sdp"])
        kind = GstWebRTC.WebRTCSDPType.ANSWER if message["type"] == "answer" else GstWebRTC.WebRTCSDPType.OFFER
        promise = Gst.Promise.new()
        rtc.emit("set-remote-description", GstWebRTC.WebRTCSessionDescription.new(kind, sdp), promise)
        promise.wait()
        if message["type"] == "offer":
            rtc.emit(
                "create-answer", None, Gst.Promise.new_with_change_func(lambda p, _: on_described(p, "answer"), None)
            )
    return True


rtc.connect("pad-added", on_pad)
rtc.connect("on-ice-candidate", lambda _, line, candidate: candidates.append(candidate))
rtc.connect("notify::ice-gathering-state", on_gathering)
GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, read)
pipeline.set_state(Gst.State.PLAYING)
loop.run()
pipeline.set_state(Gst.State.NULL)
