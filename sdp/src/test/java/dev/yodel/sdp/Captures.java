package dev.yodel.sdp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The offers and answers that real peers sent, by file name. */
final class Captures {
    private static final List<String> NAMES = List.of(
            "aiortc-1.4.0-answer",
            "aiortc-1.4.0-offer",
            "chromium-156-answer",
            "chromium-156-offer",
            "firefox-153esr-answer",
            "firefox-153esr-offer",
            "gstreamer-1.22-answer",
            "gstreamer-1.22-offer",
            "janus-1.1.2-answer-to-chrome",
            "janus-1.1.2-answer-to-firefox",
            "libdatachannel-0.24.5-answer",
            "libdatachannel-0.24.5-offer",
            "pion-3.1.56-answer",
            "pion-3.1.56-offer",
            "roamhq-wrtc-0.10.0-answer",
            "roamhq-wrtc-0.10.0-offer",
            "webrtc-java-0.14.0-answer",
            "webrtc-java-0.14.0-offer",
            "werift-0.24.4-answer",
            "werift-0.24.4-offer");

    private Captures() {}

    static Map<String, String> all() {
        Map<String, String> all = new TreeMap<>();
        NAMES.forEach(name -> all.put(name, read(name)));
        return all;
    }

    static String read(String name) {
        try (InputStream in = Captures.class.getResourceAsStream("/captures/" + name + ".sdp")) {
            if (in == null) {
                throw new IllegalStateException("no capture named " + name);
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
