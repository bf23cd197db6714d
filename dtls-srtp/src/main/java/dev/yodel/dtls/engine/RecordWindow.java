package dev.yodel.dtls.engine;

/** Which sequence numbers of epoch 1 have been seen (RFC 6347 4.1.2.6). Commit only what was authenticated. */
final class RecordWindow {
    static final int SIZE = 128;

    /** The highest number that was seen, -1 if none. */
    private long highest = -1;
    /** Bit n stands for {@code highest - n}, n from 0 to 63. */
    private long recent;
    /** Bit n stands for {@code highest - 64 - n}. */
    private long older;

    boolean isFresh(long sequence) {
        long age = highest - sequence;
        if (age < 0) {
            return true;
        }
        if (age >= SIZE) {
            return false;
        }
        return age < 64 ? (recent >>> age & 1) == 0 : (older >>> (age - 64) & 1) == 0;
    }

    void commit(long sequence) {
        long age = highest - sequence;
        if (age >= 0) {
            if (age < 64) {
                recent |= 1L << age;
            } else if (age < SIZE) {
                older |= 1L << (age - 64);
            }
            return;
        }
        long step = -age;
        if (step >= SIZE) {
            older = 0;
            recent = 0;
        } else if (step >= 64) {
            older = step == 64 ? recent : recent << (step - 64);
            recent = 0;
        } else {
            older = older << step | recent >>> (64 - step);
            recent <<= step;
        }
        recent |= 1;
        highest = sequence;
    }
}
