package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Loop;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.audio.AudioEncoder;
import dev.yodel.media.audio.G711;
import dev.yodel.media.audio.G711Encoder;
import dev.yodel.media.audio.G722Encoder;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.media.loop.AudioSendPipeline;
import dev.yodel.media.opus.Opus;
import dev.yodel.media.opus.OpusEncoder;
import dev.yodel.rtp.RtpCodec;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which encoder does a sender's raw audio go through? It opens one when a codec is negotiated, on a media thread because
 * the first one loads the native library, changes its bit rate, and closes it when the codec or the track goes. Public
 * methods from any thread.
 */
final class PcmSending implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PcmSending.class);

    /** Takes an encoded frame; on a media thread. */
    @FunctionalInterface
    interface Sink {
        void onFrame(RtpCodec codec, EncodedFrame frame, long rtpTimestamp, boolean talkspurt, int level);
    }

    /** Gives what one pipeline makes to the sink, under the numbers of its codecs. */
    private record Outlet(Sink sink, RtpCodec codec, @Nullable RtpCodec noise, long base)
            implements AudioSendPipeline.Sink {
        @Override
        public void onFrame(EncodedFrame frame, boolean talkspurt, int level) {
            sink.onFrame(codec, frame, base + frame.rtpTimestamp(), talkspurt, level);
        }

        @Override
        public void onNoise(EncodedFrame told, int level) {
            if (noise != null) {
                sink.onFrame(noise, told, base + told.rtpTimestamp(), false, level);
            }
        }
    }

    /** 50 packets a second with headers of IP, UDP, RTP with extensions, and SRTP's tag. */
    private static final long HEADERS_BPS = 50 * 8 * 60;

    private final Loop loop;
    private final MediaServices services;
    private final Sink sink;
    private final Object lock = new Object();

    // Guarded by lock.
    private @Nullable AudioEncoding wanted;
    private @Nullable AudioSendPipeline pipeline;
    private @Nullable OpusEncoder opus;
    private boolean warned;
    private long targetBps = -1;

    PcmSending(Loop loop, MediaServices services, Sink sink) {
        this.loop = loop;
        this.services = services;
        this.sink = sink;
    }

    /** Encodes with the first of these that can be had, or stops. */
    void use(List<RtpCodec> codecs, boolean opusAllowed, SendLimits limits) {
        AudioEncoding choice = AudioEncoding.choose(codecs, opusAllowed, services.suppressSilence(), limits);
        AudioSendPipeline old;
        synchronized (lock) {
            if (choice == null ? wanted == null : choice.equals(wanted)) {
                return;
            }
            if (choice != null && choice.sameEncoder(wanted) && opus != null) {
                wanted = choice;
                opus.setBitrateBps(choice.bitrateBps());
                return;
            }
            wanted = choice;
            old = pipeline;
            pipeline = null;
            opus = null;
        }
        if (old != null) {
            old.close();
        }
        if (choice != null) {
            try {
                services.environment().mediaWorkers().execute(() -> open(choice, opusAllowed, codecs, limits));
            } catch (RejectedExecutionException closed) {
                LOG.debug("no media threads any more, so nothing is encoded", closed);
            }
        }
    }

    private void open(AudioEncoding choice, boolean opusAllowed, List<RtpCodec> codecs, SendLimits limits) {
        if (choice.isOpus() && !Opus.isAvailable()) {
            synchronized (lock) {
                if (!warned) {
                    warned = true;
                    LOG.warn("audio goes without Opus: {}", Opus.description());
                }
                if (!choice.equals(wanted)) {
                    return;
                }
            }
            List<RtpCodec> others = codecs.stream()
                    .filter(other -> !AudioEncoding.isOpus(other))
                    .toList();
            use(others, opusAllowed, limits);
            return;
        }
        RtpCodec codec = choice.codec();
        G711 law = AudioEncoding.law(codec);
        AudioEncoder encoder = law != null
                ? new G711Encoder(law)
                : AudioEncoding.isG722(codec)
                        ? new G722Encoder()
                        : new OpusEncoder(choice.opusOptions(services.suppressSilence()));
        // The clock of a stream goes on while its encoders come and go.
        long base = FrameClock.units(loop.now(), codec.clockRate());
        AudioSendPipeline opened = new AudioSendPipeline(
                encoder, services.clock(), new Outlet(sink, codec, choice.noise(), base), choice.noise() != null);
        synchronized (lock) {
            if (choice.equals(wanted) && pipeline == null) {
                pipeline = opened;
                opus = encoder instanceof OpusEncoder adjustable ? adjustable : null;
                if (targetBps >= 0) {
                    opened.targetBps(Math.max(0, targetBps - HEADERS_BPS));
                }
                return;
            }
        }
        opened.close();
    }

    /** What the encoder aims at, in bits per second; 0 while there is none. */
    long targetBitrateBps() {
        synchronized (lock) {
            return wanted == null ? 0 : wanted.bitrateBps();
        }
    }

    /** What the way carries for this stream, with headers. */
    void targetBps(long bps) {
        AudioSendPipeline current;
        synchronized (lock) {
            targetBps = bps;
            current = pipeline;
        }
        if (current != null) {
            current.targetBps(Math.max(0, bps - HEADERS_BPS));
        }
    }

    /** False if nothing took the audio. */
    boolean write(PcmFrame frame) {
        AudioSendPipeline current;
        synchronized (lock) {
            current = pipeline;
        }
        if (current == null) {
            return false;
        }
        try {
            return current.write(frame.samples(), 0, frame.samples().length, frame.sampleRateHz(), frame.channels());
        } catch (IllegalStateException closed) {
            // It was closed between the two lines above: the same as if it had never been there.
            return false;
        }
    }

    @Override
    public void close() {
        use(List.of(), false, SendLimits.NONE);
    }
}
