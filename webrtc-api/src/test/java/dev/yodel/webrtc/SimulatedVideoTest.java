package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.media.EncodedFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Encoded video over whole connections in virtual time: every format, over losses, relayed. */
class SimulatedVideoTest {
    private static final int FRAMES = 90;

    private static Map<String, EncodedTrack> tracks() {
        return Map.of(
                "VP8", EncodedTrack.vp8("v"),
                "VP9", EncodedTrack.vp9("v"),
                "H264", EncodedTrack.h264("v"),
                "H265", EncodedTrack.h265("v"),
                "AV1", EncodedTrack.av1("v"));
    }

    /** A frame whose first bytes say what its format wants, and that nothing of could be taken for a start code. */
    private static byte[] frame(String codec, boolean key, int number, Random random) {
        byte[] body = new byte[200 + random.nextInt(key ? 9_000 : 3_000)];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) (1 + random.nextInt(255));
        }
        byte[] head;
        if (codec.equals("VP8")) {
            head = new byte[] {(byte) (key ? 0x10 : 0x11)};
        } else if (codec.equals("VP9")) {
            head = new byte[] {(byte) (key ? 0x82 : 0x86)};
        } else if (codec.equals("H264")) {
            head = key
                    ? new byte[] {0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68, 2, 0, 0, 0, 1, 0x65}
                    : new byte[] {0, 0, 0, 1, 0x41};
        } else if (codec.equals("H265")) {
            head = key
                    ? new byte[] {0, 0, 0, 1, 0x40, 1, 9, 0, 0, 0, 1, 0x42, 1, 9, 0, 0, 0, 1, 0x26, 1}
                    : new byte[] {0, 0, 0, 1, 0x02, 1};
        } else {
            int size = body.length;
            byte[] frameHead = {0x32, (byte) ((size & 0x7f) | 0x80), (byte) (size >> 7)};
            head = key ? new byte[] {0x0a, 2, 7, 7, frameHead[0], frameHead[1], frameHead[2]} : frameHead;
        }
        byte[] data = new byte[head.length + body.length];
        System.arraycopy(head, 0, data, 0, head.length);
        System.arraycopy(body, 0, data, head.length, body.length);
        data[data.length - 1] = (byte) (1 + number % 100);
        return data;
    }

    /** Writes 30 frames a second, a key frame when one was asked for and each second; what was written, by timestamp. */
    private static Map<Long, byte[]> film(SimulatedPair pair, String codec, EncodedTrack track, int frames, long seed) {
        Random random = new Random(seed);
        boolean[] wanted = {true};
        Map<Long, byte[]> written = new HashMap<>();
        track.onKeyFrameRequest(() -> wanted[0] = true);
        for (int i = 0; i < frames; i++) {
            int number = i;
            pair.simulator.schedule(Duration.ofMillis(33L * i), () -> {
                byte[] data = frame(codec, wanted[0], number, random);
                written.put(3_000L * number, data);
                track.write(EncodedFrame.ofTimestamp(data, 3_000L * number).withKeyFrame(wanted[0]));
                wanted[0] = false;
            });
        }
        pair.simulator.run(Duration.ofMillis(33L * frames + 1_000));
        return written;
    }

    private static long shift(EncodedFrame first, Map<Long, byte[]> written) {
        for (Map.Entry<Long, byte[]> entry : written.entrySet()) {
            if (java.util.Arrays.equals(entry.getValue(), first.data())) {
                return first.rtpTimestamp() - entry.getKey();
            }
        }
        throw new AssertionError("the first frame was never written");
    }

    private static void assertSame(List<EncodedFrame> got, Map<Long, byte[]> written) {
        long shift = shift(got.get(0), written);
        for (EncodedFrame frame : got) {
            assertThat(frame.data()).isEqualTo(written.get(frame.rtpTimestamp() - shift & 0xffff_ffffL));
        }
    }

    @Test
    void everyFormatArrivesAsItWasWritten() {
        tracks().forEach((codec, track) -> {
            try (SimulatedPair pair = new SimulatedPair(1)) {
                List<EncodedFrame> got = new ArrayList<>();
                pair.a.addTrack(track);
                pair.b.onTrack(event -> event.track().onFrame(got::add));
                pair.connect();
                Map<Long, byte[]> written = film(pair, codec, track, FRAMES, 1);
                assertThat(got).as(codec).hasSize(FRAMES);
                assertThat(got.get(0).keyFrame()).isTrue();
                assertSame(got, written);
                assertThat(track.droppedFrames()).isZero();
            }
        });
    }

    /** RFC 4588: what is lost is asked for and comes again; at 5 % hardly a frame is missing, and none is broken. */
    @Test
    void lossesAreRepaired() {
        for (int seed = 0; seed < 10; seed++) {
            try (SimulatedPair pair = new SimulatedPair(seed)) {
                EncodedTrack track = EncodedTrack.vp8("v");
                List<EncodedFrame> got = new ArrayList<>();
                pair.a.addTrack(track);
                pair.b.onTrack(event -> event.track().onFrame(got::add));
                pair.connect();
                pair.hostA.uplink().loss(0.05).delay(Duration.ofMillis(20));
                Map<Long, byte[]> written = film(pair, "VP8", track, 300, seed);
                assertThat(got.size()).as("seed %d", seed).isGreaterThanOrEqualTo(297);
                assertSame(got, written);
                StatsReport stats = pair.simulator.await(pair.a.getStats(), Duration.ofSeconds(1));
                assertThat(stats.ofType("outbound-rtp").get(0).number("retransmittedPacketsSent"))
                        .as("seed %d", seed)
                        .isPositive();
            }
        }
    }

    /** A relay forwards the wish for a key frame to where the pictures come from. */
    @Test
    void aRelayPassesKeyFrameRequestsOn() {
        try (SimulatedPair pair = new SimulatedPair(3)) {
            EncodedTrack track = EncodedTrack.h264("v");
            List<EncodedFrame> echo = new ArrayList<>();
            int[] requests = {0};
            track.onKeyFrameRequest(() -> requests[0]++);
            pair.a.addTrack(track);
            pair.a.onTrack(event -> event.track().onFrame(echo::add));
            pair.b.onTrack(event -> pair.b.addTrack(event.track()));
            pair.connect();
            film(pair, "H264", track, 60, 3);
            assertThat(echo).isNotEmpty();
            assertThat(echo.get(0).keyFrame()).isTrue();
            int before = requests[0];
            pair.a.getReceivers().get(0).track().requestKeyFrame();
            pair.simulator.run(Duration.ofMillis(500));
            assertThat(requests[0]).isGreaterThan(before);
        }
    }
}
