package dev.yodel.webrtc.internal;

import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.Registration;
import dev.yodel.io.Time;
import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.DtmfSender;
import dev.yodel.webrtc.DtmfToneChangeEvent;
import dev.yodel.webrtc.InvalidCharacterException;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.internal.jsep.Association;
import dev.yodel.webrtc.internal.jsep.Codec;
import dev.yodel.webrtc.internal.jsep.TransceiverState;
import dev.yodel.webrtc.internal.transport.ListenerList;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** When does which key go down? W3C's DTMF playout task steps (WebRTC 1.0, 7.2), on the connection's lane. */
final class DtmfSenderImpl implements DtmfSender {
    /** In the order of RFC 4733 3.2: an event's number is its place. */
    private static final String KEYS = "0123456789*#ABCD";

    private static final long COMMA_NANOS = 2 * Time.SECOND;

    private final SenderImpl sender;
    private final ListenerList<DtmfToneChangeEvent> listeners = new ListenerList<>();
    private final Object lock = new Object();
    // Guarded by lock; the buffer changes on the lane or in the call that replaces it.
    private String buffer = "";
    private int durationMillis;
    private int gapMillis;
    private boolean scheduled;
    // Confined to the loop.
    private @Nullable LoopTimer timer;
    private boolean closed;

    DtmfSenderImpl(SenderImpl sender) {
        this.sender = sender;
    }

    @Override
    public boolean canInsertDTMF() {
        TransceiverImpl transceiver = sender.transceiver();
        TransceiverState state = transceiver.state();
        Association association = state.association();
        boolean sends = association.current() != null && association.current().sends();
        return transceiver.connection().connectionState() == ConnectionState.CONNECTED
                && !transceiver.stopping()
                && sender.track() != null
                && sends
                && state.encodings().get(0).active()
                && association.media().sendCodecs().stream().anyMatch(DtmfSenderImpl::isEvent);
    }

    private static boolean isEvent(Codec codec) {
        return codec.name().equalsIgnoreCase("telephone-event");
    }

    @Override
    public void insertDTMF(String tones, int duration, int interToneGap) {
        if (!canInsertDTMF()) {
            throw new InvalidStateException("no tones can be sent now; wait for the connection and for a negotiation in"
                    + " which this side sends a track and both sides know telephone-event");
        }
        StringBuilder upper = new StringBuilder();
        for (int i = 0; i < tones.length(); i++) {
            char c = tones.charAt(i);
            char key = c >= 'a' && c <= 'd' ? (char) (c - 'a' + 'A') : c;
            if (key != ',' && KEYS.indexOf(key) < 0) {
                throw new InvalidCharacterException(
                        "tones are 0-9, A-D, # and * with commas for pauses; the one at " + i + " is none");
            }
            upper.append(key);
        }
        synchronized (lock) {
            buffer = upper.toString();
            durationMillis = Math.max(40, Math.min(6_000, duration));
            gapMillis = Math.max(30, Math.min(6_000, interToneGap));
            if (buffer.isEmpty() || scheduled) {
                return;
            }
            scheduled = true;
        }
        sender.transceiver().connection().queue().post(this::play);
    }

    /** W3C's DTMF playout task steps. */
    private void play() {
        PeerConnectionImpl connection = sender.transceiver().connection();
        long nextNanos = -1;
        String tone = "";
        synchronized (lock) {
            scheduled = false;
            if (!canInsertDTMF()) {
                return;
            }
            if (!buffer.isEmpty()) {
                tone = buffer.substring(0, 1);
                buffer = buffer.substring(1);
                boolean pause = tone.equals(",");
                long durationNanos = durationMillis * Time.MILLISECOND;
                nextNanos = pause ? COMMA_NANOS : durationNanos + gapMillis * Time.MILLISECOND;
                scheduled = true;
                if (!pause) {
                    sender.media().playTone(KEYS.indexOf(tone), durationNanos);
                }
            }
        }
        if (nextNanos >= 0) {
            later(connection, nextNanos);
        }
        listeners.fire(new DtmfToneChangeEvent(tone));
        connection.queue().drain();
    }

    private void later(PeerConnectionImpl connection, long nanos) {
        Loop loop = connection.loop();
        onLoop(loop, () -> {
            if (closed) {
                return;
            }
            LoopTimer present = timer;
            if (present == null) {
                present = loop.newTimer(() -> connection.queue().post(this::play));
                timer = present;
            }
            present.set(Time.after(loop.now(), nanos));
        });
    }

    /** Nothing is played any more. Any thread. */
    void close() {
        onLoop(sender.transceiver().connection().loop(), () -> {
            closed = true;
            if (timer != null) {
                timer.close();
                timer = null;
            }
        });
    }

    private static void onLoop(Loop loop, Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException gone) {
            // The environment is closed, and its timers with it.
        }
    }

    @Override
    public String toneBuffer() {
        synchronized (lock) {
            return buffer;
        }
    }

    @Override
    public Registration onToneChange(Consumer<DtmfToneChangeEvent> listener) {
        return listeners.add(listener);
    }

    @Override
    public String toString() {
        return "DTMF sender, still to be played: \"" + toneBuffer() + "\"";
    }
}
