package dev.yodel.examples.call;

import dev.yodel.examples.audio.Clip;
import dev.yodel.examples.audio.Devices;
import dev.yodel.examples.audio.Microphone;
import dev.yodel.examples.audio.Recording;
import dev.yodel.examples.audio.SharedClock;
import dev.yodel.examples.audio.Speaker;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.media.opus.Opus;
import dev.yodel.media.opus.OpusDecoder;
import dev.yodel.media.opus.OpusEncoder;
import dev.yodel.media.opus.OpusEncoderOptions;
import dev.yodel.media.opus.OpusPacket;
import dev.yodel.webrtc.AudioTrack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where a call's sound comes from and where it goes: devices, files, a recording. May be used from any thread. */
final class CallSound implements AutoCloseable {
    private static final int RECORDING_RATE_HZ = 48_000;
    private static final int TONE_HZ = 440;
    private static final int WARM_UP_FRAMES = 50;

    private final CallOptions options;
    private final Consumer<String> notes;
    private final SetupTimer timer;
    private final SharedClock clock = new SharedClock();
    private final Recording.Collector heard = new Recording.Collector(RECORDING_RATE_HZ);
    private final @Nullable Clip clip;
    private @Nullable SpokenSource spoken;
    private @Nullable Microphone microphone;
    private volatile @Nullable Speaker speaker;

    /** Reads the file to be sent, so that a wrong one is found before anybody is called. */
    CallSound(CallOptions options, Consumer<String> notes, SetupTimer timer) throws IOException {
        this.options = options;
        this.notes = notes;
        this.timer = timer;
        final String send = options.send();
        if (send == null || send.equals("tone") || send.equals("silence")) {
            clip = null;
        } else if (send.equals("caller") || send.equals("callee")) {
            clip = Clip.bundled(send + ".wav");
        } else {
            clip = Clip.readWav(Path.of(send));
        }
    }

    /** Finds and loads the codec before the call: its first use takes as long as a syllable. */
    static void warmUp() {
        if (!Opus.isAvailable()) {
            return;
        }
        try (OpusEncoder encoder = new OpusEncoder(OpusEncoderOptions.VOICE);
                OpusDecoder decoder = new OpusDecoder(2)) {
            final short[] pcm = new short[encoder.frameSamples() * encoder.channels()];
            final short[] heard = new short[OpusPacket.MAX_SAMPLES * 2];
            final byte[] packet = new byte[encoder.maxFrameBytes()];
            for (int i = 0; i < WARM_UP_FRAMES; i++) {
                final int length = encoder.encode(pcm, 0, packet, 0);
                decoder.decode(packet, 0, length, heard);
            }
        }
    }

    /** Begins to speak. */
    synchronized void speak(AudioTrack voice) {
        final String send = options.send();
        final Clip file = clip;
        if (file != null) {
            spoken = SpokenSource.clip(file, voice::write);
        } else if (send == null) {
            try {
                microphone = Microphone.open(voice::write);
            } catch (Devices.NoDeviceException e) {
                notes.accept(e.getMessage() + "; silence is sent (--send FILE or --send tone sends something else)");
                spoken = SpokenSource.silence(voice::write);
            }
        } else {
            spoken =
                    send.equals("tone") ? SpokenSource.tone(TONE_HZ, voice::write) : SpokenSource.silence(voice::write);
        }
    }

    /** Begins to listen; programs that send a file for another program to hear need no speaker. */
    void openSpeaker() {
        if (options.json()) {
            return;
        }
        try {
            speaker = Speaker.open();
        } catch (Devices.NoDeviceException e) {
            notes.accept(e.getMessage() + "; --record FILE keeps what is heard");
        }
    }

    /** Takes what was decoded. Its first sample sounds now. */
    void hear(PcmFrame frame) {
        final long now = clock.micros();
        if (!timer.has(SetupTimer.Stage.AUDIO) && isSound(frame)) {
            timer.reached(SetupTimer.Stage.AUDIO);
        }
        if (options.record() != null && !options.recordsWebm() && frame.sampleRateHz() == RECORDING_RATE_HZ) {
            heard.add(frame.samples(), frame.channels(), now, frame.concealed());
        }
        final Speaker open = speaker;
        if (open != null) {
            open.play(frame);
        }
    }

    private static boolean isSound(PcmFrame frame) {
        for (final short sample : frame.samples()) {
            if (sample != 0) {
                return !frame.concealed();
            }
        }
        return false;
    }

    synchronized long spokenFromMicros() {
        final SpokenSource source = spoken;
        return source == null ? 0 : source.fromMicros(clock);
    }

    synchronized double spokenSeconds() {
        final SpokenSource source = spoken;
        return source == null ? 0 : source.seconds();
    }

    /** Writes the recording, if one is wanted. */
    void writeRecording() throws IOException {
        final Path file = options.record();
        if (file != null && !options.recordsWebm()) {
            heard.recording().write(file);
        }
    }

    @Override
    public void close() {
        stop();
    }

    /** Ends speech and devices; what was heard stays. */
    synchronized void stop() {
        final SpokenSource source = spoken;
        if (source != null) {
            source.close();
        }
        final Microphone open = microphone;
        if (open != null) {
            open.close();
        }
        final Speaker loud = speaker;
        if (loud != null) {
            speaker = null;
            loud.close();
        }
    }
}
