package dev.yodel.examples.audio;

import dev.yodel.media.audio.PcmFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.TargetDataLine;

/** The machine's microphone through the JDK's sound system: 48 kHz, mono, 20 ms at a time, on a thread of its own. */
public final class Microphone implements AutoCloseable {
    private static final int FRAME_BYTES = 2 * Devices.SAMPLE_RATE_HZ / 50;

    private final TargetDataLine line;
    private final Thread thread;
    private volatile boolean closed;

    private Microphone(TargetDataLine line, Consumer<PcmFrame> listener) {
        this.line = line;
        thread = new Thread(() -> read(listener), "yodel-microphone");
        thread.setDaemon(true);
    }

    /**
     * Opens the default microphone.
     *
     * @param listener gets what is spoken; called on the microphone's thread
     * @return the open microphone
     * @throws Devices.NoDeviceException if there is none, or it is in use; the message says which
     */
    public static Microphone open(Consumer<PcmFrame> listener) throws Devices.NoDeviceException {
        final AudioFormat format = Devices.format();
        try {
            final TargetDataLine line = AudioSystem.getTargetDataLine(format);
            line.open(format, FRAME_BYTES * 4);
            final Microphone microphone = new Microphone(line, listener);
            line.start();
            microphone.thread.start();
            return microphone;
        } catch (LineUnavailableException | IllegalArgumentException | SecurityException | LinkageError e) {
            throw new Devices.NoDeviceException("no microphone: " + Devices.reason(e), e);
        }
    }

    private void read(Consumer<PcmFrame> listener) {
        final byte[] bytes = new byte[FRAME_BYTES];
        while (!closed) {
            final int count = line.read(bytes, 0, bytes.length);
            if (count <= 0) {
                return;
            }
            final short[] samples = new short[count / 2];
            ByteBuffer.wrap(bytes, 0, count)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asShortBuffer()
                    .get(samples);
            listener.accept(new PcmFrame(samples, Devices.SAMPLE_RATE_HZ, 1));
        }
    }

    @Override
    public void close() {
        closed = true;
        line.stop();
        line.close();
    }
}
