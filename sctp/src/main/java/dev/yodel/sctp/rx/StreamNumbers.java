package dev.yodel.sctp.rx;

import java.util.Arrays;

/** The number that every incoming stream expects next: 0 for one that was not used. Memory only where some were. */
final class StreamNumbers {
    private static final int PAGE_STREAMS = 256;

    private final int[] unused = {};
    private final int[][] pages = new int[65_536 / PAGE_STREAMS][];

    StreamNumbers() {
        clear();
    }

    int get(int streamId) {
        int[] page = pages[streamId / PAGE_STREAMS];
        return page == unused ? 0 : page[streamId % PAGE_STREAMS];
    }

    void set(int streamId, int number) {
        int[] page = pages[streamId / PAGE_STREAMS];
        if (page == unused) {
            if (number == 0) {
                return;
            }
            page = new int[PAGE_STREAMS];
            pages[streamId / PAGE_STREAMS] = page;
        }
        page[streamId % PAGE_STREAMS] = number;
    }

    void clear() {
        Arrays.fill(pages, unused);
    }
}
