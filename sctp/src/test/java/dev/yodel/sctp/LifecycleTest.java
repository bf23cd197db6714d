package dev.yodel.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Streams that open and close, and associations that end at any moment. */
class LifecycleTest {
    /** Two associations with nothing between them. */
    private static final class Direct {
        final SctpAssociation a;
        final SctpAssociation b;
        private final byte[] packet = new byte[2_000];
        private final boolean[] isLocalReset = new boolean[2];
        private final boolean[] isRemoteReset = new boolean[2];
        long now = Time.SECOND;
        long messages;

        Direct(SctpOptions options, RandomSource ofA, RandomSource ofB) {
            a = new SctpAssociation(options, ofA);
            b = new SctpAssociation(options, ofB);
            a.connect(now);
            exchange();
            assertThat(a.state()).isEqualTo(SctpState.ESTABLISHED);
        }

        private boolean pass(SctpAssociation from, SctpAssociation to) {
            int length = from.pollTransmit(packet, 0, now);
            if (length == 0) {
                return false;
            }
            to.handlePacket(packet, 0, length, now);
            return true;
        }

        /** What is sent arrives, and what the events ask for is done, until nothing more happens. */
        void exchange() {
            boolean moved = true;
            while (moved) {
                boolean toB = pass(a, b);
                moved = pass(b, a) || toB;
                take(a, true);
                take(b, false);
            }
        }

        private void take(SctpAssociation from, boolean isA) {
            for (SctpEvent event = from.pollEvent(); event != null; event = from.pollEvent()) {
                if (event instanceof SctpEvent.Message) {
                    messages++;
                } else if (event instanceof SctpEvent.RemoteStreamsReset reset) {
                    for (int streamId : reset.streamIds()) {
                        if (isA) {
                            isRemoteReset[streamId] = true;
                        } else {
                            // RFC 8831 6.7: the other side closes, too.
                            b.resetStream(streamId);
                        }
                    }
                } else if (event instanceof SctpEvent.LocalStreamsReset reset && isA) {
                    assertThat(reset.performed()).isTrue();
                    for (int streamId : reset.streamIds()) {
                        isLocalReset[streamId] = true;
                    }
                }
            }
        }

        /** Opens a stream, uses it in both directions, and closes it; the other one stays open meanwhile. */
        void cycle(int streamId) {
            isLocalReset[streamId] = false;
            isRemoteReset[streamId] = false;
            a.setStreamPriority(streamId, 512);
            assertThat(a.send(streamId, 50, new byte[20], SendOptions.RELIABLE, now))
                    .isEqualTo(SctpSendResult.ACCEPTED);
            assertThat(b.send(streamId, 50, new byte[1], SendOptions.RELIABLE, now))
                    .isEqualTo(SctpSendResult.ACCEPTED);
            a.resetStream(streamId);
            exchange();
            // Nothing is lost here, but the last SACK may wait for its timer.
            for (int i = 0; i < 4 && !(isLocalReset[streamId] && isRemoteReset[streamId]); i++) {
                now += 60 * Time.MILLISECOND;
                a.handleTimeout(now);
                b.handleTimeout(now);
                exchange();
            }
            assertThat(isLocalReset[streamId] && isRemoteReset[streamId]).isTrue();
        }
    }

    /** Request numbers begin at the initial TSN: these wrap soon. */
    private record Wrapping(RandomSource random) implements RandomSource {
        @Override
        public void nextBytes(byte[] target, int offset, int length) {
            random.nextBytes(target, offset, length);
        }

        @Override
        public int nextInt() {
            return -100;
        }

        @Override
        public long nextLong() {
            return random.nextLong();
        }
    }

    private static void cycles(int count, boolean interleaving) {
        Direct direct = new Direct(
                SctpOptions.defaults().withInterleaving(interleaving),
                new Wrapping(new SeededRandom(1)),
                new Wrapping(new SeededRandom(2)));
        for (int i = 0; i < 1_000; i++) {
            direct.cycle(i & 1);
        }
        long before = HostilePeer.usedHeap();
        for (int i = 1_000; i < count; i++) {
            direct.cycle(i & 1);
        }
        assertThat(HostilePeer.usedHeap() - before).isLessThan(2 << 20);
        assertThat(direct.messages).isEqualTo(2L * count);
        assertThat(direct.a.state()).isEqualTo(SctpState.ESTABLISHED);
        assertThat(direct.a.sendHeapBytes() + direct.b.receiveHeapBytes()).isZero();
    }

    @Test
    void C11_C16_streamsOpenAndCloseAgainAndAgain() {
        cycles(5_000, true);
        cycles(5_000, false);
    }

    @Test
    @Tag("long")
    void C11_aMillionStreamsOpenAndCloseInOneAssociation() {
        cycles(1_000_000, true);
    }

    /** One side resets; the other answers by doing the same; whatever is lost on the way is asked again. */
    @Test
    void F24_halfClosedStreamsCloseWhateverIsLost() {
        for (int lost = 0; lost < 8; lost++) {
            Pipe pipe = Pipe.connected(lost);
            pipe.a.send(7, 53, new byte[100], SendOptions.RELIABLE, pipe.now);
            pipe.run(Time.SECOND);
            pipe.eventsOfA.clear();
            pipe.eventsOfB.clear();
            List<SctpEvent> seen = new ArrayList<>();
            Runnable ownerOfB = () -> {
                for (SctpEvent event : pipe.eventsOfB) {
                    if (event instanceof SctpEvent.RemoteStreamsReset) {
                        pipe.b.resetStream(7);
                    }
                    seen.add(event);
                }
                pipe.eventsOfB.clear();
            };
            pipe.drop(lost, 1);
            long begun = pipe.now;
            pipe.a.resetStream(7);
            pipe.drain();
            while (pipe.eventsOfA.size() < 2 && pipe.step(begun + 2 * Time.SECOND)) {
                pipe.drain();
                ownerOfB.run();
                pipe.drain();
            }
            // Two round trips of 20 ms and a retransmission time-out.
            assertThat(pipe.now - begun).as("packet %s lost", lost).isLessThan(600 * Time.MILLISECOND);
            pipe.run(Time.SECOND);
            ownerOfB.run();
            assertThat(Pipe.count(pipe.eventsOfA, SctpEvent.LocalStreamsReset.class))
                    .isEqualTo(1);
            assertThat(Pipe.count(pipe.eventsOfA, SctpEvent.RemoteStreamsReset.class))
                    .isEqualTo(1);
            assertThat(Pipe.count(seen, SctpEvent.LocalStreamsReset.class)).isEqualTo(1);
            // The id serves again, from number 0 on, both ways.
            pipe.a.send(7, 53, new byte[100], SendOptions.RELIABLE, pipe.now);
            pipe.b.send(7, 53, new byte[100], SendOptions.RELIABLE, pipe.now);
            pipe.run(Time.SECOND);
            ownerOfB.run();
            assertThat(Pipe.messages(pipe.eventsOfA)).hasSize(1);
            assertThat(Pipe.count(seen, SctpEvent.Message.class)).isEqualTo(1);
        }
    }

    /** A session in which much happens: opening, data both ways, losses, resets. */
    private static Pipe session(long seed) {
        Pipe pipe = new Pipe(seed, SctpOptions.defaults());
        pipe.loss = 0.05;
        pipe.reordering = 0.1;
        pipe.a.connect(pipe.now);
        pipe.b.connect(pipe.now);
        for (int i = 0; i < 20; i++) {
            pipe.a.send(i % 3, 53, new byte[3_000], SendOptions.RELIABLE, pipe.now);
            pipe.b.send(i % 3, 53, new byte[3_000], new SendOptions(true, 1, Time.NEVER), pipe.now);
        }
        return pipe;
    }

    private static void act(Pipe pipe, int step) {
        if (step == 25) {
            pipe.a.resetStream(1);
            pipe.b.resetStream(2);
        }
    }

    @Test
    void F25_closedAtEveryMoment() {
        int steps = 0;
        for (Pipe pipe = session(1); pipe.step(pipe.now + Time.SECOND) && steps < 400; steps++) {
            act(pipe, steps);
        }
        assertThat(steps).isGreaterThan(60);
        for (int end = 0; end < steps; end++) {
            for (boolean inPeace : new boolean[] {true, false}) {
                Pipe pipe = session(1);
                for (int i = 0; i < end; i++) {
                    pipe.step(pipe.now + Time.SECOND);
                    act(pipe, i);
                }
                if (inPeace) {
                    pipe.a.close(pipe.now);
                } else {
                    pipe.a.abort("enough");
                }
                pipe.loss = 0;
                pipe.run(60 * Time.SECOND);
                String moment = "step " + end + (inPeace ? " close" : " abort");
                for (List<SctpEvent> events : List.of(pipe.eventsOfA, pipe.eventsOfB)) {
                    long ends = events.stream()
                            .filter(e -> e instanceof SctpEvent.Closed || e instanceof SctpEvent.Failed)
                            .count();
                    assertThat(ends).as(moment).isEqualTo(1);
                    SctpEvent last = events.get(events.size() - 1);
                    assertThat(last instanceof SctpEvent.Closed || last instanceof SctpEvent.Failed)
                            .as("%s: %s", moment, last)
                            .isTrue();
                }
                for (SctpAssociation side : List.of(pipe.a, pipe.b)) {
                    assertThat(side.state()).as(moment).isEqualTo(SctpState.CLOSED);
                    assertThat(side.nextTimeout()).as(moment).isEqualTo(Time.NEVER);
                    assertThat(side.sendHeapBytes() + side.receiveHeapBytes())
                            .as(moment)
                            .isZero();
                    assertThat(side.pollTransmit(new byte[1_200], 0, pipe.now))
                            .as(moment)
                            .isZero();
                }
            }
        }
    }
}
