package dev.yodel.rtp;

import java.util.Arrays;

/**
 * Numbers of a stream of which some items are left out on purpose: what goes on is counted without gaps, and what is
 * late, or is told again, gets the number that belongs to its place. Numbers that did not come keep their place.
 * Bounded: it remembers {@link #WINDOW} of them.
 */
final class RelayNumbers {
    /** Stands for an item without a number. */
    static final long LEFT_OUT = Long.MIN_VALUE;

    static final int WINDOW = 1024;

    private static final int NO_SHIFT = Integer.MIN_VALUE;
    private static final long NOTHING = NO_SHIFT & 0xffff_ffffL;

    /**
     * The lower half of a number, and by how much it is shifted; together, so that a packet touches one line of
     * memory: a forwarder has many of these.
     */
    private final long[] slots = new long[WINDOW];

    private long highest;
    private long shift;

    RelayNumbers() {
        Arrays.fill(slots, NOTHING);
    }

    /** Begins anew: a number becomes another one, and what follows follows. */
    void restart(long from, long to) {
        Arrays.fill(slots, NOTHING);
        highest = from - 1;
        shift = to - from;
    }

    /** The full number of one that wraps, near the highest so far. */
    long unwrap(int number, int bits) {
        long modulus = 1L << bits;
        long distance = number - highest & modulus - 1;
        return highest + (distance >= modulus / 2 ? distance - modulus : distance);
    }

    /** The number that an item goes on with; what is left out has none, and makes room. */
    long map(long number, boolean left) {
        if (number > highest) {
            // What is missing may still come, and is not known to be unwanted.
            for (long missing = Math.max(highest + 1, number - WINDOW + 1); missing < number; missing++) {
                note(missing, (int) shift);
            }
            highest = number;
            if (left) {
                shift--;
                note(number, NO_SHIFT);
                return LEFT_OUT;
            }
            note(number, (int) shift);
            return number + shift;
        }
        long slot = slots[(int) number & WINDOW - 1];
        int by = (int) slot;
        return (int) (slot >> 32) == (int) number && by != NO_SHIFT ? number + by : LEFT_OUT;
    }

    private void note(long number, int by) {
        slots[(int) number & WINDOW - 1] = (number << 32) | (by & 0xffff_ffffL);
    }
}
