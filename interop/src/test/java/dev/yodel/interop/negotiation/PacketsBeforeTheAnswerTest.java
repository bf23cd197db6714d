package dev.yodel.interop.negotiation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonPrimitive;
import dev.yodel.interop.browser.BrowserPage;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Firefox;
import dev.yodel.interop.browser.NetworkNamespace;
import dev.yodel.interop.browser.Polling;
import dev.yodel.io.Environment;
import dev.yodel.io.FilteredEnvironment;
import dev.yodel.io.loop.NioEnvironment;
import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RtpTransceiver;
import dev.yodel.webrtc.RtpTransceiverDirection;
import dev.yodel.webrtc.SdpType;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.Stats;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A peer that has accepted an offer may send at once, and its packets may be faster than its answer; whoever offers to
 * receive has to be ready (RFC 3264 5.1). Firefox then gives the packets of a new section to an older one with the same
 * payload types in which nothing has come yet, whatever MID they carry, and leaves them there for good, its own and
 * Chromium's too. Chromium goes by the MID (RFC 9143 9.2). By this a storm tells Firefox's fault from one of ours ({@link
 * Placement}).
 */
@Tag("long")
class PacketsBeforeTheAnswerTest {
    private static final int SECONDS = 30;
    private static final int PACKETS = 50;
    private static final byte[] OPUS = {(byte) 0xf8, (byte) 0xff, (byte) 0xfe};

    /** Who answers: two sections of sound, of which only the second is ever sent on. */
    private interface Sender extends AutoCloseable {
        /** The answer with all candidates; from now on the second section is sent on, if it is to be. */
        String answer(String offer, boolean send);

        /** Sends on the second section from now on. */
        void send();

        /** Waits until packets have left. */
        void sent();

        @Override
        void close();
    }

    private static final String SCRIPT =
            """
            void (window.gathered = (pc) => new Promise((done) => {
              const look = () => pc.iceGatheringState === 'complete' && done(pc.localDescription.sdp);
              pc.onicegatheringstatechange = look;
              look();
            }), window.packets = async (pc) => {
              const counts = [];
              for (const each of pc.getTransceivers()) {
                let count = 0;
                (await each.receiver.getStats()).forEach((entry) => {
                  count += entry.type === 'inbound-rtp' ? entry.packetsReceived : 0;
                });
                counts.push(count);
              }
              return counts;
            })""";

    private static String text(String value) {
        return new JsonPrimitive(value).toString();
    }

    /** A connection of a page, called {@code name} there. */
    private static final class PageSender implements Sender {
        private final StormPage page;

        PageSender(StormPage page) {
            this.page = page;
            page.evaluate("void (window.sender = new RTCPeerConnection(), window.track = media.getAudioTracks()[0])");
        }

        @Override
        public String answer(String offer, boolean send) {
            return page.evaluate("(async () => {"
                            + "await sender.setRemoteDescription({type: 'offer', sdp: " + text(offer) + "});"
                            + "sender.getTransceivers().forEach((each) => { each.direction = 'sendonly'; });"
                            + "if (" + send + ") { await sender.getTransceivers()[1].sender.replaceTrack(track); }"
                            + "await sender.setLocalDescription();"
                            + "return gathered(sender); })()")
                    .getAsString();
        }

        @Override
        public void send() {
            page.evaluate("sender.getTransceivers()[1].sender.replaceTrack(track)");
        }

        @Override
        public void sent() {
            Polling.until(
                    "packets of the page",
                    SECONDS,
                    () -> page.evaluate(
                                                    """
                    (async () => {
                      let sent = 0;
                      (await sender.getStats()).forEach((entry) => {
                        sent += entry.type === 'outbound-rtp' ? entry.packetsSent : 0;
                      });
                      return sent;
                    })()""")
                                            .getAsInt()
                                    >= PACKETS
                            ? true
                            : null);
        }

        @Override
        public void close() {
            page.evaluate("void sender.close()");
        }
    }

    private static final class OurSender implements Sender {
        private final SentPackets packets = new SentPackets();
        private final Environment environment = new FilteredEnvironment(NioEnvironment.create(), packets);
        private final PeerConnectionFactory factory =
                PeerConnectionFactory.builder().environment(environment).build();
        private final PeerConnection connection = factory.newPeerConnection();
        private final EncodedTrack track = EncodedTrack.opus("track");
        private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

        OurSender() {
            clock.scheduleAtFixedRate(
                    () -> track.write(EncodedFrame.ofDuration(OPUS, 20_000_000)), 20, 20, TimeUnit.MILLISECONDS);
        }

        @Override
        public String answer(String offer, boolean send) {
            packets.learn(offer);
            connection
                    .setRemoteDescription(new SessionDescription(SdpType.OFFER, offer))
                    .orTimeout(SECONDS, TimeUnit.SECONDS)
                    .join();
            for (RtpTransceiver each : connection.getTransceivers()) {
                each.direction(RtpTransceiverDirection.SENDONLY);
            }
            if (send) {
                send();
            }
            connection
                    .setLocalDescription()
                    .thenCompose(done -> connection.gatheringComplete())
                    .orTimeout(SECONDS, TimeUnit.SECONDS)
                    .join();
            SessionDescription answer = connection.currentLocalDescription();
            return answer == null ? "" : answer.sdp();
        }

        @Override
        public void send() {
            connection
                    .getTransceivers()
                    .get(1)
                    .sender()
                    .replaceTrack(track)
                    .orTimeout(SECONDS, TimeUnit.SECONDS)
                    .join();
        }

        @Override
        public void sent() {
            Polling.until("our packets", SECONDS, () -> {
                double sent = 0;
                for (Stats each : connection.getStats().join().values()) {
                    Double count = each.type().equals("outbound-rtp") ? each.number("packetsSent") : null;
                    sent += count == null ? 0 : count;
                }
                return sent >= PACKETS ? true : null;
            });
            // So far the page does not know our source; each packet says to which section it belongs (RFC 9143 15).
            assertThat(packets.sources()).hasSize(1);
            assertThat(packets.sources().stream().flatMap(source -> packets.runs(source).stream()))
                    .extracting(SentPackets.Run::mid)
                    .containsOnly(connection.getTransceivers().get(1).mid());
        }

        @Override
        public void close() {
            clock.shutdownNow();
            connection.close();
            factory.close();
            environment.close();
        }
    }

    /** A connection of a page that only receives. */
    private record Receiver(StormPage page) implements AutoCloseable {
        Receiver {
            page.evaluate("void (window.receiver = new RTCPeerConnection())");
        }

        String offer() {
            return page.evaluate("(async () => {"
                            + "receiver.addTransceiver('audio', {direction: 'recvonly'});"
                            + "await receiver.setLocalDescription();"
                            + "return gathered(receiver); })()")
                    .getAsString();
        }

        void accept(String answer) {
            page.evaluate("receiver.setRemoteDescription({type: 'answer', sdp: " + text(answer) + "})");
        }

        void connected() {
            Polling.until(
                    "the connection",
                    SECONDS,
                    () -> page.evaluate("receiver.connectionState")
                                    .getAsString()
                                    .equals("connected")
                            ? true
                            : null);
        }

        List<Long> packets() {
            JsonArray counts = page.evaluate("packets(receiver)").getAsJsonArray();
            return Stream.of(0, 1).map(i -> counts.get(i).getAsLong()).toList();
        }

        @Override
        public void close() {
            page.evaluate("void receiver.close()");
        }
    }

    /** In which of its two sections the receiver counts what is sent on the second. */
    private static int section(Receiver receiver, Sender sender, boolean early) {
        receiver.accept(sender.answer(receiver.offer(), false));
        receiver.connected();
        String answer = sender.answer(receiver.offer(), early);
        if (early) {
            // The answer is slow.
            sender.sent();
        }
        receiver.accept(answer);
        if (!early) {
            sender.send();
        }
        List<Long> before = receiver.packets();
        return Polling.until("packets", SECONDS, () -> {
            List<Long> now = receiver.packets();
            for (int i = 0; i < 2; i++) {
                if (now.get(i) >= before.get(i) + PACKETS) {
                    return i;
                }
            }
            return null;
        });
    }

    private static void check(StormPage page, Supplier<Sender> senders, int early) {
        for (boolean first : new boolean[] {true, false}) {
            try (Receiver receiver = new Receiver(page);
                    Sender sender = senders.get()) {
                assertThat(section(receiver, sender, first))
                        .as(first ? "before the answer" : "after it")
                        .isEqualTo(first ? early : 1);
            }
        }
    }

    private static Chromium chromium() {
        return Chromium.start("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream");
    }

    private static StormPage opened(BrowserPage browser, String host) throws IOException {
        StormPage page = new StormPage(browser, host);
        page.evaluate(SCRIPT);
        return page;
    }

    @Test
    void firefoxMisplacesWhoeversPacketsTheyAre() throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create();
                Firefox firefox =
                        Firefox.start(namespace, Map.of("media.peerconnection.ice.obfuscate_host_addresses", "false"));
                StormPage page = opened(firefox, namespace.outerAddress());
                Chromium chromium = chromium();
                StormPage other = opened(chromium, "localhost")) {
            check(page, OurSender::new, 0);
            check(page, () -> new PageSender(other), 0);
            check(page, () -> new PageSender(page), 0);
        }
    }

    @Test
    void chromiumGoesByTheMid() throws Exception {
        try (Chromium chromium = chromium();
                StormPage page = opened(chromium, "localhost")) {
            check(page, OurSender::new, 1);
            check(page, () -> new PageSender(page), 1);
        }
    }
}
