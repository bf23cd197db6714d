package dev.yodel.interop.data;

import dev.yodel.interop.browser.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** GStreamer's webrtcbin: it sends a test picture, and says "frames N of WIDTH" of what it decodes. */
public final class GstreamerBot {
    private GstreamerBot() {}

    /** Starts it, or skips the test where it is missing. */
    public static ProcessPeer video(Path folder) throws IOException {
        Path python = Requirements.file("/usr/bin/python3");
        Requirements.succeeds(
                "GStreamer's webrtcbin, VP8 and Python",
                python.toString(),
                "-c",
                """
                import gi
                gi.require_version("Gst", "1.0")
                gi.require_version("GstWebRTC", "1.0")
                from gi.repository import Gst, GstWebRTC
                Gst.init(None)
                assert all(Gst.ElementFactory.find(name) for name in ("webrtcbin", "nicesrc", "vp8enc", "rtpvp8pay"))
                """);
        Path script = folder.resolve("video_bot_gst.py");
        Files.writeString(script, BrowserPeer.script("video_bot_gst.py"));
        return ProcessPeer.start(folder, List.of(python.toString(), script.toString()));
    }
}
