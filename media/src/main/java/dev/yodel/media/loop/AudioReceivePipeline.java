package dev.yodel.media.loop;

import dev.yodel.io.Registration;
import dev.yodel.io.Time;
import dev.yodel.media.JitterBuffer;
import dev.yodel.media.JitterBufferOptions;
import dev.yodel.media.JitterBufferStats;
import dev.yodel.media.audio.AudioDecoder;
import dev.yodel.media.audio.AudioLevel;
import dev.yodel.media.audio.ComfortNoise;
import dev.yodel.media.audio.ComfortNoiseGenerator;
import dev.yodel.media.audio.PcmFifo;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.media.audio.TimeStretch;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * From the packets of one received audio stream to 10 ms of raw audio every 10 ms: jitter buffer, decoder, concealment,
 * and a little stretching where the delay changes. It knows nothing of RTP sessions; a stream that changes its codec
 * needs a new pipeline.
 *
 * <p>{@link #onPacket} is for one thread, the loop; the sink is called on a media thread; the rest may be called from
 * anywhere.
 */
public final class AudioReceivePipeline implements MediaClock.Task, AutoCloseable {
    /** Packets between two ticks; 100 ms of them if the media threads are late. */
    private static final int RING = 64;

    /** Gets the audio. */
    @FunctionalInterface
    public interface Sink {
        /**
         * The next 10 ms. On a media thread; it must not block.
         *
         * @param frame the sink's own from now on
         */
        void onPcm(PcmFrame frame);
    }

    /**
     * What a pipeline has done so far.
     *
     * @param jitterBuffer the jitter buffer's counts
     * @param ringOverflows packets refused because the media threads were behind
     * @param damaged packets that the decoder refused
     * @param removedFrames samples of each channel left out to shorten the delay
     * @param insertedFrames samples of each channel invented to lengthen the delay
     * @param level of the last 10 ms in -dBov, 0 (loud) to 127
     * @param totalEnergy sum of power times seconds, as {@code totalAudioEnergy} of getStats
     * @param totalFrames samples of each channel given to the sink
     * @param silentConcealedTicks of the jitter buffer's concealed ticks those in which nothing was heard
     */
    public record Stats(
            JitterBufferStats jitterBuffer,
            long ringOverflows,
            long damaged,
            long removedFrames,
            long insertedFrames,
            int level,
            double totalEnergy,
            long totalFrames,
            long silentConcealedTicks) {}

    private final AudioDecoder decoder;
    private final Sink sink;
    private final int rate;
    private final int channels;
    private final int rtpClockRateHz;
    private final JitterBuffer jitterBuffer;
    private final PacketRing ring = new PacketRing(RING);
    private final PcmFifo fifo;
    private final TimeStretch stretch;
    // Decoded audio, with room for stretching it.
    private final short[] decoded;
    private final Registration registration;

    private final AtomicLong ringOverflows = new AtomicLong();

    // Guarded by this.
    private boolean closed;
    private @Nullable ComfortNoiseGenerator noise;
    private int concealedAhead;
    private long damaged;
    private long removedFrames;
    private long insertedFrames;
    private int level = AudioLevel.SILENCE;
    private double totalEnergy;
    private long totalFrames;
    private long silentConcealedTicks;

    /**
     * A pipeline that runs on a clock until it is closed.
     *
     * @param decoder owned and closed by the pipeline
     * @param rtpClockRateHz ticks per second of the stream's timestamps
     * @param options bounds of the delay
     * @param clock its beat
     * @param sink gets the audio
     */
    public AudioReceivePipeline(
            AudioDecoder decoder, int rtpClockRateHz, JitterBufferOptions options, MediaClock clock, Sink sink) {
        this.decoder = decoder;
        this.sink = sink;
        this.rtpClockRateHz = rtpClockRateHz;
        rate = decoder.sampleRateHz();
        channels = decoder.channels();
        jitterBuffer = new JitterBuffer(rtpClockRateHz, new Coded(), decoder.canRecover(), options);
        stretch = new TimeStretch(rate, channels);
        decoded = new short[stretch.maxOutput(decoder.maxSamples() / channels) * channels];
        fifo = new PcmFifo(decoded.length + rate / 50 * channels);
        registration = clock.add(this);
    }

    /** What the decoder can tell of payloads. */
    private final class Coded implements JitterBuffer.Payloads {
        @Override
        public int ticks(byte[] data, int offset, int length) {
            int samples = decoder.duration(data, offset, length);
            return samples < 0 ? 0 : (int) ((long) samples * rtpClockRateHz / rate);
        }

        @Override
        public boolean describesPrevious(byte[] data, int offset, int length) {
            return decoder.describesPrevious(data, offset, length);
        }
    }

    /**
     * A packet came.
     *
     * @param sequence unwrapped sequence number, not negative
     * @param rtpTimestamp as on the wire, 0 to 2^32-1
     * @param restarted whether the sender began anew
     * @param data holds the payload; copied
     * @param offset first byte
     * @param length of the payload
     * @param arrivalNanos when it came
     */
    public void onPacket(
            long sequence,
            long rtpTimestamp,
            boolean restarted,
            byte[] data,
            int offset,
            int length,
            long arrivalNanos) {
        if (!ring.offer(sequence, rtpTimestamp, restarted, false, data, offset, length, arrivalNanos)) {
            ringOverflows.incrementAndGet();
        }
    }

    /**
     * The sender told what its silence sounds like (RFC 3389), which is heard from that moment of the stream until
     * sound comes again.
     *
     * @param sequence unwrapped sequence number, not negative
     * @param rtpTimestamp as on the wire, 0 to 2^32-1
     * @param restarted whether the sender began anew
     * @param data holds the payload; copied
     * @param offset first byte
     * @param length of the payload
     * @param arrivalNanos when it came
     */
    public void onNoise(
            long sequence,
            long rtpTimestamp,
            boolean restarted,
            byte[] data,
            int offset,
            int length,
            long arrivalNanos) {
        if (!ring.offer(sequence, rtpTimestamp, restarted, true, data, offset, length, arrivalNanos)) {
            ringOverflows.incrementAndGet();
        }
    }

    @Override
    public void onTick(long now) {
        PcmFrame frame = next(now);
        if (frame != null) {
            sink.onPcm(frame);
        }
    }

    private synchronized @Nullable PcmFrame next(long now) {
        if (closed) {
            return null;
        }
        PacketRing.Packet packet;
        while ((packet = ring.peek()) != null) {
            insert(packet);
            ring.release();
        }
        int frames = rate / 100;
        while (fifo.size() < frames * channels) {
            fill(now);
        }
        short[] samples = new short[frames * channels];
        fifo.read(samples, 0, samples.length);
        boolean concealed = concealedAhead > 0;
        concealedAhead = Math.max(0, concealedAhead - frames);
        double power = AudioLevel.power(samples, 0, samples.length);
        level = AudioLevel.minusDbov(samples, 0, samples.length);
        totalEnergy += power / 100;
        totalFrames += frames;
        return new PcmFrame(samples, rate, channels, concealed);
    }

    private void insert(PacketRing.Packet packet) {
        if (packet.noise) {
            jitterBuffer.insertNoise(
                    packet.sequence,
                    packet.rtpTimestamp,
                    packet.restarted,
                    packet.data,
                    0,
                    packet.length,
                    packet.arrivalNanos);
        } else {
            jitterBuffer.insert(
                    packet.sequence,
                    packet.rtpTimestamp,
                    packet.restarted,
                    packet.data,
                    0,
                    packet.length,
                    packet.arrivalNanos);
        }
    }

    private void fill(long now) {
        int ahead = fifo.size() / channels;
        JitterBuffer.Decision decision = jitterBuffer.pull(now, ahead * Time.SECOND / rate);
        int wanted = Math.max(
                1, (int) Math.min((long) jitterBuffer.ticks() * rate / rtpClockRateHz, decoded.length / channels));
        int frames = AudioDecoder.DAMAGED;
        switch (decision) {
            case FRAME -> frames = decoder.decode(jitterBuffer.data(), 0, jitterBuffer.length(), decoded);
            case RECOVER -> frames = decoder.recover(jitterBuffer.data(), 0, jitterBuffer.length(), wanted, decoded);
            case CONCEAL -> frames = decoder.conceal(wanted, decoded);
            case SILENCE -> {
                if (jitterBuffer.length() > 0) {
                    noise = noise == null ? new ComfortNoiseGenerator() : noise;
                    noise.update(ComfortNoise.parse(jitterBuffer.data(), 0, jitterBuffer.length()));
                }
                // One tick only: the next packet may come any time.
                frames = rate / 100;
                noise(frames);
            }
        }
        if (frames <= 0) {
            damaged++;
            frames = decoder.conceal(wanted, decoded);
            if (frames <= 0) {
                frames = wanted;
                Arrays.fill(decoded, 0, frames * channels, (short) 0);
            }
            concealedAhead = ahead + frames;
        } else if (decision == JitterBuffer.Decision.CONCEAL || decision == JitterBuffer.Decision.SILENCE) {
            concealedAhead = ahead + frames;
        }
        if (decision == JitterBuffer.Decision.CONCEAL
                && AudioLevel.minusDbov(decoded, 0, frames * channels) == AudioLevel.SILENCE) {
            silentConcealedTicks += jitterBuffer.ticks();
        }
        fifo.write(decoded, 0, adapted(frames) * channels);
    }

    /** Comfort noise where the sender told some, else nothing. */
    private int noise(int frames) {
        if (noise == null || channels != 1) {
            Arrays.fill(decoded, 0, frames * channels, (short) 0);
        } else {
            noise.generate(decoded, frames);
        }
        return frames;
    }

    private int adapted(int frames) {
        int changed = frames;
        if (jitterBuffer.tempo() == JitterBuffer.Tempo.FASTER) {
            changed = stretch.shrink(decoded, frames);
            removedFrames += frames - changed;
        } else if (jitterBuffer.tempo() == JitterBuffer.Tempo.SLOWER) {
            changed = stretch.stretch(decoded, frames);
            insertedFrames += changed - frames;
        }
        return changed;
    }

    /**
     * Asks for a longer delay; see {@link JitterBuffer#setRequestedDelayNanos}.
     *
     * @param nanos 0 to 4 s; 0 for what the network needs
     */
    public synchronized void setRequestedDelayNanos(long nanos) {
        jitterBuffer.setRequestedDelayNanos(nanos);
    }

    /**
     * The delay at which the sound belongs to a picture; see {@link JitterBuffer#synchronize}.
     *
     * @param nanos 0 and more
     */
    public synchronized void synchronize(long nanos) {
        jitterBuffer.synchronize(nanos);
    }

    /**
     * See {@link JitterBuffer#ownDelayNanos}.
     *
     * @return nanoseconds
     */
    public synchronized long ownDelayNanos() {
        return jitterBuffer.ownDelayNanos();
    }

    /**
     * See {@link JitterBuffer#currentDelayNanos}.
     *
     * @return nanoseconds
     */
    public synchronized long currentDelayNanos() {
        return jitterBuffer.currentDelayNanos();
    }

    /**
     * See {@link JitterBuffer#fastestArrivalNanos}.
     *
     * @param rtpTimestamp 0 to 2^32-1
     * @return loop time, or {@link Time#NEVER}
     */
    public synchronized long fastestArrivalNanos(long rtpTimestamp) {
        return jitterBuffer.fastestArrivalNanos(rtpTimestamp);
    }

    /**
     * What it has done so far.
     *
     * @return a snapshot
     */
    public synchronized Stats stats() {
        return new Stats(
                jitterBuffer.stats(),
                ringOverflows.get(),
                damaged,
                removedFrames,
                insertedFrames,
                level,
                totalEnergy,
                totalFrames,
                silentConcealedTicks);
    }

    /** Leaves the clock and closes the decoder; the sink gets at most the frame that is on its way already. */
    @Override
    public void close() {
        registration.close();
        synchronized (this) {
            closed = true;
            decoder.close();
        }
    }

    @Override
    public String toString() {
        return "AudioReceivePipeline[" + decoder.getClass().getSimpleName() + ", " + rate + " Hz]";
    }
}
