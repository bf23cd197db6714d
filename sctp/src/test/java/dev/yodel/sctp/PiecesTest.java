package dev.yodel.sctp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Time;
import java.util.Arrays;
import java.util.Iterator;
import org.junit.jupiter.api.Test;

/** Messages that are delivered while they arrive. */
class PiecesTest {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final SctpOptions OPTIONS =
            new SctpOptions(5000, 5000, 1188, BUFFER_BYTES, 64 << 20, BUFFER_BYTES / 2, 32 << 20);

    private static byte[] message(int length) {
        byte[] data = new byte[length];
        for (int i = 0; i < length; i++) {
            data[i] = (byte) (i * 31 + (i >> 11));
        }
        return data;
    }

    /** Puts pieces together and gives their room back some time later. */
    private static final class SlowConsumer implements Runnable {
        private final Pipe pipe;
        private final byte[] received;
        private final long delayNanos;
        private long releaseAt;
        private long heldBytes;
        int length;
        long mostHeap;
        boolean whole;

        SlowConsumer(Pipe pipe, int length, long delayNanos) {
            this.pipe = pipe;
            this.received = new byte[length];
            this.delayNanos = delayNanos;
        }

        @Override
        public void run() {
            mostHeap = Math.max(mostHeap, pipe.b.receiveHeapBytes());
            for (Iterator<SctpEvent> all = pipe.eventsOfB.iterator(); all.hasNext(); ) {
                if (all.next() instanceof SctpEvent.MessagePiece piece) {
                    assertThat(piece.first()).isEqualTo(length == 0);
                    System.arraycopy(piece.data(), 0, received, length, piece.data().length);
                    length += piece.data().length;
                    whole |= piece.last();
                    pipe.b.hold(piece.data().length);
                    heldBytes += piece.data().length;
                    all.remove();
                }
            }
            if (pipe.now >= releaseAt) {
                pipe.b.release(heldBytes);
                heldBytes = 0;
                releaseAt = pipe.now + delayNanos;
            }
        }
    }

    @Test
    void C22_aMessageLargerThanTheBufferPassesThroughASlowConsumer() {
        byte[] data = message(16 << 20);
        for (boolean ofOneStream : new boolean[] {true, false}) {
            SctpOptions ofB = ofOneStream ? OPTIONS : OPTIONS.withPiecesAbove(BUFFER_BYTES / 2);
            Pipe pipe = new Pipe(
                    1,
                    new SctpAssociation(OPTIONS, new SeededRandom(1)),
                    new SctpAssociation(ofB, new SeededRandom(2)));
            pipe.a.connect(pipe.now);
            pipe.run(Time.SECOND);
            if (ofOneStream) {
                pipe.b.receiveInPieces(4, BUFFER_BYTES / 2);
            }
            SlowConsumer consumer = new SlowConsumer(pipe, data.length, 200 * Time.MILLISECOND);
            pipe.loss = 0.01;
            pipe.eachStep = consumer;
            assertThat(pipe.a.send(4, 53, data, ofOneStream ? SendOptions.RELIABLE : SendOptions.UNORDERED, pipe.now))
                    .isEqualTo(SctpSendResult.ACCEPTED);
            while (!consumer.whole) {
                assertThat(pipe.step(pipe.now + 10 * Time.SECOND)).isTrue();
                pipe.drain();
                consumer.run();
            }
            assertThat(Arrays.equals(consumer.received, data)).isTrue();
            assertThat(consumer.mostHeap).isLessThan(2L * BUFFER_BYTES);
            pipe.eachStep = null;
            pipe.run(10 * Time.SECOND);
            assertThat(pipe.a.sendHeapBytes()).isZero();
        }
    }

    @Test
    void C10_onlyStreamsThatTakePiecesAreUnlimited() {
        Pipe pipe = Pipe.connected(2, OPTIONS);
        pipe.b.receiveInPieces(4, 1_000);
        pipe.b.receiveWhole(4);
        pipe.a.send(4, 53, new byte[BUFFER_BYTES], SendOptions.RELIABLE, pipe.now);
        pipe.run(10 * Time.SECOND);
        assertThat(pipe.eventsOfB).last().isInstanceOfSatisfying(SctpEvent.Failed.class, failed -> assertThat(
                        failed.reason())
                .isEqualTo(SctpEvent.Reason.MESSAGE_TOO_LARGE));
        assertThatThrownBy(() -> pipe.b.receiveInPieces(4, BUFFER_BYTES / 2 + 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pipe.b.receiveInPieces(65_535, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OPTIONS.withPiecesAbove(-2)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void C13_aMessageThatIsGivenUpHalfWayIsSaidToBe() {
        Pipe pipe = Pipe.connected(3, OPTIONS);
        pipe.b.receiveInPieces(4, 10_000);
        pipe.a.send(4, 53, new byte[4 << 20], new SendOptions(false, -1, 300 * Time.MILLISECOND), pipe.now);
        pipe.a.send(4, 54, new byte[100], SendOptions.RELIABLE, pipe.now);
        pipe.loss = 0.1;
        pipe.run(30 * Time.SECOND);
        assertThat(Pipe.count(pipe.eventsOfB, SctpEvent.MessagePiece.class)).isPositive();
        int gone = pipe.eventsOfB.indexOf(new SctpEvent.MessageAbandoned(4, 53, false));
        assertThat(gone).isPositive();
        assertThat(pipe.eventsOfB.subList(gone, pipe.eventsOfB.size()))
                .hasSize(2)
                .last()
                .isInstanceOf(SctpEvent.Message.class);
        assertThat(pipe.b.receiveHeapBytes()).isZero();
        assertThat(pipe.a.sendHeapBytes()).isZero();
    }
}
