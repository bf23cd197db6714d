package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.media.EncodedFrame;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.media.sframe.SFrameCipherSuite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Frames that pass through transforms (webrtc-encoded-transform), SFrame among them (RFC 9605). */
class SimulatedTransformTest {
    private static final SFrameCipherSuite SUITE = SFrameCipherSuite.AES_128_GCM_SHA256_128;
    private static final int SOUNDS = 100;
    private static final int PICTURES = 60;

    private static byte[] key(int number) {
        byte[] key = new byte[16];
        key[3] = (byte) number;
        return key;
    }

    private static byte[] sound(int number) {
        byte[] sound = new byte[41];
        sound[0] = 0x78;
        sound[1] = (byte) number;
        Arrays.fill(sound, 2, 41, (byte) 0x55);
        return sound;
    }

    private static byte[] picture(boolean key, int number) {
        byte[] picture = new byte[key ? 4_000 : 1_500];
        new Random(number).nextBytes(picture);
        picture[0] = (byte) (key ? 0x10 : 0x11);
        picture[20] = (byte) number;
        return picture;
    }

    /** Speaks for two seconds. */
    private static void speak(SimulatedPair pair, EncodedTrack voice) {
        for (int i = 0; i < SOUNDS; i++) {
            byte[] sound = sound(i);
            pair.simulator.schedule(
                    Duration.ofMillis(20L * i), () -> voice.write(EncodedFrame.ofDuration(sound, 20_000_000)));
        }
    }

    /** Films for two seconds, with key frames where they are asked for; counts the wishes. */
    private static int[] film(SimulatedPair pair, EncodedTrack camera) {
        return film(pair, camera, 0);
    }

    private static int[] film(SimulatedPair pair, EncodedTrack camera, int first) {
        boolean[] wanted = {true};
        int[] wishes = {0};
        camera.onKeyFrameRequest(() -> {
            wanted[0] = true;
            wishes[0]++;
        });
        for (int i = 0; i < PICTURES; i++) {
            int number = first + i;
            pair.simulator.schedule(Duration.ofMillis(33L * i), () -> {
                camera.write(EncodedFrame.ofTimestamp(picture(wanted[0], number), 3_000L * number)
                        .withKeyFrame(wanted[0]));
                wanted[0] = false;
            });
        }
        return wishes;
    }

    private static SFrameTransform sframe(int key, long keyId) {
        SFrameTransform transform = SFrameTransform.create(SUITE);
        transform.setEncryptionKey(key(key), keyId);
        return transform;
    }

    private static RtpSender sender(PeerConnection connection, MediaKind kind) {
        return connection.getSenders().stream()
                .filter(each -> each.track() != null
                        && Objects.requireNonNull(each.track()).kind() == kind)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void twoPeersSpeakWithSFrame() {
        try (SimulatedPair pair = new SimulatedPair(1)) {
            EncodedTrack voice = EncodedTrack.opus("voice");
            EncodedTrack camera = EncodedTrack.vp8("camera");
            SFrameTransform hidesVoice = sframe(1, 10);
            SFrameTransform hidesPictures = sframe(1, 11);
            pair.a.addTrack(voice).transform(hidesVoice);
            pair.a.addTrack(camera).transform(hidesPictures);
            List<EncodedFrame> heard = new ArrayList<>();
            List<EncodedFrame> seen = new ArrayList<>();
            List<byte[]> onTheWire = new ArrayList<>();
            List<SFrameTransform> opens = new ArrayList<>();
            pair.b.onTrack(event -> {
                boolean audio = event.track().kind() == MediaKind.AUDIO;
                SFrameTransform opened = sframe(1, audio ? 10 : 11);
                opens.add(opened);
                event.receiver().transform(opened);
                event.track().onFrame((audio ? heard : seen)::add);
                event.track().onRtp(packet -> onTheWire.add(packet.packet()));
            });
            pair.connect();
            speak(pair, voice);
            film(pair, camera);
            pair.simulator.run(Duration.ofSeconds(3));
            assertThat(heard.size()).isGreaterThan(95);
            int first = heard.get(0).data()[1];
            for (int i = 0; i < heard.size(); i++) {
                assertThat(heard.get(i).data()).isEqualTo(sound(first + i));
            }
            assertThat(seen).hasSize(PICTURES);
            for (EncodedFrame picture : seen) {
                assertThat(picture.data()).isEqualTo(picture(picture.keyFrame(), picture.data()[20]));
            }
            assertThat(seen.get(0).keyFrame()).isTrue();
            assertThat(opens).allMatch(opened -> opened.errors() == 0 && opened.framesWritten() > 50);
            assertThat(hidesVoice.framesWritten()).isEqualTo(SOUNDS);
            assertThat(hidesPictures.framesWritten()).isEqualTo(PICTURES);
            // Whoever forwards the packets sees nothing but the first bytes.
            byte[] plain = new byte[8];
            Arrays.fill(plain, (byte) 0x55);
            assertThat(onTheWire.size()).isGreaterThan(200);
            assertThat(onTheWire).noneMatch(packet -> contains(packet, plain));
        }
    }

    private static boolean contains(byte[] bytes, byte[] part) {
        for (int i = 0; i + part.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void whatCannotBeDecryptedIsNotHeard() {
        try (SimulatedPair pair = new SimulatedPair(2)) {
            EncodedTrack voice = EncodedTrack.opus("voice");
            EncodedTrack camera = EncodedTrack.vp8("camera");
            SFrameTransform hides = sframe(1, 1);
            pair.a.addTrack(voice).transform(hides);
            pair.a.addTrack(camera).transform(sframe(2, 2));
            List<EncodedFrame> got = new ArrayList<>();
            List<SFrameTransformErrorEvent> errors = new ArrayList<>();
            SFrameTransform opens = sframe(9, 2);
            pair.b.onTrack(event -> {
                boolean audio = event.track().kind() == MediaKind.AUDIO;
                SFrameTransform one = audio ? SFrameTransform.create(SUITE) : opens;
                one.onError(errors::add);
                event.receiver().transform(one);
                event.track().onFrame(got::add);
            });
            pair.connect();
            speak(pair, voice);
            int[] wishes = film(pair, camera);
            pair.simulator.run(Duration.ofSeconds(3));
            assertThat(got).isEmpty();
            assertThat(errors)
                    .anyMatch(error -> error.errorType() == SFrameTransformErrorEventType.KEY_ID
                            && Objects.equals(error.keyId(), 1L)
                            && error.frame().kind() == MediaKind.AUDIO)
                    .anyMatch(error -> error.errorType() == SFrameTransformErrorEventType.AUTHENTICATION
                            && error.frame().kind() == MediaKind.VIDEO);
            assertThat(opens.errors()).isEqualTo(PICTURES);
            assertThat(wishes[0]).as("key frames asked for").isPositive();
            // The right key, and the pictures are there from the next key frame on.
            opens.setEncryptionKey(key(2), 2);
            film(pair, camera, 100);
            pair.simulator.run(Duration.ofSeconds(3));
            assertThat(got).isNotEmpty().allMatch(frame -> frame.data().length >= 1_500);
        }
    }

    @Test
    void soundThatNobodyEncryptedIsRefused() {
        try (SimulatedPair pair = new SimulatedPair(3)) {
            EncodedTrack voice = EncodedTrack.opus("voice");
            pair.a.addTrack(voice);
            List<EncodedFrame> got = new ArrayList<>();
            List<SFrameTransformErrorEventType> errors = new ArrayList<>();
            pair.b.onTrack(event -> {
                SFrameTransform opens = sframe(1, 1);
                opens.onError(error -> errors.add(error.errorType()));
                event.receiver().transform(opens);
                event.track().onFrame(got::add);
            });
            pair.connect();
            for (int i = 0; i < 50; i++) {
                byte[] frame = {0x78, (byte) 0xff, 1};
                pair.simulator.schedule(
                        Duration.ofMillis(20L * i), () -> voice.write(EncodedFrame.ofDuration(frame, 20_000_000)));
            }
            pair.simulator.run(Duration.ofSeconds(2));
            assertThat(got).isEmpty();
            assertThat(errors).hasSize(50).containsOnly(SFrameTransformErrorEventType.SYNTAX);
        }
    }

    /** RFC 9605 9.1: numbers never begin anew under a key; and what is cut by its content is not sent in the clear. */
    @Test
    void keysAreNotUsedTwiceAndNothingLeavesUnencrypted() {
        SFrameTransform transform = sframe(1, 1);
        transform.setEncryptionKey(key(1), 1);
        transform.setEncryptionKey(key(2), 2);
        assertThatThrownBy(() -> transform.setEncryptionKey(key(1), 1))
                .isInstanceOf(InvalidAccessException.class)
                .hasMessageContaining("take another key");
        assertThatThrownBy(() -> transform.setEncryptionKey(new byte[15], 3))
                .isInstanceOf(IllegalArgumentException.class);
        try (SimulatedPair pair = new SimulatedPair(4)) {
            EncodedTrack camera = EncodedTrack.h264("camera");
            RtpTrack packets = RtpTrack.of(MediaKind.AUDIO, "packets", "opus");
            SFrameTransform noKey = SFrameTransform.create(SUITE);
            pair.a.addTrack(camera).transform(transform);
            pair.a.addTrack(packets).transform(noKey);
            int[] received = {0};
            pair.b.onTrack(event -> event.track().onRtp(packet -> received[0]++));
            pair.connect();
            camera.write(EncodedFrame.ofTimestamp(new byte[] {0, 0, 0, 1, 0x65, 1, 2, 3}, 0));
            byte[] packet = new byte[30];
            packet[0] = (byte) 0x80;
            packets.write(packet, 0, packet.length);
            pair.simulator.run(Duration.ofMillis(500));
            assertThat(received[0]).isZero();
            assertThat(transform.unsupported()).isEqualTo(1);
        }
    }

    @Test
    void aScriptMayChangeDropKeepAndNotReorder() {
        try (SimulatedPair pair = new SimulatedPair(5)) {
            EncodedTrack voice = EncodedTrack.opus("voice");
            List<EncodedMediaFrame> kept = new ArrayList<>();
            List<EncodedFrameMetadata> metadata = new ArrayList<>();
            RtpScriptTransform script = RtpScriptTransform.of((frame, transformer) -> {
                int number = frame.data()[1];
                metadata.add(frame.getMetadata());
                if (number % 10 == 3) {
                    return;
                }
                if (number % 10 == 5) {
                    kept.add(frame);
                    return;
                }
                if (number % 10 == 7) {
                    throw new IllegalStateException("thrown by the test");
                }
                if (number % 10 == 6) {
                    // What was kept goes first, and comes too late after this one.
                    EncodedMediaFrame before = kept.remove(0);
                    transformer.write(before);
                    transformer.write(before);
                    transformer.write(frame);
                    return;
                }
                byte[] longer = Arrays.copyOf(frame.data(), 50);
                longer[49] = 7;
                frame.data(longer);
                transformer.write(frame);
                transformer.write(frame);
                assertThat(frame.data()).isEmpty();
            });
            RtpSender sender = pair.a.addTrack(voice);
            sender.transform(script);
            assertThat(sender.transform()).isSameAs(script);
            List<byte[]> heard = new ArrayList<>();
            pair.b.onTrack(event -> event.track().onFrame(frame -> heard.add(frame.data())));
            pair.connect();
            speak(pair, voice);
            pair.simulator.run(Duration.ofSeconds(3));
            assertThat(script.framesRead()).isEqualTo(SOUNDS);
            assertThat(script.framesWritten()).isEqualTo(SOUNDS - 20);
            assertThat(script.errors()).isEqualTo(10);
            assertThat(script.framesRefused()).isEqualTo(60 + 10);
            assertThat(script.framesLost()).isZero();
            assertThat(heard)
                    .anyMatch(data -> data[1] % 10 == 5 && data.length == 41)
                    .anyMatch(data -> data[1] % 10 == 4 && data.length == 50 && data[49] == 7)
                    .noneMatch(data -> data[1] % 10 == 3 || data[1] % 10 == 7);
            EncodedFrameMetadata first = metadata.get(0);
            EncodedFrameMetadata second = metadata.get(1);
            assertThat(first.mimeType()).isEqualTo("audio/opus");
            assertThat(first.payloadType()).isEqualTo(111);
            assertThat(second.rtpTimestamp() - first.rtpTimestamp() & 0xffff_ffffL)
                    .isEqualTo(960);
            StatsReport stats = pair.simulator.await(sender.getStats(), Duration.ofSeconds(1));
            assertThat(stats.ofType("outbound-rtp").get(0).number("ssrc"))
                    .isEqualTo((double) first.synchronizationSource());
        }
    }

    @Test
    void aReceiversScriptSeesWhatCame() {
        try (SimulatedPair pair = new SimulatedPair(6)) {
            AudioTrack voice = AudioTrack.g711("voice");
            pair.a.addTrack(voice);
            List<EncodedFrameMetadata> metadata = new ArrayList<>();
            double[] loudest = {0};
            pair.b.onTrack(event -> {
                event.receiver().transform(RtpScriptTransform.of((frame, transformer) -> {
                    metadata.add(frame.getMetadata());
                    assertThat(frame.type()).isNull();
                    // Silence in mu-law.
                    Arrays.fill(frame.data(), (byte) 0xff);
                    transformer.write(frame);
                }));
                event.track().onPcm(pcm -> {
                    for (short sample : pcm.samples()) {
                        loudest[0] = Math.max(loudest[0], Math.abs(sample));
                    }
                });
            });
            pair.connect();
            for (int i = 0; i < 50; i++) {
                short[] loud = new short[160];
                Arrays.fill(loud, (short) 8_000);
                pair.simulator.schedule(Duration.ofMillis(20L * i), () -> voice.write(new PcmFrame(loud, 8_000, 1)));
            }
            pair.simulator.run(Duration.ofSeconds(2));
            assertThat(metadata.size()).isGreaterThan(45);
            assertThat(loudest[0]).isLessThan(50);
            EncodedFrameMetadata one = metadata.get(10);
            assertThat(one.mimeType()).isEqualTo("audio/PCMU");
            assertThat(one.sequenceNumber()).isNotNull();
            assertThat(one.audioLevel()).isNotNull().isBetween(0.1, 0.5);
            assertThat(one.receiveTime()).isNotNull();
            assertThat(one.captureTime()).isNull();
        }
    }

    @Test
    void keyFramesAreAskedForBothWays() {
        try (SimulatedPair pair = new SimulatedPair(7)) {
            EncodedTrack camera = EncodedTrack.vp8("camera");
            List<String> order = new ArrayList<>();
            List<RtpScriptTransformer> senders = new ArrayList<>();
            List<RtpScriptTransformer> receivers = new ArrayList<>();
            boolean[] prevent = {true};
            int[] requests = {0};
            RtpSender sender = pair.a.addTrack(camera);
            sender.transform(RtpScriptTransform.of((frame, transformer) -> {
                if (senders.isEmpty()) {
                    senders.add(transformer);
                    transformer.onKeyFrameRequest(event -> {
                        requests[0]++;
                        assertThat(event.rid()).isNull();
                        if (prevent[0]) {
                            event.preventDefault();
                        }
                    });
                }
                if (frame.type() == EncodedVideoFrameType.KEY) {
                    order.add("key frame");
                }
                transformer.write(frame);
            }));
            pair.b.onTrack(event -> event.receiver().transform(RtpScriptTransform.of((frame, transformer) -> {
                receivers.add(transformer);
                transformer.write(frame);
            })));
            pair.connect();
            int[] wishes = film(pair, camera);
            pair.simulator.run(Duration.ofMillis(500));
            int before = wishes[0];
            order.clear();
            CompletableFuture<Void> generated = senders.get(0).generateKeyFrame();
            pair.simulator.run(Duration.ofMillis(200));
            assertThat(generated).isCompleted();
            assertThat(order).isNotEmpty();
            assertThat(wishes[0]).isEqualTo(before + 1);
            // The peer's wish comes to the script first.
            CompletableFuture<Void> asked = receivers.get(0).sendKeyFrameRequest();
            pair.simulator.run(Duration.ofMillis(500));
            assertThat(asked).isCompleted();
            assertThat(requests[0]).isPositive();
            assertThat(wishes[0]).isEqualTo(before + 1);
            prevent[0] = false;
            receivers.get(0).sendKeyFrameRequest();
            pair.simulator.run(Duration.ofMillis(500));
            assertThat(wishes[0]).isGreaterThan(before + 1);
            // W3C's errors.
            assertThat(failure(pair, receivers.get(0).generateKeyFrame())).isInstanceOf(InvalidStateException.class);
            assertThat(failure(pair, senders.get(0).sendKeyFrameRequest())).isInstanceOf(InvalidStateException.class);
            assertThat(failure(pair, senders.get(0).generateKeyFrame("!")))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(failure(pair, senders.get(0).generateKeyFrame("hi"))).isInstanceOf(NotFoundException.class);
        }
    }

    private static Throwable failure(SimulatedPair pair, CompletableFuture<Void> future) {
        Throwable[] error = {null};
        future.whenComplete((done, failed) -> error[0] = failed);
        pair.simulator.run(Duration.ofMillis(10));
        return Objects.requireNonNull(error[0]);
    }

    @Test
    void aTransformServesOneSenderForEver() {
        try (SimulatedPair pair = new SimulatedPair(8)) {
            EncodedTrack voice = EncodedTrack.opus("voice");
            RtpSender sender = pair.a.addTrack(voice);
            RtpScriptTransform drops = RtpScriptTransform.of((frame, transformer) -> {});
            sender.transform(drops);
            assertThatThrownBy(() -> sender.transform(drops))
                    .isInstanceOf(InvalidStateException.class)
                    .hasMessageContaining("make a new one");
            assertThatThrownBy(() -> sender.transform(new RtpTransform() {}))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(sender.transform()).isSameAs(drops);
            List<EncodedFrame> heard = new ArrayList<>();
            pair.b.onTrack(event -> event.track().onFrame(heard::add));
            pair.connect();
            speak(pair, voice);
            pair.simulator.run(Duration.ofSeconds(1));
            assertThat(heard).isEmpty();
            assertThat(drops.framesRead()).isPositive();
            sender.transform(null);
            assertThat(sender.transform()).isNull();
            pair.simulator.run(Duration.ofSeconds(2));
            assertThat(heard.size()).isGreaterThan(40);
            assertThat(sender(pair.a, MediaKind.AUDIO)).isSameAs(sender);
        }
    }

    /** What a slow script cannot take is lost, and a key frame is asked for, once. */
    @Test
    void aSlowScriptLosesFrames() {
        try (SimulatedPair pair = new SimulatedPair(9)) {
            EncodedTrack camera = EncodedTrack.vp8("camera");
            int[] wishes = {0};
            camera.onKeyFrameRequest(() -> wishes[0]++);
            RtpScriptTransform script = RtpScriptTransform.of((frame, transformer) -> transformer.write(frame));
            pair.a.addTrack(camera).transform(script);
            pair.connect();
            // All in one turn of the loop: the lane comes after it.
            for (int i = 0; i < 200; i++) {
                camera.write(
                        EncodedFrame.ofTimestamp(picture(i == 0, i), 3_000L * i).withKeyFrame(i == 0));
            }
            pair.simulator.run(Duration.ofSeconds(1));
            assertThat(script.framesRead() + script.framesLost()).isEqualTo(200);
            assertThat(wishes[0]).isEqualTo(script.framesLost() == 0 ? 0 : 1);
        }
    }
}
