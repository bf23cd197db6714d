package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.Time;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.SendStream;
import dev.yodel.rtp.payload.TelephoneEvent;
import org.jspecify.annotations.Nullable;

/**
 * One telephone key that is held down: reports of growing duration under one timestamp, and the last one three times (RFC
 * 4733 2.5.1). It does not know which key comes next. Loop thread only.
 */
final class ToneSending {
    /** RFC 4733 2.5.1.1: about as often as audio packets. */
    private static final long REPORT_NANOS = 20 * Time.MILLISECOND;
    /** RFC 4733 2.5.1.4. */
    private static final int LAST_REPORTS = 3;
    /** -10 dBm0, as telephones do. */
    private static final int VOLUME = 10;

    private static final int LONGEST = 0xffff;

    private final Loop loop;
    private final byte[] payload = new byte[TelephoneEvent.SIZE];
    private @Nullable LoopTimer timer;
    private @Nullable SendStream stream;
    private @Nullable RtpCodec codec;
    private Runnable wakeUp = () -> {};
    private int event;
    private long startNanos;
    private long endNanos;
    private long nextNanos;
    private long timestamp;
    private long segmentUnits;
    private boolean first;
    private int lastReportsLeft;

    ToneSending(Loop loop) {
        this.loop = loop;
    }

    /** Whether a key is down now; then no audio is sent. */
    boolean sounds() {
        return stream != null && lastReportsLeft == LAST_REPORTS;
    }

    /** Presses a key; one that is still down is let go. */
    void start(SendStream to, RtpCodec as, int key, long durationNanos, Runnable onWritten) {
        finish();
        long now = loop.now();
        stream = to;
        codec = as;
        wakeUp = onWritten;
        event = key;
        startNanos = now;
        endNanos = now + durationNanos;
        nextNanos = now + Math.min(REPORT_NANOS, durationNanos);
        timestamp = to.timestampNow(as.clockRate(), now);
        segmentUnits = 0;
        first = true;
        lastReportsLeft = LAST_REPORTS;
        if (timer == null) {
            timer = loop.newTimer(this::onDeadline);
        }
        timer.set(nextNanos);
    }

    /** Says that the key is up, as often as it has still to be said. */
    private void finish() {
        if (stream != null) {
            endNanos = Math.min(endNanos, Math.max(loop.now(), startNanos + Time.MILLISECOND));
            while (lastReportsLeft > 0) {
                report(endNanos, true);
                lastReportsLeft--;
            }
            wakeUp.run();
        }
        stream = null;
    }

    /** Forgets everything: the stream is gone. */
    void close() {
        stream = null;
        if (timer != null) {
            timer.close();
            timer = null;
        }
    }

    private void onDeadline() {
        if (stream == null) {
            return;
        }
        long now = loop.now();
        boolean over = now >= endNanos;
        report(Math.min(now, endNanos), over);
        if (over) {
            lastReportsLeft--;
        }
        Runnable written = wakeUp;
        if (lastReportsLeft == 0) {
            close();
        } else if (timer != null) {
            nextNanos = over ? now + REPORT_NANOS : Math.min(endNanos, now + REPORT_NANOS);
            timer.set(nextNanos);
        }
        written.run();
    }

    private void report(long at, boolean end) {
        SendStream to = stream;
        RtpCodec as = codec;
        if (to == null || as == null) {
            return;
        }
        long units = FrameClock.units(at - startNanos, as.clockRate()) - segmentUnits;
        while (units > LONGEST) {
            // RFC 4733 2.5.1.3: what does not fit the field goes on in another segment, with a timestamp of its own.
            for (int i = 0; i < LAST_REPORTS; i++) {
                write(to, as, false, LONGEST);
            }
            segmentUnits += LONGEST;
            timestamp += LONGEST;
            units -= LONGEST;
        }
        write(to, as, end, (int) Math.max(1, units));
    }

    private void write(SendStream to, RtpCodec as, boolean end, int duration) {
        new TelephoneEvent(event, end, VOLUME, duration).write(payload, 0);
        to.write(as, payload, 0, payload.length, timestamp, first, -1, loop.now());
        first = false;
    }
}
