package dev.yodel.io.loop;

import dev.yodel.io.LoopTimer;
import dev.yodel.io.Time;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which timer is due next? A binary heap of re-settable deadlines; equal deadlines come in the order they were set. It
 * knows no clock. One thread only.
 */
final class TimerHeap {
    /** One deadline; it knows its place in the heap, so that moving it needs no search. */
    final class Entry implements LoopTimer {
        final Runnable onDeadline;
        private long deadline = Time.NEVER;
        private long order;
        private int index = -1;
        private boolean closed;

        private Entry(Runnable onDeadline) {
            this.onDeadline = onDeadline;
        }

        @Override
        public void set(long newDeadline) {
            threadCheck.run();
            if (closed) {
                throw new IllegalStateException("the timer is closed; make a new one");
            }
            if (newDeadline == deadline) {
                return;
            }
            deadline = newDeadline;
            order = nextOrder++;
            if (newDeadline == Time.NEVER) {
                remove(this);
            } else if (index < 0) {
                add(this);
            } else {
                siftDown(this, siftUp(this, index));
            }
        }

        @Override
        public void close() {
            threadCheck.run();
            if (!closed) {
                closed = true;
                deadline = Time.NEVER;
                remove(this);
                open--;
            }
        }

        private boolean before(Entry other) {
            return deadline < other.deadline || (deadline == other.deadline && order < other.order);
        }
    }

    private final Runnable threadCheck;
    private Entry[] heap = new Entry[16];
    private int size;
    private int open;
    private long nextOrder;

    TimerHeap(Runnable threadCheck) {
        this.threadCheck = threadCheck;
    }

    Entry newTimer(Runnable onDeadline) {
        open++;
        return new Entry(onDeadline);
    }

    /** The earliest deadline, or {@link Time#NEVER}. */
    long nextDeadline() {
        return size == 0 ? Time.NEVER : heap[0].deadline;
    }

    /** Count of timers with a deadline. */
    int size() {
        return size;
    }

    /** Count of timers that are not closed. */
    int open() {
        return open;
    }

    /** Removes and returns the next timer that is due, or null. */
    @Nullable
    Entry pollDue(long now) {
        if (size == 0 || heap[0].deadline > now) {
            return null;
        }
        Entry first = heap[0];
        first.deadline = Time.NEVER;
        remove(first);
        return first;
    }

    private void add(Entry entry) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        heap[size] = entry;
        siftUp(entry, size++);
    }

    @SuppressWarnings("NullAway") // slots behind size are free
    private void remove(Entry entry) {
        int hole = entry.index;
        if (hole < 0) {
            return;
        }
        entry.index = -1;
        Entry last = heap[--size];
        heap[size] = null;
        if (last != entry) {
            siftDown(last, siftUp(last, hole));
        }
    }

    private int siftUp(Entry entry, int from) {
        int at = from;
        while (at > 0) {
            Entry parent = heap[(at - 1) >>> 1];
            if (!entry.before(parent)) {
                break;
            }
            heap[at] = parent;
            parent.index = at;
            at = (at - 1) >>> 1;
        }
        heap[at] = entry;
        entry.index = at;
        return at;
    }

    private void siftDown(Entry entry, int from) {
        int at = from;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && heap[child + 1].before(heap[child])) {
                child++;
            }
            if (!heap[child].before(entry)) {
                break;
            }
            heap[at] = heap[child];
            heap[at].index = at;
            at = child;
        }
        heap[at] = entry;
        entry.index = at;
    }
}
