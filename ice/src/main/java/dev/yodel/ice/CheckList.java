package dev.yodel.ice;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which pairs are there, and which is checked next (RFC 8445 section 6.1.2)? It sends nothing. There is one checklist
 * with one component: BUNDLE and rtcp-mux are required.
 */
final class CheckList {
    /** RFC 8445 section 6.1.2.5. */
    static final int MAX_PAIRS = 100;

    /** Pairs that did not fit into the list are kept in line for when others have failed. */
    private static final int MAX_IN_LINE = 512;

    private record InLine(Base base, RemoteCandidate remote) {}

    /** Highest priority first. */
    private final List<Pair> pairs = new ArrayList<>();

    private final ArrayDeque<Pair> triggered = new ArrayDeque<>();
    private final ArrayDeque<InLine> inLine = new ArrayDeque<>();
    private int lastId;
    private long notAdmitted;

    List<Pair> pairs() {
        return pairs;
    }

    long notAdmitted() {
        return notAdmitted;
    }

    @Nullable
    Pair find(Base base, RemoteCandidate remote) {
        for (Pair pair : pairs) {
            if (pair.base == base && pair.remote == remote) {
                return pair;
            }
        }
        return null;
    }

    /** Adds a pair if it can work and is not there yet. */
    void offer(Base base, RemoteCandidate remote, IceRole role) {
        if (!canPair(base, remote) || find(base, remote) != null) {
            return;
        }
        if (pairs.size() >= MAX_PAIRS && !makeRoom(priorityOf(base, remote, role))) {
            if (inLine.size() < MAX_IN_LINE) {
                inLine.add(new InLine(base, remote));
            } else {
                notAdmitted++;
            }
            return;
        }
        insert(base, remote, role);
    }

    /** Adds a pair that an authenticated check made known, at the cost of the least useful one. */
    @Nullable
    Pair force(Base base, RemoteCandidate remote, IceRole role) {
        Pair known = find(base, remote);
        if (known != null) {
            return known;
        }
        if (!canPair(base, remote) || (pairs.size() >= MAX_PAIRS && !makeRoom(-1L))) {
            notAdmitted++;
            return null;
        }
        return insert(base, remote, role);
    }

    private static boolean canPair(Base base, RemoteCandidate remote) {
        return base.isOpen()
                && base.leadsTo(remote.address, remote.candidate.protocol())
                && base.address.getAddress().getAddress().length
                        == remote.address.getAddress().getAddress().length
                && base.address.getAddress().isLoopbackAddress()
                        == remote.address.getAddress().isLoopbackAddress();
    }

    private Pair insert(Base base, RemoteCandidate remote, IceRole role) {
        Pair pair = new Pair(++lastId, base, remote, base.hold(remote.address));
        pair.computePriority(role);
        pair.state = Pair.State.WAITING;
        // RFC 8445 section 6.1.4.1: one pair of a foundation is checked at a time, until it has succeeded.
        for (Pair other : pairs) {
            if (other.sharesFoundation(pair)
                    && (other.state == Pair.State.WAITING || other.state == Pair.State.IN_PROGRESS)) {
                pair.state = Pair.State.FROZEN;
            }
        }
        place(pair);
        return pair;
    }

    private void place(Pair pair) {
        int at = 0;
        while (at < pairs.size() && Long.compareUnsigned(pairs.get(at).priority, pair.priority) >= 0) {
            at++;
        }
        pairs.add(at, pair);
    }

    private static long priorityOf(Base base, RemoteCandidate remote, IceRole role) {
        Pair probe = new Pair(0, base, remote, new Path(base, remote.address));
        probe.computePriority(role);
        return probe.priority;
    }

    /** Drops the failed or least promising pair, if there is one below a priority. */
    private boolean makeRoom(long priority) {
        for (int i = pairs.size() - 1; i >= 0; i--) {
            if (pairs.get(i).state == Pair.State.FAILED) {
                remove(pairs.get(i));
                return true;
            }
        }
        for (int i = pairs.size() - 1; i >= 0; i--) {
            Pair pair = pairs.get(i);
            boolean untouched = pair.state == Pair.State.FROZEN || pair.state == Pair.State.WAITING;
            if (untouched && !triggered.contains(pair)) {
                if (Long.compareUnsigned(pair.priority, priority) >= 0) {
                    return false;
                }
                if (inLine.size() < MAX_IN_LINE) {
                    inLine.add(new InLine(pair.base, pair.remote));
                }
                remove(pair);
                return true;
            }
        }
        return false;
    }

    /** Gives the places of failed pairs to those in line. */
    void refill(IceRole role) {
        while (!inLine.isEmpty()) {
            InLine next = inLine.getFirst();
            if (pairs.size() >= MAX_PAIRS && !dropOneFailed()) {
                return;
            }
            inLine.removeFirst();
            if (next.base.isOpen() && find(next.base, next.remote) == null) {
                insert(next.base, next.remote, role);
            }
        }
    }

    private boolean dropOneFailed() {
        for (int i = pairs.size() - 1; i >= 0; i--) {
            if (pairs.get(i).state == Pair.State.FAILED) {
                remove(pairs.get(i));
                return true;
            }
        }
        return false;
    }

    void remove(Pair pair) {
        pairs.remove(pair);
        triggered.remove(pair);
        pair.state = Pair.State.FAILED;
        pair.invalidatePath();
        pair.base.release(pair.path);
    }

    void clear() {
        while (!pairs.isEmpty()) {
            remove(pairs.get(pairs.size() - 1));
        }
        inLine.clear();
    }

    /** The role changed, or a prflx candidate was named by signaling with another priority. */
    void recomputePriorities(IceRole role) {
        List<Pair> all = new ArrayList<>(pairs);
        pairs.clear();
        for (Pair pair : all) {
            pair.computePriority(role);
            place(pair);
        }
    }

    /** RFC 8445 section 7.3.1.4: checks it before all ordinary ones. */
    void trigger(Pair pair) {
        pair.state = Pair.State.WAITING;
        if (!triggered.contains(pair)) {
            triggered.add(pair);
        }
    }

    /** RFC 8445 section 6.1.4.2: the next pair to check, out of its queue; null if there is none. */
    @Nullable
    Pair next() {
        Pair pair = triggered.poll();
        if (pair != null) {
            return pair;
        }
        pair = firstIn(Pair.State.WAITING);
        if (pair == null) {
            unfreeze();
            pair = firstIn(Pair.State.WAITING);
        }
        // Departure from RFC 8445 section 6.1.4.2: with nothing else to do, a frozen pair does not wait until the one
        // of its foundation has failed, which takes 17 s: a relay that came back has the foundation of the one that
        // died.
        return pair == null ? firstIn(Pair.State.FROZEN) : pair;
    }

    /** The best direct pair that was not checked yet, or null. */
    @Nullable
    Pair nextDirect() {
        for (Pair pair : pairs) {
            if ((pair.state == Pair.State.WAITING || pair.state == Pair.State.FROZEN) && !pair.isRelayed()) {
                return pair;
            }
        }
        return null;
    }

    boolean hasTriggered() {
        return !triggered.isEmpty();
    }

    /** Whether {@link #next} would give a pair. */
    boolean hasNext() {
        if (hasTriggered()) {
            return true;
        }
        for (Pair pair : pairs) {
            if (pair.state == Pair.State.WAITING) {
                return true;
            }
        }
        return firstIn(Pair.State.FROZEN) != null;
    }

    private @Nullable Pair firstIn(Pair.State state) {
        for (Pair pair : pairs) {
            if (pair.state == state) {
                return pair;
            }
        }
        return null;
    }

    /** RFC 8445 section 6.1.4.2, second step: a foundation of which nothing is being checked gets its next pair. */
    private void unfreeze() {
        for (Pair pair : pairs) {
            if (pair.state == Pair.State.FROZEN && !foundationIsBusy(pair)) {
                pair.state = Pair.State.WAITING;
            }
        }
    }

    private boolean foundationIsBusy(Pair pair) {
        for (Pair other : pairs) {
            if (other != pair
                    && (other.state == Pair.State.WAITING || other.state == Pair.State.IN_PROGRESS)
                    && other.sharesFoundation(pair)) {
                return true;
            }
        }
        return false;
    }

    /** RFC 8445 section 7.2.5.3.3: a success unfreezes its foundation. */
    void unfreezeFoundationOf(Pair succeeded) {
        for (Pair pair : pairs) {
            if (pair.state == Pair.State.FROZEN && pair.sharesFoundation(succeeded)) {
                pair.state = Pair.State.WAITING;
            }
        }
    }

    int count(Pair.State state) {
        int count = 0;
        for (Pair pair : pairs) {
            if (pair.state == state) {
                count++;
            }
        }
        return count;
    }

    /** Whether a pair above a priority may still succeed. */
    boolean hasPendingAbove(long priority) {
        for (Pair pair : pairs) {
            if (Long.compareUnsigned(pair.priority, priority) <= 0) {
                return false;
            }
            if (pair.isPending()) {
                return true;
            }
        }
        return false;
    }

    /** The valid pair of the highest priority that answers, or null. */
    @Nullable
    Pair bestValid() {
        for (Pair pair : pairs) {
            if (pair.isValid() && !pair.unresponsive && !pair.suspect) {
                return pair;
            }
        }
        return null;
    }
}
