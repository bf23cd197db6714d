package dev.yodel.sctp.state;

import dev.yodel.io.Time;
import dev.yodel.sctp.packet.ReConfigChunk;
import dev.yodel.sctp.packet.ReConfigParameter;
import dev.yodel.sctp.packet.ReConfigParameter.Response;
import dev.yodel.sctp.tx.RetransmissionTimeout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is which request of the peer answered with, and has the peer heard it? It performs no request. RFC 6525 5.2.1.
 *
 * <p>A peer asks again until it is answered, so an answer that is lost would cost nothing; but aiortc asks once, and then
 * waits for ever with all that it wants to reset later. So the last answer goes again with every packet of data or
 * request of ours until one of them has arrived, and by itself a few times when there is none. And a request that was
 * lost is answered though it never came ({@link #answerInAdvance}).
 */
final class RequestAnswers {
    /** How often an answer is said again that nothing of ours carries. */
    private static final int REPEATS = 2;

    private final ControlQueue control;
    private final RetransmissionTimeout timeout;
    private final Deadlines deadlines;

    /** The number of the next request. */
    private int next;
    /** What the last requests were answered with, the newest first: a RE-CONFIG chunk holds two at most. */
    private final int[] results = new int[2];

    private int answered;
    /** How many were answered that never came. */
    private int presumed;

    private @Nullable ReConfigChunk unheard;
    private boolean isJustSaid;
    /** A peer that has this TSN of ours has heard the answer, which came with it. */
    private int heardWith;

    private boolean isWithRequest;
    private int repeatsLeft;

    RequestAnswers(int next, ControlQueue control, RetransmissionTimeout timeout, Deadlines deadlines) {
        this.next = next;
        this.control = control;
        this.timeout = timeout;
        this.deadlines = deadlines;
    }

    /** The number of the last request that was answered. */
    int lastNumber() {
        return next - 1;
    }

    /**
     * Answers a request with a result if its number says that it is new, or waited for data; else as it was answered
     * before.
     *
     * @return whether the result holds now
     */
    boolean answer(int number, int result) {
        skipPresumed(number);
        int age = next - 1 - number;
        boolean isNew = age == -1;
        if (isNew) {
            note(result);
            age = 0;
        }
        if (age < 0 || age >= answered) {
            say(number, Response.BAD_SEQUENCE_NUMBER);
            return false;
        }
        boolean holds = isNew || results[age] == Response.IN_PROGRESS;
        if (holds) {
            results[age] = result;
        }
        say(number, results[age]);
        return holds;
    }

    private void note(int result) {
        System.arraycopy(results, 0, results, 1, results.length - 1);
        results[0] = result;
        next++;
        answered = Math.min(results.length, answered + 1);
    }

    /** A request that waited is performed now, though the peer has not asked again. */
    void performed(int number) {
        int age = next - 1 - number;
        if (age >= 0 && age < answered) {
            results[age] = Response.PERFORMED;
        }
        say(number, Response.PERFORMED);
    }

    /** Answers the peer's next request, which was lost. Whether it ever was made is not known: its number may come yet. */
    void answerInAdvance() {
        presumed++;
        Response last = new Response(next + presumed - 1, Response.PERFORMED);
        // The one before may have been for what was not asked yet.
        List<ReConfigParameter> all = presumed == 1
                ? List.of(last)
                : List.of(new Response(last.responseNumber() - 1, Response.PERFORMED), last);
        keepSaying(new ReConfigChunk(all));
    }

    /** Whether a request follows all that have come. */
    boolean isNewest(int number) {
        int ahead = number - next;
        return ahead >= 0 && ahead <= presumed;
    }

    /** Whether a request comes after it was answered. */
    boolean isPresumed(int number) {
        int ahead = number - next;
        return ahead >= 0 && ahead < presumed;
    }

    /** A peer that goes on with a later number has heard the answers that came in advance. */
    private void skipPresumed(int number) {
        int ahead = number - next;
        if (ahead >= 0 && ahead <= presumed) {
            for (; ahead > 0; ahead--) {
                note(Response.PERFORMED);
            }
            presumed = 0;
        }
    }

    private void say(int number, int result) {
        ReConfigChunk chunk = new ReConfigChunk(List.of(new Response(number, result)));
        if (result == Response.PERFORMED) {
            keepSaying(chunk);
        } else {
            control.answer(chunk);
        }
    }

    private void keepSaying(ReConfigChunk chunk) {
        control.answer(chunk);
        unheard = chunk;
        isJustSaid = true;
        isWithRequest = false;
        repeatsLeft = REPEATS;
        deadlines.set(Timer.ANSWER, Time.NEVER);
    }

    /** What the next packet of data is to carry, mostly nothing; called for each packet. */
    @Nullable
    ReConfigChunk unheard(int lastTsn, int ackedTsn, long now) {
        if (unheard == null) {
            return null;
        }
        if (isJustSaid) {
            isJustSaid = false;
            heardWith = lastTsn + 1;
            deadlines.set(Timer.ANSWER, now + timeout.nanos());
        } else if (ackedTsn - heardWith >= 0) {
            heard();
        }
        return unheard;
    }

    private void heard() {
        unheard = null;
        deadlines.set(Timer.ANSWER, Time.NEVER);
    }

    /** A request of ours begins, and carries what is unheard. */
    void requestBegins() {
        isWithRequest = unheard != null;
    }

    /** The peer has answered the request, so it came. */
    void requestAnswered() {
        if (isWithRequest) {
            heard();
        }
    }

    /** Nothing has carried it. */
    void expire(long now) {
        ReConfigChunk again = unheard;
        if (again != null && repeatsLeft > 0) {
            repeatsLeft--;
            control.answer(again);
            deadlines.set(Timer.ANSWER, now + timeout.nanos());
        }
    }
}
