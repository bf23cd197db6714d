package dev.yodel.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import org.junit.jupiter.api.Test;

/** Both policies of RFC 7496 to the letter, and that the peer always hears of what was given up. */
class PartialReliabilityTest {
    private static Pipe pipe(boolean interleaving) {
        Pipe pipe = Pipe.connected(1, SctpOptions.defaults().withInterleaving(interleaving));
        // The round trip is known, so that probes are sent.
        for (int i = 0; i < 100; i++) {
            pipe.a.send(2, 53, new byte[2_000], SendOptions.RELIABLE, pipe.now);
        }
        pipe.run(Time.SECOND);
        pipe.eventsOfB.clear();
        return pipe;
    }

    /** RFC 7496 3.2: as many losses as retransmissions are allowed are made good, one more is not. */
    @Test
    void C13_retransmissionsAreCounted() {
        for (boolean interleaving : new boolean[] {true, false}) {
            for (int limit = 0; limit < 4; limit++) {
                for (int losses = 0; losses < 6; losses++) {
                    Pipe pipe = pipe(interleaving);
                    pipe.drop(0, losses);
                    long before = pipe.a.counters().retransmissions();
                    pipe.a.send(1, 53, new byte[500], new SendOptions(false, limit, Time.NEVER), pipe.now);
                    pipe.run(20 * Time.SECOND);
                    String what = losses + " losses, limit " + limit;
                    assertThat(Pipe.messages(pipe.eventsOfB)).as(what).hasSize(losses <= limit ? 1 : 0);
                    assertThat(pipe.a.counters().retransmissions() - before)
                            .as(what)
                            .isLessThanOrEqualTo(limit);
                    assertThat(pipe.a.counters().abandonedSent()).as(what).isEqualTo(losses <= limit ? 0 : 1);
                    assertThat(pipe.a.sendHeapBytes()).as(what).isZero();
                    // The stream goes on behind it.
                    pipe.a.send(1, 53, new byte[500], SendOptions.RELIABLE, pipe.now);
                    pipe.run(5 * Time.SECOND);
                    assertThat(Pipe.messages(pipe.eventsOfB)).as(what).hasSize(losses <= limit ? 2 : 1);
                }
            }
        }
    }

    /** RFC 7496 3.1, RFC 3758 4.1: nothing is sent after the lifetime, and something while it lasts. */
    @Test
    void C13_lifetimesAreKept() {
        for (boolean interleaving : new boolean[] {true, false}) {
            for (long lifetime : new long[] {0, 10, 400, 3_000}) {
                Pipe pipe = pipe(interleaving);
                pipe.loss = 1;
                long begun = pipe.now;
                pipe.a.send(1, 53, new byte[500], new SendOptions(true, -1, lifetime * Time.MILLISECOND), begun);
                pipe.run(lifetime * Time.MILLISECOND + 2 * Time.MILLISECOND);
                long sent = pipe.bytesOfA;
                long packets = pipe.a.counters().packetsSent();
                assertThat(packets).isGreaterThan(2);
                pipe.run(4 * Time.SECOND);
                pipe.loss = 0;
                pipe.run(10 * Time.SECOND);
                assertThat(Pipe.messages(pipe.eventsOfB)).as("%s ms", lifetime).isEmpty();
                assertThat(pipe.a.counters().abandonedSent())
                        .as("%s ms", lifetime)
                        .isEqualTo(1);
                // Only FORWARD TSNs, which are small, and at most one in 150 ms until there is an answer.
                packets = pipe.a.counters().packetsSent() - packets;
                assertThat(packets).as("%s ms", lifetime).isLessThanOrEqualTo(4_000 / 150 + 2);
                assertThat(pipe.bytesOfA - sent).as("%s ms", lifetime).isLessThan(40 * packets);
                assertThat(pipe.a.sendHeapBytes()).isZero();
            }
            Pipe idle = pipe(interleaving);
            idle.a.send(1, 53, new byte[500], new SendOptions(false, -1, 0), idle.now);
            idle.run(Time.SECOND);
            assertThat(Pipe.messages(idle.eventsOfB)).hasSize(1);
        }
    }

    @Test
    void C13_whatExpiresUnsentCostsNothing() {
        SctpAssociation association = new SctpAssociation(SctpOptions.defaults(), new SeededRandom(1));
        for (int i = 0; i < 10; i++) {
            association.send(1, 53, new byte[500], new SendOptions(false, -1, 10 * Time.MILLISECOND), 0);
        }
        byte[] ours = SctpInit.generate(SctpOptions.defaults(), new SeededRandom(2));
        byte[] theirs = SctpInit.generate(SctpOptions.defaults(), new SeededRandom(3));
        association.connect(ours, theirs, Time.SECOND);
        assertThat(association.pollTransmit(new byte[1_200], 0, Time.SECOND)).isZero();
        assertThat(association.counters().abandonedUnsent()).isEqualTo(10);
        assertThat(association.bufferedAmount(1)).isZero();
    }

    /** RFC 3758 3.5: a FORWARD TSN that is lost is sent again, however often. */
    @Test
    void F05_forwardTsnsAreNotLostForEver() {
        for (boolean interleaving : new boolean[] {true, false}) {
            for (int losses = 1; losses < 12; losses++) {
                Pipe pipe = pipe(interleaving);
                pipe.drop(0, losses);
                pipe.a.send(1, 53, new byte[500], new SendOptions(false, 0, Time.NEVER), pipe.now);
                pipe.run(Time.SECOND);
                pipe.a.send(1, 53, new byte[500], SendOptions.RELIABLE, pipe.now);
                pipe.run(60 * Time.SECOND);
                assertThat(Pipe.messages(pipe.eventsOfB))
                        .as("%s losses", losses)
                        .hasSize(1);
                assertThat(pipe.a.sendHeapBytes()).as("%s losses", losses).isZero();
                assertThat(pipe.b.receiveHeapBytes()).isZero();
            }
        }
    }
}
