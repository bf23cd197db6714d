package dev.yodel.examples.audio;

import java.util.ArrayList;
import java.util.List;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.Line;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.SourceDataLine;
import javax.sound.sampled.TargetDataLine;

/** What the JDK's sound system says about this machine. A machine without any device is a normal one. */
public final class Devices {
    static final int SAMPLE_RATE_HZ = 48_000;

    /** There is no such device, or it cannot be opened; the message says so in one line. */
    public static final class NoDeviceException extends Exception {
        private static final long serialVersionUID = 1;

        NoDeviceException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private Devices() {}

    static AudioFormat format() {
        return new AudioFormat(SAMPLE_RATE_HZ, 16, 1, true, false);
    }

    static String reason(Throwable e) {
        final String message = e.getMessage();
        return message == null || message.isEmpty() ? e.getClass().getSimpleName() : message;
    }

    /**
     * Microphones.
     *
     * @return their names, possibly none
     */
    public static List<String> microphones() {
        return names(new Line.Info(TargetDataLine.class));
    }

    /**
     * Speakers.
     *
     * @return their names, possibly none
     */
    public static List<String> speakers() {
        return names(new Line.Info(SourceDataLine.class));
    }

    private static List<String> names(Line.Info line) {
        final List<String> names = new ArrayList<>();
        try {
            for (final Mixer.Info info : AudioSystem.getMixerInfo()) {
                final Mixer mixer = AudioSystem.getMixer(info);
                if (mixer.isLineSupported(line)) {
                    names.add(info.getName());
                }
            }
        } catch (LinkageError | SecurityException e) {
            // A Java without sound, such as a headless package of a distribution.
            return List.of();
        }
        return names;
    }
}
