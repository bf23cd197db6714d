package dev.yodel.media.loop;

import dev.yodel.io.Registration;
import dev.yodel.io.Time;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.audio.AudioEncoder;
import dev.yodel.media.audio.AudioLevel;
import dev.yodel.media.audio.ComfortNoise;
import dev.yodel.media.audio.PcmConverter;
import dev.yodel.media.audio.PcmFifo;
import dev.yodel.media.audio.SilenceDetector;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * From raw audio of any chunk size, rate and channel count to a codec's frames at an even pace with timestamps. It keeps
 * at most one second of audio; what is written faster than it plays pushes the oldest out. It runs on the media clock
 * while there is audio, and leaves it when none has been written for a second.
 *
 * <p>{@link #write} may be called from any thread, one at a time gets in; it never waits for the encoder or the network.
 * The sink is called on a media thread.
 */
public final class AudioSendPipeline implements MediaClock.Task, AutoCloseable {
    private static final long PAUSE = 100 * Time.MILLISECOND;
    private static final int IDLE_TICKS = 100;

    /** Gets the frames. */
    @FunctionalInterface
    public interface Sink {
        /**
         * A frame is due. On a media thread; it must not block.
         *
         * @param frame with the timestamp of the encoder's RTP clock; the first frame has 0
         * @param talkspurt whether a pause ended with it, which RTP's marker bit says (RFC 3551 4.1)
         * @param level of its audio in -dBov, 0 (loud) to 127 (RFC 6464)
         */
        void onFrame(EncodedFrame frame, boolean talkspurt, int level);

        /**
         * Silence begins or goes on, and nothing is sent of it but how it sounds (RFC 3389). On a media thread; only
         * where the pipeline was told to leave silence out.
         *
         * @param noise its payload, with the timestamp of the encoder's RTP clock
         * @param level of it in -dBov
         */
        default void onNoise(EncodedFrame noise, int level) {}
    }

    private final AudioEncoder encoder;
    private final MediaClock clock;
    private final Sink sink;
    private final int rate;
    private final int channels;
    private final int frameLength;
    private final long frameNanos;
    private final long frameTicks;

    /** Guards what writers and ticks share; held only to copy samples. */
    private final Object queueLock = new Object();

    private final PcmFifo queue;
    private @Nullable Registration ticking;
    private int idleTicks;
    private long lostSamples;
    private boolean closed;

    // Writers, guarded by writeLock.
    private final Object writeLock = new Object();
    private final PcmConverter converter;

    // Media thread; the lock is for close().
    private final Object encoderLock = new Object();
    private final short[] frame;
    private final @Nullable SilenceDetector silence;
    private final byte[] packet;
    private long nextFrameAt = Time.NEVER;
    private long timestamp;
    private boolean encoderClosed;
    private boolean suppressed;

    private volatile boolean muted;
    private final AtomicLong frames = new AtomicLong();

    /**
     * A pipeline without audio.
     *
     * @param encoder owned and closed by the pipeline
     * @param clock its beat
     * @param sink gets the frames
     */
    public AudioSendPipeline(AudioEncoder encoder, MediaClock clock, Sink sink) {
        this(encoder, clock, sink, false);
    }

    /**
     * A pipeline without audio that may leave out silence.
     *
     * @param encoder owned and closed by the pipeline; mono if silence is left out
     * @param clock its beat
     * @param sink gets the frames
     * @param suppressSilence whether of silence only its sound is told ({@link Sink#onNoise})
     */
    public AudioSendPipeline(AudioEncoder encoder, MediaClock clock, Sink sink, boolean suppressSilence) {
        if (suppressSilence && encoder.channels() != 1) {
            throw new IllegalArgumentException("comfort noise is mono (RFC 3389 3), the encoder has two channels");
        }
        this.encoder = encoder;
        this.clock = clock;
        this.sink = sink;
        rate = encoder.sampleRateHz();
        channels = encoder.channels();
        frameLength = encoder.frameSamples() * channels;
        frameNanos = encoder.frameSamples() * Time.SECOND / rate;
        frameTicks = (long) encoder.frameSamples() * encoder.rtpClockRateHz() / rate;
        converter = new PcmConverter(rate, channels);
        queue = new PcmFifo(rate * channels);
        frame = new short[frameLength];
        silence = suppressSilence ? new SilenceDetector(encoder.frameSamples(), rate) : null;
        packet = new byte[encoder.maxFrameBytes()];
    }

    /**
     * What the way carries. Any thread.
     *
     * @param bps bits per second of frames, without headers
     */
    public void targetBps(long bps) {
        synchronized (encoderLock) {
            if (!encoderClosed) {
                encoder.targetBps(bps);
            }
        }
    }

    /**
     * Takes audio.
     *
     * @param samples interleaved; copied
     * @param offset first sample
     * @param count samples of all channels together, a multiple of {@code sourceChannels}
     * @param sourceRateHz samples per second and channel, 1,000 to 768,000; may change from call to call
     * @param sourceChannels 1 or 2
     * @return whether all fitted; false if older audio had to go
     * @throws IllegalArgumentException if a number is out of range
     * @throws IllegalStateException if the pipeline is closed
     */
    public boolean write(short[] samples, int offset, int count, int sourceRateHz, int sourceChannels) {
        Objects.checkFromIndexSize(offset, count, samples.length);
        synchronized (writeLock) {
            return enqueue(converter.convert(samples, offset, count, sourceRateHz, sourceChannels));
        }
    }

    private boolean enqueue(int count) {
        synchronized (queueLock) {
            if (closed) {
                throw new IllegalStateException("the track is closed; make a new one");
            }
            int lost = queue.write(converter.output(), 0, count);
            lostSamples += lost;
            idleTicks = 0;
            if (ticking == null) {
                ticking = clock.add(this);
            }
            return lost == 0;
        }
    }

    @Override
    public void onTick(long now) {
        while (isDue(now)) {
            int backlog;
            synchronized (queueLock) {
                if (queue.size() < frameLength) {
                    return;
                }
                queue.read(frame, 0, frameLength);
                backlog = queue.size();
            }
            send(now, backlog);
        }
    }

    /** Whether a frame may leave now; also ends a pause of the source, and of the clock when it was long. */
    private boolean isDue(long now) {
        synchronized (queueLock) {
            if (queue.size() < frameLength) {
                Registration current = ticking;
                if (++idleTicks > IDLE_TICKS && current != null) {
                    current.close();
                    ticking = null;
                }
                return false;
            }
        }
        return nextFrameAt == Time.NEVER || now >= nextFrameAt;
    }

    private void send(long now, int backlog) {
        boolean first = nextFrameAt == Time.NEVER;
        long behind = first ? 0 : now - nextFrameAt;
        boolean talkspurt = first || suppressed;
        if (behind > PAUSE) {
            // The timestamp goes on during a pause (RFC 3550 5.1).
            timestamp += behind / frameNanos * frameTicks;
            talkspurt = true;
        }
        if (first || behind > PAUSE) {
            nextFrameAt = now;
        }
        // A source whose clock is faster than ours must not pile up.
        boolean piled = backlog * Time.SECOND / channels / rate > PAUSE;
        nextFrameAt += piled ? frameNanos - frameNanos / 20 : frameNanos;
        if (muted) {
            Arrays.fill(frame, (short) 0);
        }
        int length;
        synchronized (encoderLock) {
            if (encoderClosed) {
                return;
            }
            length = silence != null && !heard(silence) ? 0 : encoder.encode(frame, 0, packet, 0);
        }
        suppressed = length == 0;
        if (length > 0) {
            frames.incrementAndGet();
            EncodedFrame encoded = EncodedFrame.ofTimestamp(Arrays.copyOf(packet, length), timestamp & 0xffff_ffffL);
            sink.onFrame(encoded, talkspurt, AudioLevel.minusDbov(frame, 0, frameLength));
        }
        timestamp += frameTicks;
    }

    /** Whether the frame is more than noise; tells the noise if not. */
    private boolean heard(SilenceDetector detector) {
        SilenceDetector.Verdict verdict = detector.judge(frame, 0, frameLength);
        if (verdict == SilenceDetector.Verdict.NOISE) {
            ComfortNoise noise = detector.noise();
            sink.onNoise(EncodedFrame.ofTimestamp(noise.toBytes(), timestamp & 0xffff_ffffL), noise.level());
        }
        return verdict == SilenceDetector.Verdict.SOUND;
    }

    /**
     * Sends silence instead of what is written, or what is written again.
     *
     * @param on true for silence
     */
    public void setMuted(boolean on) {
        muted = on;
    }

    /**
     * How much audio was pushed out unsent.
     *
     * @return samples of each channel at the encoder's rate
     */
    public long lostSamples() {
        synchronized (queueLock) {
            return lostSamples / channels;
        }
    }

    /**
     * How many frames were given to the sink.
     *
     * @return a count
     */
    public long frames() {
        return frames.get();
    }

    /** Forgets what waits, leaves the clock and closes the encoder. */
    @Override
    public void close() {
        synchronized (queueLock) {
            closed = true;
            Registration current = ticking;
            if (current != null) {
                current.close();
                ticking = null;
            }
            queue.skip(queue.size());
        }
        synchronized (encoderLock) {
            encoderClosed = true;
            encoder.close();
        }
    }

    @Override
    public String toString() {
        return "AudioSendPipeline[" + encoder.getClass().getSimpleName() + ", " + rate + " Hz]";
    }
}
