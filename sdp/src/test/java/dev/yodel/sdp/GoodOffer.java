package dev.yodel.sdp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An offer without fault, whose lines the table tests replace one by one. */
final class GoodOffer {
    private static final List<String> LINES = List.of(
            "v=0",
            "o=- 4909951950908295836 2 IN IP4 127.0.0.1",
            "s=-",
            "t=0 0",
            "a=group:BUNDLE 0 1 2",
            "a=extmap-allow-mixed",
            "a=msid-semantic: WMS s",
            "m=audio 9 UDP/TLS/RTP/SAVPF 111 0",
            "c=IN IP4 0.0.0.0",
            "b=AS:64",
            "a=ice-ufrag:NDQh",
            "a=ice-pwd:t2S6384m5a/tNO5oxVlS5T6V",
            "a=ice-options:trickle",
            "a=fingerprint:sha-256 5D:83:66:80:62:80:00:E2:EC:03:DC:95:E9:82:C9:69:BE:F6:8C:97:F2:63:CE:37:F2:C8:24:D9:61:65:4B:26",
            "a=setup:actpass",
            "a=tls-id:91bbf309c0990a6bec11e38ba2933cee",
            "a=mid:0",
            "a=sendrecv",
            "a=rtcp:9 IN IP4 0.0.0.0",
            "a=rtcp-mux",
            "a=rtcp-rsize",
            "a=msid:s audio",
            "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
            "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
            "a=rtpmap:111 opus/48000/2",
            "a=fmtp:111 minptime=10;useinbandfec=1",
            "a=rtcp-fb:111 transport-cc",
            "a=ptime:20",
            "a=maxptime:60",
            "a=ssrc:1161213726 cname:9H9AS4A0tewe6jhR",
            "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
            "c=IN IP4 0.0.0.0",
            "a=ice-ufrag:NDQh",
            "a=ice-pwd:t2S6384m5a/tNO5oxVlS5T6V",
            "a=fingerprint:sha-256 5D:83:66:80:62:80:00:E2:EC:03:DC:95:E9:82:C9:69:BE:F6:8C:97:F2:63:CE:37:F2:C8:24:D9:61:65:4B:26",
            "a=setup:actpass",
            "a=mid:1",
            "a=sendonly",
            "a=rtcp-mux",
            "a=msid:s video",
            "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
            "a=extmap:5 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
            "a=rtpmap:96 VP8/90000",
            "a=rtpmap:97 rtx/90000",
            "a=fmtp:97 apt=96",
            "a=rid:hi send pt=96;max-width=1280",
            "a=rid:lo send",
            "a=simulcast:send hi;~lo",
            "a=ssrc:1 cname:9H9AS4A0tewe6jhR",
            "a=ssrc:2 cname:9H9AS4A0tewe6jhR",
            "a=ssrc-group:FID 1 2",
            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
            "c=IN IP4 0.0.0.0",
            "a=ice-ufrag:NDQh",
            "a=ice-pwd:t2S6384m5a/tNO5oxVlS5T6V",
            "a=fingerprint:sha-256 5D:83:66:80:62:80:00:E2:EC:03:DC:95:E9:82:C9:69:BE:F6:8C:97:F2:63:CE:37:F2:C8:24:D9:61:65:4B:26",
            "a=setup:actpass",
            "a=mid:2",
            "a=sctp-port:5000",
            "a=sctp-init:AQAAHols3R0AUAAA/////+B5ZR3AAAAEgAgABoLA",
            "a=max-message-size:262144");

    private final List<String> lines = new ArrayList<>(LINES);

    /** The number of the line that begins with the text, the first of them, counted from 1. */
    static int lineNumber(String beginning) {
        for (int i = 0; i < LINES.size(); i++) {
            if (LINES.get(i).startsWith(beginning)) {
                return i + 1;
            }
        }
        throw new IllegalArgumentException("the good offer has no line " + beginning);
    }

    GoodOffer replace(int lineNumber, String text) {
        lines.set(lineNumber - 1, text);
        return this;
    }

    GoodOffer insertAfter(int lineNumber, String... texts) {
        lines.addAll(lineNumber, Arrays.asList(texts));
        return this;
    }

    /** Removes every line that begins with the text. */
    GoodOffer without(String beginning) {
        lines.removeIf(line -> line.startsWith(beginning));
        return this;
    }

    GoodOffer replaceAll(String from, String to) {
        lines.replaceAll(line -> line.startsWith(from) ? to : line);
        return this;
    }

    String text() {
        return String.join("\r\n", lines) + "\r\n";
    }
}
