package dev.yodel.sctp.dcep;

import java.util.BitSet;

/**
 * Which stream ids are in use, and which comes next? The DTLS client opens even ones, the server odd ones, so that both
 * may open at the same time. It does not know when an id may be used again. Not thread safe. RFC 8832 6.
 */
public final class StreamIds {
    /** How many ids there are: 65535 means none. RFC 8831 6.5. */
    public static final int COUNT = 65_535;

    private final BitSet used = new BitSet();
    /** No id of that parity below is free: half of what makes opening and closing a million channels cheap. */
    private final int[] lowest = {0, 1};

    /** Nothing in use. */
    public StreamIds() {}

    /**
     * Takes the lowest free id of a side.
     *
     * @param dtlsClient the side
     * @param limit ids below it may be used, at most {@link #COUNT}
     * @return the id; -1 if there is none
     */
    public int takeNext(boolean dtlsClient, int limit) {
        int side = dtlsClient ? 0 : 1;
        int id = lowest[side];
        while (used.get(id)) {
            id += 2;
        }
        lowest[side] = id;
        if (id >= Math.min(limit, COUNT)) {
            return -1;
        }
        used.set(id);
        return id;
    }

    /**
     * Takes an id that was chosen otherwise.
     *
     * @param id 0 to 65534
     * @return false if it is in use
     */
    public boolean take(int id) {
        if (used.get(id)) {
            return false;
        }
        used.set(id);
        return true;
    }

    /**
     * Whether an id is in use.
     *
     * @param id 0 and up
     * @return true from taking to freeing
     */
    public boolean isTaken(int id) {
        return used.get(id);
    }

    /**
     * Gives an id back.
     *
     * @param id was taken
     */
    public void free(int id) {
        used.clear(id);
        lowest[id & 1] = Math.min(lowest[id & 1], id);
    }
}
