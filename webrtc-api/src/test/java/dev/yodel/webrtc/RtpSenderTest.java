package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.media.EncodedFrame;
import dev.yodel.media.audio.PcmFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** W3C's RTCRtpSender: its parameters, and what they do to what is sent (WebRTC 1.0, 5.1 and 5.2). */
class RtpSenderTest {
    private static void set(SimulatedPair pair, RtpSender sender, UnaryOperator<RtpEncodingParameters> change) {
        pair.simulator.await(
                sender.setParameters(sender.getParameters().withEncoding(0, change)), Duration.ofSeconds(1));
    }

    private static void refused(
            SimulatedPair pair, CompletableFuture<Void> future, Class<? extends Exception> error, String words) {
        pair.simulator.run(Duration.ofMillis(10));
        assertThatThrownBy(future::join).cause().isInstanceOf(error).hasMessageContaining(words);
    }

    private static List<RtpPacketEvent> heardBy(PeerConnection connection) {
        List<RtpPacketEvent> heard = new ArrayList<>();
        connection.onTrack(event -> event.track().onRtp(heard::add));
        return heard;
    }

    /** Frames of 20 ms for some time; the size is the payload's. */
    private static void play(SimulatedPair pair, EncodedTrack track, int frames, int size) {
        for (int i = 0; i < frames; i++) {
            byte[] data = new byte[size];
            data[0] = 0x78;
            pair.simulator.schedule(
                    Duration.ofMillis(20L * i), () -> track.write(EncodedFrame.ofDuration(data, 20_000_000)));
        }
        pair.simulator.run(Duration.ofMillis(20L * frames + 200));
    }

    @Test
    void parametersShowWhatWasNegotiated() {
        try (SimulatedPair pair = new SimulatedPair(1)) {
            RtpSender sender = pair.a.addTrack(EncodedTrack.opus("a"));
            RtpSendParameters before = sender.getParameters();
            assertThat(before.codecs()).isEmpty();
            assertThat(before.headerExtensions()).isEmpty();
            assertThat(before.encodings()).containsExactly(RtpEncodingParameters.DEFAULT);
            assertThat(before.transactionId()).isNotEmpty();
            pair.connect();
            RtpSendParameters after = sender.getParameters();
            assertThat(after.transactionId()).isNotEqualTo(before.transactionId());
            assertThat(after.codecs())
                    .first()
                    .isEqualTo(new RtpCodecParameters(111, "audio/opus", 48_000, 2, "minptime=10;useinbandfec=1"));
            assertThat(after.headerExtensions())
                    .extracting(RtpHeaderExtensionParameters::uri)
                    .contains("urn:ietf:params:rtp-hdrext:sdes:mid");
            assertThat(after.rtcp().cname()).isNotEmpty();
            assertThat(after.rtcp().reducedSize()).isTrue();
            RtpReceiveParameters received = pair.b.getReceivers().get(0).getParameters();
            assertThat(received.codecs()).isEqualTo(after.codecs());
            assertThat(received.rtcp().cname()).isNull();
            RtpTransceiver video = pair.a.addTransceiver(MediaKind.VIDEO);
            assertThat(video.sender().getParameters().encodings().get(0).scaleResolutionDownBy())
                    .isEqualTo(1.0);
        }
    }

    @Test
    void onTheLaneATransactionEndsWithTheTask() {
        try (SimulatedPair pair = new SimulatedPair(2)) {
            RtpSender sender = pair.a.addTransceiver(MediaKind.AUDIO).sender();
            List<RtpSendParameters> taken = new ArrayList<>();
            List<CompletableFuture<Void>> set = new ArrayList<>();
            pair.a.createOffer().thenRun(() -> {
                taken.add(sender.getParameters());
                set.add(sender.setParameters(taken.get(0)));
                taken.add(sender.getParameters());
            });
            pair.simulator.run(Duration.ofMillis(10));
            pair.a.createOffer().thenRun(() -> set.add(sender.setParameters(taken.get(0))));
            pair.simulator.run(Duration.ofMillis(10));
            pair.a.createOffer().thenRun(() -> taken.add(sender.getParameters()));
            pair.simulator.run(Duration.ofMillis(10));
            assertThat(taken.get(1)).isSameAs(taken.get(0));
            assertThat(taken.get(2).transactionId()).isNotEqualTo(taken.get(0).transactionId());
            assertThat(set.get(0)).isCompleted();
            refused(pair, set.get(1), InvalidStateException.class, "call getParameters()");
        }
    }

    @Test
    void onAThreadOfItsOwnATransactionLastsUntilSomethingChanges() {
        try (SimulatedPair pair = new SimulatedPair(3)) {
            RtpSender sender = pair.a.addTrack(EncodedTrack.opus("a"));
            RtpSendParameters taken = sender.getParameters();
            pair.simulator.await(pair.a.createOffer(), Duration.ofSeconds(1));
            assertThat(sender.getParameters()).isSameAs(taken);
            pair.simulator.await(sender.setParameters(taken), Duration.ofSeconds(1));
            refused(pair, sender.setParameters(taken), InvalidStateException.class, "call getParameters()");
            RtpSendParameters again = sender.getParameters();
            pair.connect();
            refused(pair, sender.setParameters(again), InvalidStateException.class, "call getParameters()");
        }
    }

    @Test
    void setParametersChecksInW3cOrder() {
        try (SimulatedPair pair = new SimulatedPair(4)) {
            RtpTransceiver transceiver = pair.a.addTransceiver(
                    MediaKind.VIDEO,
                    RtpTransceiverInit.DEFAULT.withSendEncodings(
                            RtpEncodingParameters.builder().rid("q").build(),
                            RtpEncodingParameters.builder().rid("f").build()));
            RtpSender sender = transceiver.sender();
            RtpSendParameters taken = sender.getParameters();
            RtpEncodingParameters small = taken.encodings().get(0);
            RtpEncodingParameters large = taken.encodings().get(1);
            Class<InvalidModificationException> modification = InvalidModificationException.class;
            refused(pair, sender.setParameters(taken.withEncodings(List.of(small))), modification, "2 encodings");
            refused(pair, sender.setParameters(taken.withEncodings(List.of(large, small))), modification, "rids");
            RtpSendParameters foreign = new RtpSendParameters(
                    "other", taken.encodings(), taken.headerExtensions(), taken.rtcp(), taken.codecs(), null);
            refused(pair, sender.setParameters(foreign), modification, "last getParameters()");
            RtpSendParameters renamed = new RtpSendParameters(
                    taken.transactionId(),
                    taken.encodings(),
                    taken.headerExtensions(),
                    new RtcpParameters("me", true),
                    taken.codecs(),
                    null);
            refused(pair, sender.setParameters(renamed), modification, "read-only");
            RtpCodec nothing = new RtpCodec("video/nothing", 90_000);
            refused(
                    pair,
                    sender.setParameters(taken.withEncoding(
                            0, e -> e.toBuilder().codec(nothing).build())),
                    modification,
                    "was not negotiated");
            for (double scale : new double[] {0.5, -1, Double.NaN}) {
                refused(
                        pair,
                        sender.setParameters(taken.withEncoding(
                                0,
                                e -> e.toBuilder().scaleResolutionDownBy(scale).build())),
                        RangeException.class,
                        "scaleResolutionDownBy");
            }
            refused(
                    pair,
                    sender.setParameters(taken.withEncoding(
                            0, e -> e.toBuilder().maxFramerate(-1.0).build())),
                    RangeException.class,
                    "maxFramerate");
            refused(
                    pair,
                    sender.setParameters(taken.withEncoding(0, e -> e.toBuilder()
                            .scaleResolutionDownTo(new ResolutionRestriction(1, 1))
                            .build())),
                    modification,
                    "scaleResolutionDownTo");
            refused(
                    pair,
                    sender.setParameters(taken, new SetParameterOptions(List.of(new EncodingOptions(true)))),
                    modification,
                    "encodingOptions");
            refused(
                    pair,
                    sender.setParameters(taken.withEncoding(
                            0, e -> e.toBuilder().ptime(20).adaptivePtime(true).build())),
                    modification,
                    "ptime");
            RtpSendParameters right = taken.withEncoding(1, e -> e.toBuilder()
                            .maxFramerate(0.0)
                            .scaleResolutionDownBy(null)
                            .priority(PriorityType.HIGH)
                            .build())
                    .withDegradationPreference(DegradationPreference.BALANCED);
            pair.simulator.await(sender.setParameters(right), Duration.ofSeconds(1));
            RtpSendParameters now = sender.getParameters();
            assertThat(now.encodings().get(1).scaleResolutionDownBy()).isEqualTo(1.0);
            assertThat(now.encodings().get(1).priority()).isEqualTo(PriorityType.HIGH);
            assertThat(now.degradationPreference()).isEqualTo(DegradationPreference.BALANCED);
            transceiver.stop();
            refused(pair, sender.setParameters(now), InvalidStateException.class, "stopped");
        }
    }

    private static RtpEncodingParameters rid(String value) {
        return RtpEncodingParameters.builder().rid(value).build();
    }

    @Test
    void addTransceiverChecksEncodingsInW3cOrder() {
        try (SimulatedPair pair = new SimulatedPair(5)) {
            for (String bad : List.of("", "!?", "foo-bar", "foo_bar", "a".repeat(256), "\u00e4")) {
                refused(pair, MediaKind.VIDEO, IllegalArgumentException.class, rid(bad));
            }
            refused(pair, MediaKind.VIDEO, IllegalArgumentException.class, rid("a"), rid("a"));
            refused(pair, MediaKind.VIDEO, IllegalArgumentException.class, rid("a"), RtpEncodingParameters.DEFAULT);
            RtpEncodingParameters.Builder builder = RtpEncodingParameters.builder();
            refused(
                    pair,
                    MediaKind.AUDIO,
                    OperationException.class,
                    builder.codec(new RtpCodec("audio/nothing", 8_000, 1, null)).build());
            builder.codec(null);
            refused(
                    pair,
                    MediaKind.VIDEO,
                    RangeException.class,
                    builder.scaleResolutionDownBy(0.99).build());
            builder.scaleResolutionDownBy(null);
            refused(
                    pair,
                    MediaKind.VIDEO,
                    RangeException.class,
                    builder.maxFramerate(-0.1).build());
            builder.maxFramerate(null);
            refused(
                    pair,
                    MediaKind.VIDEO,
                    OperationException.class,
                    builder.scaleResolutionDownTo(new ResolutionRestriction(0, 10))
                            .build());
            assertThat(encodings(pair, MediaKind.VIDEO, rid("a"), rid("b"), rid("c"), rid("d")))
                    .extracting(RtpEncodingParameters::rid, RtpEncodingParameters::scaleResolutionDownBy)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("a", 4.0),
                            org.assertj.core.groups.Tuple.tuple("b", 2.0),
                            org.assertj.core.groups.Tuple.tuple("c", 1.0));
            assertThat(encodings(
                            pair,
                            MediaKind.VIDEO,
                            rid("a"),
                            rid("b").toBuilder().scaleResolutionDownBy(3.0).build()))
                    .extracting(RtpEncodingParameters::scaleResolutionDownBy)
                    .containsExactly(1.0, 3.0);
            assertThat(encodings(
                            pair,
                            MediaKind.AUDIO,
                            rid("a").toBuilder().scaleResolutionDownBy(-1.0).build(),
                            rid("b")))
                    .containsExactly(RtpEncodingParameters.DEFAULT);
            pair.a.close();
            refused(pair, MediaKind.VIDEO, IllegalStateException.class, rid("!"));
        }
    }

    private static List<RtpEncodingParameters> encodings(
            SimulatedPair pair, MediaKind kind, RtpEncodingParameters... given) {
        return pair.a
                .addTransceiver(kind, RtpTransceiverInit.DEFAULT.withSendEncodings(given))
                .sender()
                .getParameters()
                .encodings();
    }

    private static void refused(
            SimulatedPair pair, MediaKind kind, Class<? extends Exception> error, RtpEncodingParameters... given) {
        ThrowingCallable call = () -> encodings(pair, kind, given);
        int before = pair.a.getTransceivers().size();
        if (error == IllegalStateException.class) {
            assertThatThrownBy(call).isInstanceOf(InvalidStateException.class);
        } else {
            assertThatThrownBy(call).isInstanceOf(error);
        }
        assertThat(pair.a.getTransceivers()).hasSize(before);
    }

    @Test
    void anInactiveEncodingSendsNothingAndLeavesNoGap() {
        try (SimulatedPair pair = new SimulatedPair(6)) {
            EncodedTrack voice = EncodedTrack.opus("a");
            RtpSender sender = pair.a.addTrack(voice);
            List<RtpPacketEvent> heard = heardBy(pair.b);
            pair.connect();
            play(pair, voice, 10, 40);
            assertThat(heard).hasSize(10);
            set(pair, sender, e -> e.toBuilder().active(false).build());
            play(pair, voice, 10, 40);
            assertThat(heard).hasSize(10);
            assertThat(voice.droppedFrames()).isEqualTo(10);
            set(pair, sender, e -> e.toBuilder().active(true).build());
            play(pair, voice, 10, 40);
            assertThat(heard).hasSize(20);
            long first = heard.get(0).sequenceNumber();
            for (int i = 0; i < heard.size(); i++) {
                assertThat(heard.get(i).sequenceNumber()).isEqualTo(first + i);
            }
            StatsReport stats = pair.simulator.await(pair.b.getStats(), Duration.ofSeconds(1));
            assertThat(stats.ofType("inbound-rtp").get(0).number("packetsLost")).isEqualTo(0);
        }
    }

    @Test
    void aRelayThatPausesLooksLikeNoLoss() {
        try (SimulatedPair pair = new SimulatedPair(7)) {
            EncodedTrack voice = EncodedTrack.opus("a");
            pair.a.addTrack(voice);
            List<RtpPacketEvent> echo = heardBy(pair.a);
            List<RtpSender> relay = new ArrayList<>();
            pair.b.onTrack(event -> relay.add(pair.b.addTrack(event.track())));
            pair.connect();
            play(pair, voice, 10, 40);
            set(pair, relay.get(0), e -> e.toBuilder().active(false).build());
            play(pair, voice, 10, 40);
            set(pair, relay.get(0), e -> e.toBuilder().active(true).build());
            play(pair, voice, 10, 40);
            assertThat(echo).hasSize(20);
            assertThat(echo.get(19).sequenceNumber() - echo.get(0).sequenceNumber())
                    .isEqualTo(19);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 16_000, 40_000})
    void maxBitrateLeavesFramesOut(long limit) {
        try (SimulatedPair pair = new SimulatedPair(8)) {
            EncodedTrack voice = EncodedTrack.opus("a");
            RtpSender sender = pair.a.addTrack(voice);
            List<RtpPacketEvent> heard = heardBy(pair.b);
            pair.connect();
            set(pair, sender, e -> e.toBuilder().maxBitrate(limit).build());
            // 80 bytes, 50 times a second, and the headers: 42 kbit/s.
            play(pair, voice, 500, 80);
            long bits = heard.stream()
                    .mapToLong(packet -> packet.packet().length * 8L)
                    .sum();
            assertThat(bits).isLessThanOrEqualTo(limit * 10 + limit / 4 + 2 * 800);
            assertThat(bits).isGreaterThanOrEqualTo(limit * 9);
            assertThat(heard.size() + voice.droppedFrames()).isEqualTo(500);
        }
    }

    private static void speak(SimulatedPair pair, AudioTrack track, int seconds) {
        for (int i = 0; i < seconds * 100; i++) {
            short[] samples = new short[480];
            for (int k = 0; k < samples.length; k++) {
                samples[k] = (short) (8_000 * Math.sin((i * 480 + k) * 0.05));
            }
            pair.simulator.schedule(
                    Duration.ofMillis(10L * i), () -> track.write(new PcmFrame(samples, 48_000, 1, false)));
        }
        pair.simulator.run(Duration.ofSeconds(seconds).plusMillis(500));
    }

    @Test
    void rawAudioKeepsToTheBitrate() {
        try (SimulatedPair pair = new SimulatedPair(9)) {
            AudioTrack voice = AudioTrack.g711("a");
            RtpSender sender = pair.a.addTrack(voice);
            List<RtpPacketEvent> heard = heardBy(pair.b);
            pair.connect();
            pair.simulator.run(Duration.ofMillis(100));
            speak(pair, voice, 1);
            assertThat(heard).hasSizeBetween(48, 51);
            assertThat(heard.get(10).payloadType()).isEqualTo(0);
            heard.clear();
            set(pair, sender, e -> e.toBuilder().maxBitrate(64_000).build());
            speak(pair, voice, 1);
            assertThat(heard).as("64 kbit/s have no room for headers").isEmpty();
            RtpCodec alaw = new RtpCodec("audio/PCMA", 8_000, 1, null);
            set(pair, sender, e -> e.toBuilder().maxBitrate(76_000).codec(alaw).build());
            pair.simulator.run(Duration.ofMillis(100));
            speak(pair, voice, 1);
            assertThat(heard).hasSizeBetween(48, 51);
            assertThat(heard.get(10).payloadType()).isEqualTo(8);
            set(pair, sender, e -> e.toBuilder().active(false).build());
            heard.clear();
            speak(pair, voice, 1);
            assertThat(heard).isEmpty();
        }
    }

    @Test
    void anEncodingForgetsACodecThatIsNegotiatedAway() {
        try (SimulatedPair pair = new SimulatedPair(10)) {
            RtpSender sender = pair.a.addTrack(EncodedTrack.opus("a"));
            pair.connect();
            RtpCodec opus = sender.getParameters().codecs().get(0).codec();
            set(pair, sender, e -> e.toBuilder().codec(opus).build());
            assertThat(sender.getParameters().encodings().get(0).codec()).isEqualTo(opus);
            pair.b.getTransceivers().get(0).setCodecPreferences(List.of(new RtpCodec("audio/PCMU", 8_000, 1, null)));
            pair.negotiate(pair.a, pair.b);
            assertThat(sender.getParameters().encodings().get(0).codec()).isNull();
        }
    }

    @Test
    void replaceTrackChecksKindStateAndEnvelope() {
        try (SimulatedPair pair = new SimulatedPair(11)) {
            RtpTransceiver transceiver = pair.a.addTransceiver(MediaKind.AUDIO);
            RtpSender sender = transceiver.sender();
            RtpTrack video = RtpTrack.of(MediaKind.VIDEO, "v", "VP8");
            refused(pair, sender.replaceTrack(video), IllegalArgumentException.class, "is for audio");
            RtpTrack strange = RtpTrack.of(MediaKind.AUDIO, "s", "G723");
            pair.simulator.await(sender.replaceTrack(strange), Duration.ofSeconds(1));
            assertThat(sender.track()).isSameAs(strange);
            pair.connect();
            refused(pair, sender.replaceTrack(strange), InvalidModificationException.class, "G723");
            EncodedTrack voice = EncodedTrack.opus("a");
            pair.simulator.await(sender.replaceTrack(voice), Duration.ofSeconds(1));
            pair.simulator.await(sender.replaceTrack(null), Duration.ofSeconds(1));
            assertThat(sender.track()).isNull();
            transceiver.stop();
            refused(pair, sender.replaceTrack(voice), InvalidStateException.class, "stopped");
        }
    }

    @Test
    void J09_afterCloseASenderRefusesByName() {
        try (SimulatedPair pair = new SimulatedPair(12)) {
            RtpSender sender = pair.a.addTrack(EncodedTrack.opus("a"));
            pair.connect();
            RtpSendParameters taken = sender.getParameters();
            DtmfSender dtmf = Objects.requireNonNull(sender.dtmf());
            pair.a.close();
            refused(pair, sender.setParameters(taken), InvalidStateException.class, "stopped");
            refused(pair, sender.replaceTrack(null), InvalidStateException.class, "closed");
            assertThatThrownBy(sender::setStreams).isInstanceOf(InvalidStateException.class);
            assertThatThrownBy(() -> dtmf.insertDTMF("1")).isInstanceOf(InvalidStateException.class);
            assertThat(pair.a.getTransceivers().get(0).direction()).isEqualTo(RtpTransceiverDirection.STOPPED);
            assertThat(pair.a.getTransceivers().get(0).currentDirection()).isEqualTo(RtpTransceiverDirection.STOPPED);
        }
    }
}
