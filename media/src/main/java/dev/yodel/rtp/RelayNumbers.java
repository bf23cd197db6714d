package dev.yodel.rtp;

import java.util.Arrays;

/**
 * Numbers of a stream of which some items are left out on purpose: what goes on is counted without gaps, and what is late, or is
 * told again, gets the number that belongs to its place. Numbers that did not come keep their place. Bounded: it remembers
 * {@link #WINDOW} of them.
 */
final class RelayNumbers {
    /** Stands for an item without a number. */
    static final long LEFT_OUT = Long.MIN_VALUE;

    static final int WINDOW = 1024;

    private final long[] numbers = new long[WINDOW];
    private final long[] mapped = new long[WINDOW];
    private long highest;
    private long shift;

    RelayNumbers() {
        Arrays.fill(numbers, Long.MIN_VALUE);
    }

    /** Begins anew: a number becomes another one, and what follows follows. */
    void restart(long from, long to) {
        Arrays.fill(numbers, Long.MIN_VALUE);
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
                note(missing, missing + shift);
            }
            highest = number;
            if (left) {
                shift--;
                note(number, LEFT_OUT);
                return LEFT_OUT;
            }
            note(number, number + shift);
            return number + shift;
        }
        int slot = (int) number & WINDOW - 1;
        return numbers[slot] == number ? mapped[slot] : LEFT_OUT;
    }

    private void note(long number, long to) {
        int slot = (int) number & WINDOW - 1;
        numbers[slot] = number;
        mapped[slot] = to;
    }
}
