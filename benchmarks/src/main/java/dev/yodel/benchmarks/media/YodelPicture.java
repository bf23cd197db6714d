package dev.yodel.benchmarks.media;

import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.Stats;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** Our end with an encoder that is none: frames as large as the target allows, their number in their first bytes. */
final class YodelPicture implements Picture {
    private static final int WAIT_SECONDS = 20;
    private static final long MOST_BPS = 1_500_000;
    private static final int KEY_INTERVAL = 300;

    private final PeerConnectionFactory factory = PeerConnectionFactory.create();
    private final PeerConnection a = factory.newPeerConnection();
    private final PeerConnection b = factory.newPeerConnection();
    private final EncodedTrack track = EncodedTrack.vp8("picture");
    private final Random random = new Random(3);
    private volatile long bps = 300_000;
    private volatile boolean keyWanted = true;

    @Override
    public void connect(BadPath path, IntConsumer listener) throws Exception {
        b.onTrack(event -> event.track()
                .onFrame(frame -> listener.accept(((frame.data()[3] & 0xff) << 8) | (frame.data()[4] & 0xff))));
        track.onKeyFrameRequest(() -> keyWanted = true);
        a.addTrack(track).onTargetBitrate(target -> bps = target);
        SessionDescription offer = YodelVoice.gathered(a);
        b.setRemoteDescription(new SessionDescription(offer.type(), BadPath.calleesView(offer.sdp())))
                .get(WAIT_SECONDS, TimeUnit.SECONDS);
        SessionDescription answer = YodelVoice.gathered(b);
        a.setRemoteDescription(new SessionDescription(answer.type(), path.callersView(answer.sdp())))
                .get(WAIT_SECONDS, TimeUnit.SECONDS);
        a.connected().get(WAIT_SECONDS, TimeUnit.SECONDS);
        b.connected().get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void capture(int number) {
        long size = Math.min(bps, MOST_BPS) * 85 / 100 / 8 / PicturesUnderLoss.FPS;
        boolean key = keyWanted || number % KEY_INTERVAL == 0;
        keyWanted = false;
        byte[] data = new byte[(int) Math.max(60, key ? size * 4 : size * (85 + random.nextInt(20)) / 100)];
        data[0] = (byte) (key ? 0x10 : 0x11);
        data[3] = (byte) (number >> 8);
        data[4] = (byte) number;
        track.write(EncodedFrame.ofTimestamp(data, 90_000L * number / PicturesUnderLoss.FPS)
                .withKeyFrame(key));
    }

    @Override
    public double sentBytes() throws Exception {
        double sum = 0;
        for (Stats stats : a.getStats().get(WAIT_SECONDS, TimeUnit.SECONDS).ofType("outbound-rtp")) {
            Double bytes = stats.number("bytesSent");
            sum += bytes == null ? 0 : bytes;
        }
        return sum;
    }

    @Override
    public void close() {
        a.close();
        b.close();
        factory.close();
    }
}
