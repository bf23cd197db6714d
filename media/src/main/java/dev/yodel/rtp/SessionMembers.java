package dev.yodel.rtp;

import dev.yodel.io.Time;
import java.util.List;

/**
 * Who takes part in a session, and who has fallen silent (RFC 3550 6.2.1, 6.3.4, 6.3.5)? It tells the schedule of
 * reports, and sends nothing itself. Same thread as its session.
 */
final class SessionMembers {
    /** A source is given up after this time without RTP and RTCP: more than ICE needs to fail. */
    static final long SILENCE_NANOS = 60 * Time.SECOND;

    private final List<SendStream> senders;
    private final PacketRouter router;
    private final RtcpSchedule schedule;
    private long silenceDeadline = Time.NEVER;

    /** Of these streams, which come and go. */
    SessionMembers(List<SendStream> senders, PacketRouter router, RtcpSchedule schedule) {
        this.senders = senders;
        this.router = router;
        this.schedule = schedule;
    }

    int count() {
        int count = Math.max(1, senders.size());
        for (int i = 0; i < router.streams.size(); i++) {
            if (router.streams.get(i).active) {
                count++;
            }
        }
        return count;
    }

    /** Some have left since there were {@code before}. */
    void left(int before, long now) {
        schedule.onMembersLeft(before, count(), now);
    }

    /** Tells the schedule how many there are, and how many of them send. */
    void tell() {
        int sending = 0;
        boolean weSent = false;
        for (SendStream sender : senders) {
            if (sender.isSender()) {
                sending++;
                weSent = true;
            }
        }
        for (ReceiveStream stream : router.streams) {
            if (stream.active) {
                sending++;
            }
        }
        schedule.population(count(), sending, weSent);
    }

    /** A packet came. */
    void begin(long now) {
        schedule.start(now);
        if (silenceDeadline == Time.NEVER) {
            silenceDeadline = Time.after(now, SILENCE_NANOS);
        }
    }

    /** When {@link #endSilent} has something to do, at the earliest. */
    long nextSilence() {
        return silenceDeadline;
    }

    void endSilent(long now) {
        long next = Time.NEVER;
        int before = count();
        for (ReceiveStream stream : router.streams) {
            if (!stream.active) {
                continue;
            }
            long deadline = Time.after(stream.lastActivityNanos, SILENCE_NANOS);
            if (deadline <= now) {
                router.end(stream, RtpEvent.EndReason.TIMEOUT);
            } else {
                next = Math.min(next, deadline);
            }
        }
        silenceDeadline = next;
        left(before, now);
    }
}
