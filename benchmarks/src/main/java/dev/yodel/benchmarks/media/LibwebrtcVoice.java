package dev.yodel.benchmarks.media;

import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.RTCPeerConnectionState;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.RTCStats;
import dev.onvoid.webrtc.RTCStatsReport;
import dev.onvoid.webrtc.RTCStatsType;
import dev.onvoid.webrtc.media.audio.AudioDeviceModule;
import dev.onvoid.webrtc.media.audio.AudioLayer;
import dev.onvoid.webrtc.media.audio.AudioTrack;
import dev.onvoid.webrtc.media.audio.CustomAudioSource;
import dev.yodel.benchmarks.libwebrtc.LibwebrtcConnection;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** libwebrtc's end: its own jitter buffer (NetEq), encoder and redundancy, by webrtc-java. */
final class LibwebrtcVoice implements Voice {
    private static final int WAIT_SECONDS = 20;

    // A device that records nothing: what it recorded would be sent beside what is said.
    private final PeerConnectionFactory speaking =
            new PeerConnectionFactory(new AudioDeviceModule(AudioLayer.kDummyAudio));
    private final PeerConnectionFactory hearing = LibwebrtcConnection.headless();
    private final CustomAudioSource source = new CustomAudioSource();
    private final LibwebrtcConnection a = new LibwebrtcConnection(speaking);
    private final LibwebrtcConnection b = new LibwebrtcConnection(hearing);
    private final byte[] chunk = new byte[2 * Speech.CHUNK];

    @Override
    public void connect(BadPath path, Repair repair, Consumer<short[]> listener) throws Exception {
        b.onTrack(transceiver -> ((AudioTrack) transceiver.getReceiver().getTrack())
                .addSink((data, bits, rate, channels, frames) -> listener.accept(mono(data, channels, frames))));
        a.connection().addTrack(speaking.createAudioTrack("voice", source), List.of("voice"));
        connect(a, b, path, repair);
    }

    /** Connects two ends over the path, the first of which offers. */
    static void connect(LibwebrtcConnection a, LibwebrtcConnection b, BadPath path, Repair repair) throws Exception {
        a.setLocal(a.createOffer());
        RTCSessionDescription offer = a.gathered();
        b.setRemote(new RTCSessionDescription(offer.sdpType, repair.applied(BadPath.calleesView(offer.sdp))));
        b.setLocal(b.createAnswer());
        RTCSessionDescription answer = b.gathered();
        a.setRemote(new RTCSessionDescription(answer.sdpType, repair.applied(path.callersView(answer.sdp))));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (b.connection().getConnectionState() != RTCPeerConnectionState.CONNECTED) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "libwebrtc does not connect: " + b.connection().getConnectionState());
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static short[] mono(byte[] data, int channels, int frames) {
        short[] samples = new short[frames];
        for (int i = 0; i < frames; i++) {
            int at = 2 * i * channels;
            samples[i] = (short) ((data[at] & 0xff) | (data[at + 1] << 8));
        }
        return samples;
    }

    @Override
    public void say(short[] pcm, int offset) {
        for (int i = 0; i < Speech.CHUNK; i++) {
            chunk[2 * i] = (byte) pcm[offset + i];
            chunk[2 * i + 1] = (byte) (pcm[offset + i] >> 8);
        }
        source.pushAudio(chunk, 16, Speech.RATE, 1, Speech.CHUNK);
    }

    @Override
    public Played played() throws Exception {
        for (RTCStats stats : stats(b)) {
            if (stats.getType() == RTCStatsType.INBOUND_RTP) {
                return new Played(number(stats, "concealedSamples"), number(stats, "totalSamplesReceived"));
            }
        }
        return new Played(0, 0);
    }

    static Collection<RTCStats> stats(LibwebrtcConnection of) throws Exception {
        CompletableFuture<RTCStatsReport> report = new CompletableFuture<>();
        of.connection().getStats(report::complete);
        return report.get(WAIT_SECONDS, TimeUnit.SECONDS).getStats().values();
    }

    static double number(RTCStats stats, String name) {
        return stats.getAttributes().get(name) instanceof Number value ? value.doubleValue() : 0;
    }

    @Override
    public void close() {
        a.connection().close();
        b.connection().close();
    }
}
