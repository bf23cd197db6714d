package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.media.EncodedFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * THREATS F33: a machine that is ten times too slow for what it is sent. The call stands, what is too much is left
 * out where it is meant to be, nothing grows, and with the load gone everything is as before.
 */
class StarvationTest {
    private static final int FPS = 30;
    private static final long MOST_BPS = 8_000_000;
    private static final long PER_PACKET_NANOS = 10_000_000;

    /** Nine tenths of each second the program of one end stands still, for a minute. */
    @Test
    void F33_aProgramThatGetsATenthOfItsTimeKeepsItsCall() {
        try (SimulatedPair pair = new SimulatedPair(33)) {
            List<String> states = new ArrayList<>();
            List<Integer> words = new ArrayList<>();
            int[] sounds = {0};
            int[] pictures = {0};
            long[] lastPicture = {0};
            EncodedTrack voice = EncodedTrack.opus("voice");
            EncodedTrack picture = EncodedTrack.vp8("picture");
            boolean[] keyWanted = {true};
            int[] keys = {0};
            picture.onKeyFrameRequest(() -> keyWanted[0] = true);
            pair.a.addTrack(voice);
            pair.a.addTrack(picture);
            DataChannel channel = pair.a.createDataChannel("words");
            pair.b.onDataChannel(
                    event -> event.channel().onMessage(message -> words.add(Bytes.i32(message.bytes(), 0))));
            pair.b.onTrack(event -> {
                if (event.track().kind() == MediaKind.AUDIO) {
                    event.track().onFrame(frame -> sounds[0]++);
                } else {
                    event.track().onFrame(frame -> {
                        pictures[0]++;
                        lastPicture[0] = pair.simulator.now() - Bytes.i64(frame.data(), 10);
                    });
                }
            });
            pair.connect();
            pair.simulator.require(
                    "a channel", () -> channel.readyState() == DataChannelState.OPEN, Duration.ofSeconds(2));
            for (PeerConnection each : List.of(pair.a, pair.b)) {
                each.onConnectionStateChange(
                        () -> states.add(each.connectionState().toString()));
            }
            int seconds = 90;
            for (int i = 0; i < seconds * 50; i++) {
                int number = i;
                pair.simulator.schedule(Duration.ofMillis(20L * i), () -> {
                    voice.write(EncodedFrame.ofDuration(new byte[] {0x78, 1, 2}, 20_000_000));
                    byte[] word = new byte[4];
                    Bytes.put32(word, 0, number);
                    channel.send(word);
                    if (number % 2 == 0) {
                        boolean key = keyWanted[0];
                        byte[] frame = new byte[1_500];
                        frame[0] = (byte) (key ? 0x10 : 0x11);
                        Bytes.put64(frame, 10, pair.simulator.now());
                        keyWanted[0] = false;
                        keys[0] += key ? 1 : 0;
                        picture.write(
                                EncodedFrame.ofTimestamp(frame, 1_800L * number).withKeyFrame(key));
                    }
                });
            }
            for (int second = 0; second < 60; second++) {
                pair.hostB.stall(Duration.ofMillis(900));
                pair.simulator.run(Duration.ofSeconds(1));
            }
            int wordsBefore = words.size();
            int soundsBefore = sounds[0];
            int picturesBefore = pictures[0];
            pair.simulator.run(Duration.ofSeconds(32));
            System.out.printf(
                    "F33, seed 33, a tenth of the time for 60 s: %d of 3000 sounds, %d of 1500 pictures, %d of 3000 messages, %d key"
                            + " frames; then %d of 1500, %d of 750, %d of 1500%n",
                    soundsBefore,
                    picturesBefore,
                    wordsBefore,
                    keys[0],
                    sounds[0] - soundsBefore,
                    pictures[0] - picturesBefore,
                    words.size() - wordsBefore);
            assertThat(states).isEmpty();
            assertThat(words).hasSize(seconds * 50).isSorted();
            assertThat(picturesBefore).isGreaterThan(1_400);
            assertThat(pictures[0] - picturesBefore).isGreaterThan(740);
            assertThat(sounds[0] - soundsBefore).isBetween(1_450, 1_560);
            assertThat(lastPicture[0]).as("as soon as ever").isLessThan(150_000_000L);
            assertThat(keys[0]).as("no storm of key frames").isLessThan(20);
        }
    }

    /** Over real sockets: each packet takes 10 ms, and up to a thousand come in a second. */
    @Test
    @Tag("long")
    void F33_aLoopTenTimesTooSlowMakesTheSenderSlow() throws Exception {
        AtomicLong slow = new AtomicLong(PER_PACKET_NANOS);
        Settings starved = Settings.builder()
                .packetTap((transport, outgoing, protocol, wallNanos, data, offset, length) -> {
                    if (!outgoing && slow.get() > 0) {
                        LockSupport.parkNanos(slow.get());
                    }
                })
                .build();
        List<String> states = new CopyOnWriteArrayList<>();
        AtomicInteger pictures = new AtomicInteger();
        AtomicLong late = new AtomicLong();
        AtomicLong target = new AtomicLong(300_000);
        try (PeerConnectionFactory fast = PeerConnectionFactory.create();
                PeerConnectionFactory slowed =
                        PeerConnectionFactory.builder().settings(starved).build()) {
            PeerConnection a = fast.newPeerConnection();
            PeerConnection b = slowed.newPeerConnection();
            EncodedTrack picture = EncodedTrack.vp8("picture");
            AtomicInteger keyWanted = new AtomicInteger(1);
            picture.onKeyFrameRequest(() -> keyWanted.set(1));
            a.addTrack(picture).onTargetBitrate(target::set);
            b.onTrack(event -> event.track().onFrame(frame -> {
                pictures.incrementAndGet();
                late.set(System.nanoTime() - Bytes.i64(frame.data(), 10));
            }));
            connect(a, b);
            for (PeerConnection each : List.of(a, b)) {
                each.onConnectionStateChange(
                        () -> states.add(each.connectionState().toString()));
            }
            // What an encoder offers that takes 8 Mbit/s at first is ten times what 100 packets a second carry.
            long[] heap = new long[3];
            for (int i = 0; i < 50 * FPS; i++) {
                if (i == 30 * FPS) {
                    slow.set(0);
                }
                if (i % (15 * FPS) == 15 * FPS - 1 && i < 45 * FPS) {
                    heap[i / (15 * FPS)] = heap();
                    System.out.printf(
                            "F33, %d s: target %d kbit/s, %d pictures, the last one %d ms after its capture, heap %d KiB, %s%n",
                            i / FPS,
                            target.get() / 1_000,
                            pictures.get(),
                            late.get() / 1_000_000,
                            heap[i / (15 * FPS)] / 1024,
                            states);
                }
                long bps = i < 5 * FPS ? MOST_BPS : Math.min(MOST_BPS, target.get());
                boolean key = keyWanted.getAndSet(0) == 1;
                byte[] data = new byte[(int) Math.max(100, bps * 85 / 100 / 8 / FPS)];
                data[0] = (byte) (key ? 0x10 : 0x11);
                Bytes.put64(data, 10, System.nanoTime());
                picture.write(EncodedFrame.ofTimestamp(data, 90_000L * i / FPS).withKeyFrame(key));
                LockSupport.parkNanos(1_000_000_000L / FPS);
            }
            TimeUnit.SECONDS.sleep(1);
            // Nine of ten packets are lost at first, checks of the path among them: it may count as disconnected for a
            // while.
            assertThat(states).as("the call stands").doesNotContain("failed", "closed");
            assertThat(List.of(a, b))
                    .extracting(PeerConnection::connectionState)
                    .containsOnly(ConnectionState.CONNECTED);
            assertThat(late.get()).as("as soon as ever").isLessThan(500_000_000L);
            assertThat(heap[1]).as("nothing grows").isLessThan(heap[0] + (8L << 20));
            assertThat(heap[2]).isLessThan(heap[0] + (8L << 20));
        }
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void connect(PeerConnection a, PeerConnection b) throws Exception {
        a.onIceCandidate(event -> add(b, event.candidate()));
        b.onIceCandidate(event -> add(a, event.candidate()));
        SessionDescription offer = a.setLocalDescription().get(10, TimeUnit.SECONDS);
        b.setRemoteDescription(offer).get(10, TimeUnit.SECONDS);
        SessionDescription answer = b.setLocalDescription().get(10, TimeUnit.SECONDS);
        a.setRemoteDescription(answer).get(10, TimeUnit.SECONDS);
        a.connected().get(20, TimeUnit.SECONDS);
        b.connected().get(20, TimeUnit.SECONDS);
    }

    private static void add(PeerConnection to, @Nullable IceCandidate candidate) {
        if (candidate != null) {
            to.addIceCandidate(candidate);
        }
    }
}
