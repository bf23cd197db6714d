package dev.yodel.webrtc.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.dtls.bc.BouncyCastleDtls;
import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.GatheringState;
import dev.yodel.ice.IceCredentials;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceState;
import dev.yodel.ice.IceStats;
import dev.yodel.ice.loop.IceConnectionOptions;
import dev.yodel.io.Lane;
import dev.yodel.io.Loop;
import dev.yodel.io.loop.NioEnvironment;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.media.file.OggOpusWriter;
import dev.yodel.media.loop.MediaClock;
import dev.yodel.rtp.HeaderExtensionIds;
import dev.yodel.rtp.ReceiveParameters;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.RtpSessionOptions;
import dev.yodel.rtp.SendStreamParameters;
import dev.yodel.webrtc.AudioTrack;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.OggOpusPlayer;
import dev.yodel.webrtc.RtpPacketEvent;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two transports over real sockets on two loops: ICE, the real handshake, SRTP and RTP. */
final class TransportPairTest {
    private static final List<RtpCodec> OPUS = List.of(new RtpCodec(111, "opus", 48_000, 2));
    private static final List<RtpCodec> PCMU = List.of(new RtpCodec(0, "PCMU", 8_000, 1));
    private static final HeaderExtensionIds IDS = HeaderExtensionIds.of(Map.of(HeaderExtensionIds.MID, 3));

    private final NioEnvironment environment = NioEnvironment.builder().loops(2).start();

    private final MediaServices services =
            new MediaServices(environment, new MediaClock(environment, environment.nextLoop()));

    @AfterEach
    void close() {
        environment.close();
    }

    /** One end, with what it heard. */
    private final class End implements TransportListener {
        final Loop loop;
        final DtlsCertificate certificate;
        final IceCredentials credentials = IceCredentials.generate(environment.random());
        final CompletableFuture<Void> connected = new CompletableFuture<>();
        final CompletableFuture<Void> dtlsClosed = new CompletableFuture<>();
        final BlockingQueue<RtpPacketEvent> packets = new LinkedBlockingQueue<>();
        final ReceivedTrack track;
        final MediaSender sender;
        final MediaReceiver receiver;
        final TransportStack stack;

        List<RtpCodec> codecs = OPUS;

        @Nullable
        End peer;

        End(Loop loop) throws Exception {
            this.loop = loop;
            certificate = DtlsCertificate.generate(environment.random(), environment.wallClockMillis());
            Lane lane = environment.newLane();
            track = new ReceivedTrack(MediaKind.AUDIO, "remote", lane, services);
            track.onRtp(packets::add);
            sender = new MediaSender(loop, services);
            receiver = new MediaReceiver(loop, track);
            stack = onLoop(() -> new TransportStack(
                    new TransportOptions(
                            environment,
                            loop,
                            IceConnectionOptions.DEFAULT,
                            new BouncyCastleDtls(),
                            DtlsOptions.of(certificate),
                            RtpSessionOptions.of("cname-" + System.identityHashCode(this))),
                    this));
        }

        <T> T onLoop(java.util.concurrent.Callable<T> task) throws Exception {
            CompletableFuture<T> result = new CompletableFuture<>();
            loop.execute(() -> {
                try {
                    result.complete(task.call());
                } catch (Exception e) {
                    result.completeExceptionally(e);
                }
            });
            return result.get(10, TimeUnit.SECONDS);
        }

        void run(Runnable task) {
            loop.execute(task);
        }

        void start(End other, boolean offerer, long ssrc) {
            peer = other;
            run(() -> {
                stack.gather(credentials);
                stack.startIce(offerer ? IceRole.CONTROLLING : IceRole.CONTROLLED, other.credentials);
                stack.startDtls(offerer ? DtlsRole.SERVER : DtlsRole.CLIENT, List.of(other.certificate.fingerprint()));
                stack.configure(new MediaPlan(
                        List.of(new MediaSectionPlan(
                                "0",
                                new SendStreamParameters(ssrc, "0", codecs, IDS),
                                new ReceiveParameters("0", codecs, Set.of(), IDS),
                                sender,
                                receiver)),
                        true));
            });
        }

        @Override
        public void onLocalCandidate(Candidate candidate) {
            End other = peer;
            if (other != null) {
                other.run(() -> other.stack.addRemoteCandidate(candidate));
            }
        }

        @Override
        public void onDtlsState(DtlsState state) {
            if (state == DtlsState.CONNECTED) {
                connected.complete(null);
            } else if (state == DtlsState.CLOSED) {
                dtlsClosed.complete(null);
            }
        }

        @Override
        public void onFailure(String stage, String words) {
            connected.completeExceptionally(new AssertionError(stage + ": " + words));
        }

        @Override
        public void onIceGatheringState(GatheringState state) {}

        @Override
        public void onCandidateError(@Nullable InetSocketAddress local, String url, int errorCode, String errorText) {}

        @Override
        public void onIceState(IceState state) {}

        @Override
        public void onIceRole(IceRole role) {}

        @Override
        public void onSelectedPair(CandidatePair pair) {}

        @Override
        public void onRemoteMedia(String mid) {}

        @Override
        public void onRemoteSilence(String mid) {}

        @Override
        public void onKeyFrameRequest(String mid) {}
    }

    @Test
    void framesCrossAndAreEchoed() throws Exception {
        End a = new End(environment.loops().get(0));
        End b = new End(environment.loops().get(1));
        a.start(b, true, 1111);
        b.start(a, false, 2222);
        a.connected.get(10, TimeUnit.SECONDS);
        b.connected.get(10, TimeUnit.SECONDS);

        EncodedTrack voice = EncodedTrack.opus("voice");
        a.sender.source((TrackSource) voice);
        // B is an echo: what it receives it sends.
        b.sender.source(b.track);
        for (int i = 0; i < 20; i++) {
            voice.write(EncodedFrame.ofDuration(new byte[] {1, 2, 3, (byte) i}, 20_000_000));
        }
        for (int i = 0; i < 20; i++) {
            RtpPacketEvent there = b.packets.poll(10, TimeUnit.SECONDS);
            RtpPacketEvent back = a.packets.poll(10, TimeUnit.SECONDS);
            assertThat(there).isNotNull();
            assertThat(back).isNotNull();
            assertThat(there.ssrc()).isEqualTo(1111);
            assertThat(back.ssrc()).isEqualTo(2222);
            assertThat(there.packet()[there.packet().length - 1]).isEqualTo((byte) i);
            assertThat(back.packet()[back.packet().length - 1]).isEqualTo((byte) i);
            assertThat(back.marker()).isEqualTo(i == 0);
        }

        TransportSnapshot snapshot = a.onLoop(a.stack::snapshot);
        assertThat(snapshot.media().get(0).sent()).isNotNull();
        assertThat(snapshot.media().get(0).sent().packetsSent()).isEqualTo(20);
        assertThat(snapshot.counters().srtpRejected).isZero();
        assertThat(snapshot.counters().packetsReceived).isGreaterThanOrEqualTo(20);
        assertThat(snapshot.ice().pairs()).anySatisfy(pair -> {
            assertThat(pair.id()).isEqualTo(snapshot.ice().selectedPairId());
            assertThat(pair.state()).isEqualTo(IceStats.PairState.SUCCEEDED);
            assertThat(pair.nominated()).isTrue();
            assertThat(pair.currentRoundTripTimeNanos()).isPositive();
            assertThat(pair.bytesSent()).isPositive();
            assertThat(pair.responsesReceived()).isPositive();
        });
        assertThat(snapshot.dtlsState()).isEqualTo(DtlsState.CONNECTED);

        // Hang-up is seen by the other side, by its close_notify.
        a.run(a.stack::close);
        b.dtlsClosed.get(10, TimeUnit.SECONDS);
        b.run(b.stack::close);
    }

    @Test
    void rawAudioIsEncodedSentAndHeard() throws Exception {
        End a = new End(environment.loops().get(0));
        End b = new End(environment.loops().get(1));
        a.codecs = PCMU;
        b.codecs = PCMU;
        BlockingQueue<PcmFrame> heard = new LinkedBlockingQueue<>();
        BlockingQueue<EncodedFrame> frames = new LinkedBlockingQueue<>();
        b.track.onPcm(heard::add);
        b.track.onFrame(frames::add);
        a.start(b, true, 1111);
        b.start(a, false, 2222);
        a.connected.get(10, TimeUnit.SECONDS);
        b.connected.get(10, TimeUnit.SECONDS);

        AudioTrack voice = AudioTrack.g711("voice");
        a.sender.source((TrackSource) voice);
        short[] loud = new short[48_000 / 50];
        for (int i = 0; i < loud.length; i++) {
            loud[i] = (short) (i % 48 < 24 ? 8_000 : -8_000);
        }
        double energy = 0;
        // Writes until something loud is heard: the pacing is the pipeline's, so the test waits only for what it hears.
        for (int i = 0; i < 500 && energy < 1e6; i++) {
            voice.write(new PcmFrame(loud.clone(), 48_000, 1));
            PcmFrame frame = heard.poll(20, TimeUnit.MILLISECONDS);
            if (frame != null) {
                assertThat(frame.sampleRateHz()).isEqualTo(8_000);
                assertThat(frame.samplesPerChannel()).isEqualTo(80);
                for (short sample : frame.samples()) {
                    energy = Math.max(energy, (double) sample * sample);
                }
            }
        }
        assertThat(energy).isGreaterThan(1e6);
        EncodedFrame frame = frames.poll(10, TimeUnit.SECONDS);
        assertThat(frame).isNotNull();
        assertThat(frame.data()).hasSize(160);
        a.run(a.stack::close);
        b.run(b.stack::close);
    }

    @Test
    void anOggFilePlaysAtItsPace(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("three.opus");
        try (OggOpusWriter writer = OggOpusWriter.create(file, 1)) {
            for (int i = 0; i < 3; i++) {
                // RFC 6716 3.1: configuration 31 (CELT, 20 ms), mono, one frame.
                writer.write(new byte[] {(byte) 0xf8, (byte) i}, 0, 2);
            }
        }
        End a = new End(environment.loops().get(0));
        End b = new End(environment.loops().get(1));
        EncodedTrack music = EncodedTrack.opus("music");
        assertThat(OggOpusPlayer.play(file, music)).isCompletedExceptionally();
        a.start(b, true, 1111);
        b.start(a, false, 2222);
        a.connected.get(10, TimeUnit.SECONDS);
        b.connected.get(10, TimeUnit.SECONDS);
        a.sender.source((TrackSource) music);

        OggOpusPlayer.play(file, music).get(10, TimeUnit.SECONDS);

        long first = -1;
        for (int i = 0; i < 3; i++) {
            RtpPacketEvent packet = b.packets.poll(10, TimeUnit.SECONDS);
            assertThat(packet).isNotNull();
            first = i == 0 ? packet.rtpTimestamp() : first;
            assertThat((packet.rtpTimestamp() - first) & 0xffff_ffffL).isEqualTo(960L * i);
            assertThat(packet.packet()[packet.packet().length - 1]).isEqualTo((byte) i);
        }
        assertThat(OggOpusPlayer.play(folder.resolve("missing.opus"), music))
                .failsWithin(java.time.Duration.ofSeconds(10));
        a.run(a.stack::close);
        b.run(b.stack::close);
    }
}
