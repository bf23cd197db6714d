package dev.yodel.examples.rooms;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who sits where? A receiver's connection has seats, each with a section for sound and one for a picture; who is shown on
 * a seat changes without negotiation. Whoever stays wanted stays seated, so that no picture jumps. A core.
 */
final class SeatPlan {
    private final List<@Nullable SourceId> seats = new ArrayList<>();

    /** Adds empty seats. */
    void grow(int count) {
        while (seats.size() < count) {
            seats.add(null);
        }
    }

    int size() {
        return seats.size();
    }

    @Nullable
    SourceId at(int seat) {
        return seats.get(seat);
    }

    /**
     * How many seats there should be for so many sources: 3, 7, 15, 31 and so on, so that a room that grows negotiates
     * seldom.
     */
    static int seatsFor(int sources) {
        int seats = 3;
        while (seats < sources) {
            seats = 2 * seats + 1;
        }
        return seats;
    }

    /**
     * Seats those who are wanted, the first ones first if there are too few seats.
     *
     * @param wanted without doubles
     * @return the seats that changed
     */
    List<Integer> seat(List<SourceId> wanted) {
        final Set<SourceId> shown = new HashSet<>(wanted.subList(0, Math.min(wanted.size(), seats.size())));
        final Set<SourceId> seated = new HashSet<>();
        final List<Integer> changed = new ArrayList<>();
        final List<Integer> free = new ArrayList<>();
        for (int i = 0; i < seats.size(); i++) {
            final SourceId there = seats.get(i);
            if (there != null && shown.contains(there)) {
                seated.add(there);
            } else {
                free.add(i);
            }
        }
        int next = 0;
        for (final SourceId source : wanted) {
            if (shown.contains(source) && seated.add(source)) {
                final int seat = free.get(next++);
                seats.set(seat, source);
                changed.add(seat);
            }
        }
        for (; next < free.size(); next++) {
            if (seats.get(free.get(next)) != null) {
                seats.set(free.get(next), null);
                changed.add(free.get(next));
            }
        }
        return changed;
    }
}
