package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Loop;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.audio.AudioEncoder;
import dev.yodel.media.audio.G711;
import dev.yodel.media.audio.G711Encoder;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.media.loop.AudioSendPipeline;
import dev.yodel.media.opus.Opus;
import dev.yodel.media.opus.OpusEncoder;
import dev.yodel.media.opus.OpusEncoderOptions;
import dev.yodel.rtp.RtpCodec;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which encoder does a sender's raw audio go through? It opens one when a codec is negotiated, on a media thread because
 * the first one loads the native library, and closes it when the codec or the track goes. Public methods from any
 * thread.
 */
final class PcmSending implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PcmSending.class);

    /** Takes an encoded frame; on a media thread. */
    @FunctionalInterface
    interface Sink {
        void onFrame(RtpCodec codec, EncodedFrame frame, long rtpTimestamp, boolean talkspurt, int level);
    }

    private final Loop loop;
    private final MediaServices services;
    private final Sink sink;
    private final Object lock = new Object();

    // Guarded by lock.
    private @Nullable RtpCodec wanted;
    private @Nullable AudioSendPipeline pipeline;
    private boolean warned;

    PcmSending(Loop loop, MediaServices services, Sink sink) {
        this.loop = loop;
        this.services = services;
        this.sink = sink;
    }

    /** Encodes with the first of these that can be had, or stops. */
    void use(List<RtpCodec> codecs, boolean opusAllowed) {
        RtpCodec choice = choose(codecs, opusAllowed);
        AudioSendPipeline old;
        synchronized (lock) {
            if (choice == null ? wanted == null : choice.equals(wanted)) {
                return;
            }
            wanted = choice;
            old = pipeline;
            pipeline = null;
        }
        if (old != null) {
            old.close();
        }
        if (choice != null) {
            try {
                services.environment().mediaWorkers().execute(() -> open(choice, opusAllowed, codecs));
            } catch (RejectedExecutionException closed) {
                LOG.debug("no media threads any more, so nothing is encoded", closed);
            }
        }
    }

    private static @Nullable RtpCodec choose(List<RtpCodec> codecs, boolean opusAllowed) {
        for (RtpCodec codec : codecs) {
            if ((opusAllowed && isOpus(codec)) || law(codec) != null) {
                return codec;
            }
        }
        return null;
    }

    private static boolean isOpus(RtpCodec codec) {
        return codec.name().equalsIgnoreCase("opus") && codec.clockRate() == 48_000;
    }

    private static @Nullable G711 law(RtpCodec codec) {
        if (codec.clockRate() != 8_000 || codec.channels() != 1) {
            return null;
        }
        if (codec.name().equalsIgnoreCase("PCMU")) {
            return G711.PCMU;
        }
        return codec.name().equalsIgnoreCase("PCMA") ? G711.PCMA : null;
    }

    private void open(RtpCodec codec, boolean opusAllowed, List<RtpCodec> codecs) {
        if (isOpus(codec) && !Opus.isAvailable()) {
            synchronized (lock) {
                if (!warned) {
                    warned = true;
                    LOG.warn("audio goes without Opus: {}", Opus.description());
                }
                if (!codec.equals(wanted)) {
                    return;
                }
            }
            use(codecs.stream().filter(other -> !isOpus(other)).toList(), opusAllowed);
            return;
        }
        G711 law = law(codec);
        AudioEncoder encoder = law != null ? new G711Encoder(law) : new OpusEncoder(opusOptions(codec));
        // The clock of a stream goes on while its encoders come and go.
        long base = FrameClock.units(loop.now(), codec.clockRate());
        AudioSendPipeline opened = new AudioSendPipeline(
                encoder,
                services.clock(),
                (frame, talkspurt, level) -> sink.onFrame(codec, frame, base + frame.rtpTimestamp(), talkspurt, level));
        synchronized (lock) {
            if (codec.equals(wanted) && pipeline == null) {
                pipeline = opened;
                return;
            }
        }
        opened.close();
    }

    /** RFC 7587 6.1: what the receiver says about stereo and in-band FEC; speech is mono unless it wants more. */
    private static OpusEncoderOptions opusOptions(RtpCodec codec) {
        boolean stereo = "1".equals(codec.parameters().get("stereo"));
        boolean fec = !"0".equals(codec.parameters().get("useinbandfec"));
        return OpusEncoderOptions.VOICE.withChannels(stereo ? 2 : 1).withFec(fec, fec ? 10 : 0);
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
        use(List.of(), false);
    }
}
