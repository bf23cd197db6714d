package dev.yodel.webrtc.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsState;
import dev.yodel.ice.IceStats;
import dev.yodel.io.Loop;
import dev.yodel.io.loop.NioEnvironment;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.media.file.OggOpusWriter;
import dev.yodel.media.loop.MediaClock;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.webrtc.AudioTrack;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.OggOpusPlayer;
import dev.yodel.webrtc.RtpPacketEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two transports over real sockets on two loops: ICE, the real handshake, SRTP and RTP. */
final class TransportPairTest {
    private static final List<RtpCodec> PCMU = List.of(new RtpCodec(0, "PCMU", 8_000, 1));

    private final NioEnvironment environment = NioEnvironment.builder().loops(2).start();

    private final MediaServices services =
            new MediaServices(environment, new MediaClock(environment, environment.nextLoop()));

    @AfterEach
    void close() {
        environment.close();
    }

    private TransportEnd end(Loop loop) throws Exception {
        return new TransportEnd(
                environment,
                loop,
                services,
                DtlsCertificate.generate(environment.random(), environment.wallClockMillis()));
    }

    @Test
    void framesCrossAndAreEchoed() throws Exception {
        TransportEnd a = end(environment.loops().get(0));
        TransportEnd b = end(environment.loops().get(1));
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
        TransportEnd a = end(environment.loops().get(0));
        TransportEnd b = end(environment.loops().get(1));
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
        TransportEnd a = end(environment.loops().get(0));
        TransportEnd b = end(environment.loops().get(1));
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
