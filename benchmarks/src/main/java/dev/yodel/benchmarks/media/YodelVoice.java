package dev.yodel.benchmarks.media;

import dev.yodel.media.audio.PcmFrame;
import dev.yodel.webrtc.AudioTrack;
import dev.yodel.webrtc.IceGatheringState;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.Stats;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Our end, with libopus. */
final class YodelVoice implements Voice {
    private static final int WAIT_SECONDS = 20;

    private final PeerConnectionFactory factory = PeerConnectionFactory.create();
    private final PeerConnection a = factory.newPeerConnection();
    private final PeerConnection b = factory.newPeerConnection();
    private final AudioTrack voice = AudioTrack.opus("voice");

    @Override
    public void connect(BadPath path, Repair repair, Consumer<short[]> listener) throws Exception {
        b.onTrack(event -> event.track().onPcm(frame -> listener.accept(mono(frame))));
        a.addTrack(voice);
        SessionDescription offer = gathered(a);
        b.setRemoteDescription(new SessionDescription(offer.type(), repair.applied(BadPath.calleesView(offer.sdp()))))
                .get(WAIT_SECONDS, TimeUnit.SECONDS);
        SessionDescription answer = gathered(b);
        a.setRemoteDescription(new SessionDescription(answer.type(), repair.applied(path.callersView(answer.sdp()))))
                .get(WAIT_SECONDS, TimeUnit.SECONDS);
        a.connected().get(WAIT_SECONDS, TimeUnit.SECONDS);
        b.connected().get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    static SessionDescription gathered(PeerConnection of) throws Exception {
        of.setLocalDescription().get(WAIT_SECONDS, TimeUnit.SECONDS);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (of.iceGatheringState() != IceGatheringState.COMPLETE && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return Objects.requireNonNull(of.localDescription());
    }

    private static short[] mono(PcmFrame frame) {
        short[] samples = frame.samples();
        if (frame.channels() == 1) {
            return samples.clone();
        }
        short[] left = new short[samples.length / frame.channels()];
        for (int i = 0; i < left.length; i++) {
            left[i] = samples[i * frame.channels()];
        }
        return left;
    }

    @Override
    public void say(short[] pcm, int offset) {
        voice.write(new PcmFrame(Arrays.copyOfRange(pcm, offset, offset + Speech.CHUNK), Speech.RATE, 1, false));
    }

    @Override
    public Played played() throws Exception {
        for (Stats stats : b.getStats().get(WAIT_SECONDS, TimeUnit.SECONDS).ofType("inbound-rtp")) {
            return new Played(number(stats, "concealedSamples"), number(stats, "totalSamplesReceived"));
        }
        return new Played(0, 0);
    }

    private static double number(Stats stats, String key) {
        Double value = stats.number(key);
        return value == null ? 0 : value;
    }

    @Override
    public void close() {
        a.close();
        b.close();
        factory.close();
    }
}
