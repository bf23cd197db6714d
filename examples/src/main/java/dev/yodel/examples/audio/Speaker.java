package dev.yodel.examples.audio;

import dev.yodel.media.audio.PcmFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.SourceDataLine;

/**
 * The machine's speaker through the JDK's sound system. {@link #play} never waits: when the sound card is slower than
 * the call, the oldest 10 ms are dropped.
 */
public final class Speaker implements AutoCloseable {
    private static final int WAITING_FRAMES = 12;
    private static final int CARD_BYTES = 2 * Devices.SAMPLE_RATE_HZ / 25;

    private final SourceDataLine line;
    private final BlockingQueue<PcmFrame> waiting = new ArrayBlockingQueue<>(WAITING_FRAMES);
    private final Thread thread = new Thread(this::write, "yodel-speaker");
    private volatile boolean closed;

    private Speaker(SourceDataLine line) {
        this.line = line;
        thread.setDaemon(true);
    }

    /**
     * Opens the default speaker.
     *
     * @return the open speaker
     * @throws Devices.NoDeviceException if there is none, or it is in use; the message says which
     */
    public static Speaker open() throws Devices.NoDeviceException {
        final AudioFormat format = Devices.format();
        try {
            final SourceDataLine line = AudioSystem.getSourceDataLine(format);
            line.open(format, CARD_BYTES);
            final Speaker speaker = new Speaker(line);
            line.start();
            speaker.thread.start();
            return speaker;
        } catch (LineUnavailableException | IllegalArgumentException | SecurityException | LinkageError e) {
            throw new Devices.NoDeviceException("no speaker: " + Devices.reason(e), e);
        }
    }

    /**
     * Plays after what waits already.
     *
     * @param frame 48 kHz, one or two channels
     */
    public void play(PcmFrame frame) {
        while (!waiting.offer(frame)) {
            waiting.poll();
        }
    }

    private void write() {
        try {
            while (!closed) {
                final PcmFrame frame = waiting.take();
                final int channels = frame.channels();
                final int count = frame.samplesPerChannel();
                final ByteBuffer bytes = ByteBuffer.allocate(count * 2).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < count; i++) {
                    int sum = 0;
                    for (int channel = 0; channel < channels; channel++) {
                        sum += frame.samples()[i * channels + channel];
                    }
                    bytes.putShort((short) (sum / channels));
                }
                line.write(bytes.array(), 0, bytes.position());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        line.stop();
        line.close();
    }
}
