package dev.yodel.dtls.bc;

import dev.yodel.dtls.engine.HandshakeMessage;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who may compute, and who may wait? Handshakes that compute hold one of a few permits; one that waits for its peer holds a
 * thread but no permit, so silent peers never keep others from computing. Of the handshakes that wait at most a fixed
 * number is kept: above it the one whose peer has been silent longest fails. Any thread; the lock is held for moments
 * only.
 */
final class HandshakeScheduler {
    private final ReentrantLock lock = new ReentrantLock();
    private final int maxWaiting;
    /** Handshakes that could compute if there were a permit, first come first served. */
    private final ArrayDeque<Ticket> ready = new ArrayDeque<>();
    /** Handshakes whose thread waits for the peer; the one that heard from its peer longest ago stands first. */
    private final LinkedHashSet<Ticket> waiting = new LinkedHashSet<>();

    private int permits;
    /** Handshakes that were given to workers and have not ended. */
    private int active;

    HandshakeScheduler(int permits, int maxWaiting) {
        this.permits = permits;
        this.maxWaiting = maxWaiting;
    }

    /** A handshake's place here. */
    final class Ticket {
        private final Runnable task;
        private final Executor workers;
        private final Runnable onRefused;
        private final Condition turn = lock.newCondition();
        private final ArrayDeque<HandshakeMessage> inbox = new ArrayDeque<>(4);
        private boolean started;
        private boolean holdsPermit;
        private boolean cancelled;
        private boolean evicted;

        private Ticket(Runnable task, Executor workers, Runnable onRefused) {
            this.task = task;
            this.workers = workers;
            this.onRefused = onRefused;
        }

        /**
         * Whether it was sent away to make room.
         *
         * @return true above the cap
         */
        boolean isEvicted() {
            lock.lock();
            try {
                return evicted;
            } finally {
                lock.unlock();
            }
        }

        /** Gives the handshake a message; wakes it if it waits. */
        void deliver(HandshakeMessage message) {
            lock.lock();
            try {
                if (cancelled) {
                    return;
                }
                inbox.add(message);
                if (waiting.remove(this)) {
                    ready.add(this);
                    dispatch();
                }
            } finally {
                lock.unlock();
            }
        }

        /**
         * Takes the next message; waits for it without a permit.
         *
         * @return the message, null if the handshake was cancelled or sent away
         */
        @Nullable
        HandshakeMessage take() {
            lock.lock();
            try {
                if (inbox.isEmpty() && !cancelled) {
                    releasePermit();
                    waiting.add(this);
                    evictAboveCap();
                    while (!holdsPermit && !cancelled) {
                        turn.await();
                    }
                }
                return cancelled ? null : inbox.poll();
            } catch (InterruptedException e) {
                // The environment is closing.
                Thread.currentThread().interrupt();
                cancelNow();
                return null;
            } finally {
                lock.unlock();
            }
        }

        /** Ends the handshake at its next wait; one that has not started never will. */
        void cancel() {
            lock.lock();
            try {
                cancelNow();
            } finally {
                lock.unlock();
            }
        }

        private void cancelNow() {
            cancelled = true;
            inbox.clear();
            waiting.remove(this);
            ready.remove(this);
            turn.signal();
        }

        private void releasePermit() {
            if (holdsPermit) {
                holdsPermit = false;
                permits++;
                dispatch();
            }
        }

        private void run() {
            try {
                task.run();
            } finally {
                lock.lock();
                try {
                    cancelNow();
                    active--;
                    releasePermit();
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    /**
     * A place for a handshake, which does nothing yet.
     *
     * @param task runs once, must return soon after {@link Ticket#take} gave null
     * @param workers where it runs
     * @param onRefused runs instead of the task if the workers take no more
     * @return its place
     */
    Ticket enter(Runnable task, Executor workers, Runnable onRefused) {
        return new Ticket(task, workers, onRefused);
    }

    /**
     * Queues a handshake; its task runs on a worker as soon as there is a permit. Apart from {@link #enter}, so that the
     * task knows its ticket: once queued, any thread that gives a permit back may start it.
     *
     * @param ticket entered before
     */
    void begin(Ticket ticket) {
        lock.lock();
        try {
            if (!ticket.cancelled) {
                ready.add(ticket);
                dispatch();
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many threads wait for peers. */
    int waitingCount() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Whether no handshake computes or could. */
    boolean isIdle() {
        lock.lock();
        try {
            return active == waiting.size() && ready.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private void dispatch() {
        while (permits > 0) {
            Ticket next = ready.poll();
            if (next == null) {
                return;
            }
            permits--;
            next.holdsPermit = true;
            if (next.started) {
                next.turn.signal();
            } else {
                next.started = true;
                active++;
                try {
                    next.workers.execute(next::run);
                } catch (RejectedExecutionException e) {
                    next.cancelled = true;
                    next.holdsPermit = false;
                    permits++;
                    active--;
                    next.onRefused.run();
                }
            }
        }
    }

    private void evictAboveCap() {
        if (waiting.size() > maxWaiting) {
            Iterator<Ticket> silentLongest = waiting.iterator();
            Ticket evicted = silentLongest.next();
            evicted.evicted = true;
            evicted.cancelNow();
        }
    }
}
