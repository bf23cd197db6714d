package dev.yodel.webrtc;

import dev.yodel.io.Registration;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.audio.PcmConverter;
import dev.yodel.media.audio.PcmFrame;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * A track that a peer sends. It gives what comes in three forms, each only made when somebody listens: RTP packets,
 * encoded frames behind a jitter buffer, and decoded audio. It may be given to {@code addTrack} of this or another
 * connection: then its packets are relayed without transcoding. Any thread.
 */
public interface RemoteTrack extends MediaStreamTrack {
    /**
     * Every RTP packet as it arrives, in the order of arrival.
     *
     * @param listener runs on the track's lane; the packet is the listener's
     * @return removes the listener
     */
    Registration onRtp(Consumer<RtpPacketEvent> listener);

    /**
     * Encoded frames. Audio comes in playing order and pace, behind the jitter buffer; a lost frame is left out, and the
     * timestamps show the gap. Video comes in decoding order, each frame at its time, for which it waits as long as the
     * jitter asks for, some ten milliseconds on a quiet path ({@link RtpReceiver#jitterBufferTarget}): VP8 and VP9 as
     * they are, H.264 and H.265 as Annex B, AV1 in the low-overhead format without temporal delimiters. The first
     * is a key frame, which the sender is asked for, and so is the first after a loss that was not repaired, or after
     * frames that a slow listener missed.
     *
     * @param listener runs on the track's lane; the frame is the listener's
     * @return removes the listener
     */
    Registration onFrame(Consumer<EncodedFrame> listener);

    /**
     * Decoded audio in playing order and pace, 10 ms at a time, with losses concealed: 48 kHz for Opus, 8 kHz for G.711.
     * Nothing comes before the first packet. Without a libopus received Opus stays silent, and the log says what was
     * tried; the first call in a JVM looks for it and may take some 100 ms.
     *
     * @param listener runs on the track's lane; the frame is the listener's
     * @return removes the listener
     * @throws InvalidAccessException on a video track
     */
    Registration onPcm(Consumer<PcmFrame> listener);

    /**
     * Decoded audio as {@link #onPcm(Consumer)} gives it, in the form that a listener needs: speech services mostly take
     * 16 kHz mono. Of two channels the mean is heard; a frame is about 10 ms, late by the resampler's 16 samples
     * of the lower rate, at most 2 ms.
     *
     * @param sampleRateHz samples per second and channel, 8,000 to 192,000
     * @param channels 1 (mono) or 2 (left, right)
     * @param listener runs on the track's lane; the frame is the listener's
     * @return removes the listener
     * @throws InvalidAccessException on a video track
     * @throws IllegalArgumentException if rate or channels are out of range
     */
    default Registration onPcm(int sampleRateHz, int channels, Consumer<PcmFrame> listener) {
        Objects.requireNonNull(listener, "listener");
        PcmConverter converter = new PcmConverter(sampleRateHz, channels);
        return onPcm(frame -> listener.accept(converter.convert(frame)));
    }

    /**
     * How loud each packet says that it is (RFC 6464), without decoding it: for who-speaks-now in a conference.
     * Nothing comes from peers that do not send the header extension, and on video. What a slow listener misses is
     * left out. Ours, beyond W3C; {@link RtpReceiver#getSynchronizationSources} has the latest alone.
     *
     * @param listener gets the level in -dBov, 0 (loudest) to 127 (silence); runs on the track's lane
     * @return removes the listener
     */
    Registration onAudioLevel(IntConsumer listener);

    /**
     * Each key of a telephone that the peer presses, once, when its first packet comes (telephone events, RFC 4733):
     * what {@link DtmfSender} and a browser's {@code insertDTMF} send. Keys that can only be heard in the sound come to
     * nobody here; {@link dev.yodel.media.audio.DtmfDetector} finds those. Ours, beyond W3C.
     *
     * @param listener gets {@code 0} to {@code 9}, {@code *}, {@code #}, {@code A} to {@code D}; runs on the track's lane
     * @return removes the listener
     */
    Registration onTone(Consumer<String> listener);

    /**
     * Asks the sender for a key frame, for example for a decoder that starts anew; at most one request leaves in 300 ms
     * (RFC 4585 6.3.1). On an audio track, and while nothing comes, it does nothing. Relays and {@link #onFrame} ask by
     * themselves.
     */
    void requestKeyFrame();
}
