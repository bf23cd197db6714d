package dev.yodel.sctp.tx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import dev.yodel.sctp.packet.DataChunk;
import dev.yodel.sctp.state.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SendQueueTest {
    private final Counts counts = new Counts();
    private final SendQueue queue = new SendQueue(counts);
    private final Outstanding outstanding = new Outstanding(1L << 32);

    private static OutMessage message(int streamId, int length, boolean unordered) {
        return new OutMessage(streamId, 53, new byte[length], unordered, -1, Time.NEVER);
    }

    /** The next piece as a chunk, or null. */
    private @Nullable DataChunk next(int most) {
        OutMessage message = queue.next(0);
        if (message == null) {
            return null;
        }
        int length = Math.min(most, message.unsentBytes());
        OutChunk chunk = outstanding.append(message, message.sentBytes, length);
        queue.sent(message, length);
        return chunk.wire(true, false);
    }

    @Test
    void C16_messageAndFragmentNumbersWrap() {
        queue.interleave(1 << 20, 1_000);
        queue.stream(1).nextOrdered = -3;
        queue.stream(1).nextUnordered = -2;
        List<Integer> ordered = new ArrayList<>();
        List<Integer> unordered = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            queue.add(message(1, 250, i % 2 == 1));
        }
        DataChunk chunk = next(100);
        while (chunk != null) {
            assertThat(chunk.fragment()).isEqualTo(chunk.offset() / 100);
            assertThat(chunk.isBegin()).isEqualTo(chunk.offset() == 0);
            assertThat(chunk.isEnd()).isEqualTo(chunk.offset() == 200);
            if (chunk.isBegin()) {
                (chunk.isUnordered() ? unordered : ordered).add(chunk.messageNumber());
            }
            chunk = next(100);
        }
        assertThat(ordered).containsExactly(-3, -2, -1, 0, 1, 2);
        assertThat(unordered).containsExactly(-2, -1, 0, 1, 2, 3);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void C11_aStreamThatIsResetIsForgotten() {
        for (int streamId = 0; streamId < 1_000; streamId++) {
            queue.setWeight(streamId, 1024);
            queue.add(message(streamId, 10, streamId % 2 == 0));
        }
        assertThat(queue.streamCount()).isEqualTo(1_000);
        while (next(100) != null) {
            // Sends all.
        }
        for (int streamId = 0; streamId < 1_000; streamId++) {
            queue.pause(streamId);
            queue.restart(streamId, true);
        }
        assertThat(queue.streamCount()).isZero();
    }

    /** Whatever is added, paused and given up: nothing is lost, sent twice or counted wrongly. */
    @Test
    void C08_theBooksBalance() {
        for (int seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            SendQueue queueOfSeed = new SendQueue(counts);
            if (seed % 2 == 0) {
                queueOfSeed.interleave(2_000, 300);
            }
            List<OutMessage> open = new ArrayList<>();
            long expected = 0;
            long sent = 0;
            for (int step = 0; step < 400; step++) {
                int streamId = random.nextInt(5);
                switch (random.nextInt(8)) {
                    case 0, 1 -> {
                        OutMessage added = message(streamId, 1 + random.nextInt(1_500), random.nextBoolean());
                        queueOfSeed.add(added);
                        open.add(added);
                        expected += added.data.length;
                    }
                    case 2 -> {
                        if (queueOfSeed.isEmpty(streamId)) {
                            queueOfSeed.pause(streamId);
                        }
                        queueOfSeed.restart(streamId, random.nextBoolean());
                    }
                    case 3 -> {
                        OutMessage begun = open.isEmpty() ? null : open.get(random.nextInt(open.size()));
                        if (begun != null && begun.begun && begun.unsentBytes() > 0) {
                            expected -= begun.unsentBytes();
                            assertThat(queueOfSeed.abandon(begun)).isTrue();
                            open.remove(begun);
                        }
                    }
                    case 4 -> queueOfSeed.setWeight(streamId, 1 + random.nextInt(2_000));
                    default -> {
                        OutMessage next = queueOfSeed.next(0);
                        if (next != null) {
                            int bytes = Math.min(1 + random.nextInt(400), next.unsentBytes());
                            queueOfSeed.sent(next, bytes);
                            sent += bytes;
                        }
                    }
                }
                open.removeIf(message -> message.unsentBytes() == 0);
                long buffered = 0;
                for (int i = 0; i < 5; i++) {
                    buffered += queueOfSeed.bufferedBytes(i);
                }
                assertThat(buffered).as("seed %s", seed).isEqualTo(expected - sent);
                assertThat(queueOfSeed.heapBytes()).isEqualTo(buffered + (long) SendQueue.OVERHEAD_BYTES * open.size());
            }
            for (OutMessage next = queueOfSeed.next(0); next != null; next = queueOfSeed.next(0)) {
                sent += next.unsentBytes();
                queueOfSeed.sent(next, next.unsentBytes());
            }
            assertThat(sent).as("seed %s", seed).isEqualTo(expected);
            assertThat(queueOfSeed.isEmpty()).isTrue();
        }
    }
}
