package dev.yodel.examples.rooms;

/**
 * How loud somebody was since it was asked last: written on the track's lane, read on the room's. It keeps the last half
 * second. Any thread.
 */
final class Levels {
    private static final int MAX = 25;

    private final int[] levels = new int[MAX];
    private int count;

    synchronized void add(int level) {
        if (count == MAX) {
            System.arraycopy(levels, 1, levels, 0, MAX - 1);
            count--;
        }
        levels[count++] = level;
    }

    synchronized int[] take() {
        final int[] taken = java.util.Arrays.copyOf(levels, count);
        count = 0;
        return taken;
    }
}
