package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.media.EncodedFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The target bitrate over whole connections in virtual time: it finds a link's rate and follows it. */
class SimulatedBandwidthTest {
    /** An encoder of 30 pictures a second that makes what it is told to, and writes when each was made. */
    private static final class Camera {
        final EncodedTrack track = EncodedTrack.vp8("camera");
        private final SimulatedPair pair;
        private boolean keyWanted = true;
        private boolean stopped;
        long targetBps = 300_000;

        Camera(SimulatedPair pair) {
            this.pair = pair;
            track.onKeyFrameRequest(() -> keyWanted = true);
        }

        void start() {
            if (stopped) {
                return;
            }
            int bytes = (int) Math.max(100, targetBps * 95 / 100 / 30 / 8);
            byte[] data = new byte[keyWanted ? 3 * bytes : bytes];
            data[0] = (byte) (keyWanted ? 0 : 1);
            dev.yodel.io.Bytes.put64(data, 10, pair.simulator.now());
            keyWanted = false;
            track.write(EncodedFrame.ofDuration(data, 33_333_333));
            pair.simulator.schedule(Duration.ofNanos(33_333_333), this::start);
        }
    }

    @Test
    void theTargetFollowsTheLink() {
        for (int seed = 0; seed < 3; seed++) {
            followsTheLink(seed, Settings.DEFAULT);
        }
    }

    /** RFC 8888 in the place of transport-wide feedback: the same. */
    @Test
    void theTargetFollowsTheLinkByTheStandardsFeedback() {
        followsTheLink(0, Settings.builder().offerCongestionFeedback().build());
    }

    private static void followsTheLink(int seed, Settings settings) {
        try (SimulatedPair pair = new SimulatedPair(seed, settings)) {
            Camera camera = new Camera(pair);
            List<Long> delays = new ArrayList<>();
            RtpSender sender = pair.a.addTrack(camera.track);
            sender.onTargetBitrate(bps -> camera.targetBps = bps);
            pair.b.onTrack(event -> event.track()
                    .onFrame(frame -> delays.add(pair.simulator.now() - dev.yodel.io.Bytes.i64(frame.data(), 10))));
            pair.hostA.uplink().delay(Duration.ofMillis(25));
            pair.hostB.uplink().delay(Duration.ofMillis(25));
            pair.connect();
            assertThat(java.util.Objects.requireNonNull(pair.a.remoteDescription())
                            .sdp())
                    .satisfies(sdp -> assertThat(sdp.contains("a=rtcp-fb:* ack ccfb"))
                            .isEqualTo(settings.offerCongestionFeedback()))
                    .satisfies(sdp -> assertThat(sdp.contains("96 transport-cc"))
                            .isNotEqualTo(settings.offerCongestionFeedback()));
            camera.start();
            long[] rates = {2_000_000, 500_000, 2_000_000};
            StringBuilder story = new StringBuilder("seed " + seed);
            for (long rate : rates) {
                pair.hostA.uplink().rate(rate, rate / 8 / 3);
                pair.simulator.run(Duration.ofSeconds(5));
                long soon = camera.targetBps;
                pair.simulator.run(Duration.ofSeconds(10));
                delays.clear();
                pair.simulator.run(Duration.ofSeconds(10));
                delays.sort(Long::compare);
                long p95 = delays.get(delays.size() * 95 / 100) / 1_000_000;
                story.append(String.format(
                        "; %d kbit/s: after 5 s %d, after 25 s %d, p95 of frames %d ms, %d frames",
                        rate / 1000, soon / 1000, camera.targetBps / 1000, p95, delays.size()));
                assertThat(soon).as(story.toString()).isLessThan(rate * 12 / 10);
                assertThat(camera.targetBps).as(story.toString()).isBetween(rate * 6 / 10, rate * 12 / 10);
                assertThat(p95).as(story.toString()).isLessThan(250);
                assertThat(delays).as(story.toString()).hasSizeGreaterThan(280);
            }
            System.out.println(story);
            camera.stopped = true;
        }
    }
}
