package dev.yodel.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.ChunkType;
import dev.yodel.sctp.packet.InitChunk;
import dev.yodel.sctp.packet.OpaqueChunk;
import dev.yodel.sctp.packet.SackChunk;
import dev.yodel.sctp.packet.SctpPacket;
import dev.yodel.sctp.packet.ShutdownChunk;
import dev.yodel.sctp.packet.SignalChunk;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Openings that go wrong or are made to: RFC 9260 5 and 8.5, in the order of ETSI's conformance scenarios. */
class HostileHandshakeTest {
    private enum Tag {
        OURS,
        ZERO,
        PEERS,
        WRONG
    }

    private enum Effect {
        /** The tag is refused; nothing else changes. */
        REFUSED,
        /** The tag is taken. */
        TAKEN,
        /** The tag is taken and the association ends by it. */
        ENDS
    }

    private record Row(Supplier<HostilePeer> state, Tag tag, List<Chunk> chunks, Effect effect) {}

    private static final Chunk ABORT = new OpaqueChunk(ChunkType.ABORT, 0, Bytes.EMPTY);
    private static final Chunk ABORT_REFLECTED = new OpaqueChunk(ChunkType.ABORT, 1, Bytes.EMPTY);
    private static final Chunk COMPLETE = new SignalChunk(ChunkType.SHUTDOWN_COMPLETE, 0);
    private static final Chunk COMPLETE_REFLECTED = new SignalChunk(ChunkType.SHUTDOWN_COMPLETE, 1);
    private static final Chunk HEARTBEAT = new OpaqueChunk(ChunkType.HEARTBEAT, 0, Bytes.EMPTY);
    private static final Chunk DATA = HostilePeer.data(3, HostilePeer.TSN, 0, 0, 10);
    private static final Chunk INIT =
            new InitChunk(5, 1 << 20, 65_535, 65_535, HostilePeer.TSN, HostilePeer.PLAIN, null);
    private static final Chunk ECHO = new OpaqueChunk(ChunkType.COOKIE_ECHO, 0, new byte[76]);

    private static HostilePeer fresh() {
        return new HostilePeer();
    }

    private static HostilePeer waiting() {
        HostilePeer peer = new HostilePeer();
        peer.begin();
        return peer;
    }

    private static HostilePeer shutdownAckSent() {
        HostilePeer peer = HostilePeer.established();
        peer.give(peer.victimTag, new ShutdownChunk(peer.victimTsn - 1));
        assertThat(peer.victim.state()).isEqualTo(SctpState.SHUTDOWN_ACK_SENT);
        return peer;
    }

    private static Row row(Supplier<HostilePeer> state, Tag tag, Effect effect, Chunk... chunks) {
        return new Row(state, tag, List.of(chunks), effect);
    }

    /** RFC 9260 8.5 and 8.5.1. */
    private static final List<Row> TAGS = List.of(
            // Anything but INIT, COOKIE ECHO and what reflects needs our own tag.
            row(HostilePeer::established, Tag.OURS, Effect.TAKEN, DATA),
            row(HostilePeer::established, Tag.WRONG, Effect.REFUSED, DATA),
            row(HostilePeer::established, Tag.ZERO, Effect.REFUSED, DATA),
            row(HostilePeer::established, Tag.PEERS, Effect.REFUSED, DATA),
            row(HostilePeer::established, Tag.WRONG, Effect.REFUSED, HEARTBEAT),
            row(HostilePeer::established, Tag.ZERO, Effect.REFUSED, new ShutdownChunk(0)),
            row(HostilePeer::established, Tag.PEERS, Effect.REFUSED, new SignalChunk(ChunkType.SHUTDOWN_ACK, 1)),
            // A: an INIT has tag 0 and is alone.
            row(HostilePeer::established, Tag.ZERO, Effect.TAKEN, INIT),
            row(HostilePeer::established, Tag.OURS, Effect.REFUSED, INIT),
            row(HostilePeer::established, Tag.ZERO, Effect.REFUSED, INIT, HEARTBEAT),
            row(HostilePeer::established, Tag.ZERO, Effect.REFUSED, INIT, INIT),
            row(HostilePeer::established, Tag.OURS, Effect.REFUSED, HEARTBEAT, INIT),
            // B: an ABORT has our tag, or with the T bit the peer's.
            row(HostilePeer::established, Tag.OURS, Effect.ENDS, ABORT),
            row(HostilePeer::established, Tag.PEERS, Effect.ENDS, ABORT_REFLECTED),
            row(HostilePeer::established, Tag.OURS, Effect.REFUSED, ABORT_REFLECTED),
            row(HostilePeer::established, Tag.PEERS, Effect.REFUSED, ABORT),
            row(HostilePeer::established, Tag.WRONG, Effect.REFUSED, ABORT),
            row(HostilePeer::established, Tag.WRONG, Effect.REFUSED, ABORT_REFLECTED),
            row(HostilePeer::established, Tag.ZERO, Effect.REFUSED, ABORT_REFLECTED),
            row(HostileHandshakeTest::waiting, Tag.OURS, Effect.ENDS, ABORT),
            row(HostileHandshakeTest::waiting, Tag.ZERO, Effect.REFUSED, ABORT_REFLECTED),
            // C: the same for SHUTDOWN COMPLETE.
            row(HostileHandshakeTest::shutdownAckSent, Tag.OURS, Effect.ENDS, COMPLETE),
            row(HostileHandshakeTest::shutdownAckSent, Tag.PEERS, Effect.ENDS, COMPLETE_REFLECTED),
            row(HostileHandshakeTest::shutdownAckSent, Tag.OURS, Effect.REFUSED, COMPLETE_REFLECTED),
            row(HostileHandshakeTest::shutdownAckSent, Tag.PEERS, Effect.REFUSED, COMPLETE),
            row(HostileHandshakeTest::shutdownAckSent, Tag.WRONG, Effect.REFUSED, COMPLETE),
            // D: the tag of a COOKIE ECHO is judged by its cookie, but there is one.
            row(HostilePeer::established, Tag.WRONG, Effect.TAKEN, ECHO),
            row(HostilePeer::established, Tag.ZERO, Effect.REFUSED, ECHO),
            // Where there is no tag of ours, none is right.
            row(HostileHandshakeTest::fresh, Tag.ZERO, Effect.REFUSED, DATA),
            row(HostileHandshakeTest::fresh, Tag.WRONG, Effect.REFUSED, ABORT),
            row(HostileHandshakeTest::fresh, Tag.ZERO, Effect.REFUSED, ABORT_REFLECTED),
            row(HostileHandshakeTest::waiting, Tag.OURS, Effect.TAKEN, DATA),
            row(HostileHandshakeTest::waiting, Tag.WRONG, Effect.REFUSED, new SackChunk(0, 9, new int[0], new int[0])));

    @Test
    void C04_tags() {
        assertThat(TAGS).hasSizeGreaterThanOrEqualTo(30);
        for (Row row : TAGS) {
            HostilePeer peer = row.state.get();
            int tag =
                    switch (row.tag) {
                        case OURS -> peer.victimTag;
                        case ZERO -> 0;
                        case PEERS -> HostilePeer.TAG;
                        case WRONG -> peer.victimTag + 1;
                    };
            SctpState before = peer.victim.state();
            long refused = peer.victim.counters().wrongTags();
            List<Chunk> answer = peer.give(tag, row.chunks.toArray(new Chunk[0]));
            assertThat(peer.victim.counters().wrongTags() - refused)
                    .as("%s", row)
                    .isEqualTo(row.effect == Effect.REFUSED ? 1 : 0);
            if (row.effect == Effect.REFUSED) {
                assertThat(answer).as("%s", row).isEmpty();
                assertThat(peer.events()).as("%s", row).isEmpty();
            }
            assertThat(peer.victim.state())
                    .as("%s", row)
                    .isEqualTo(row.effect == Effect.ENDS ? SctpState.CLOSED : before);
        }
    }

    @Test
    void C05_aFloodOfInitsLeavesNoState() {
        HostilePeer peer = new HostilePeer();
        // What the JVM itself keeps of code that runs for the first time is not counted.
        for (int i = 1; i <= 20_000; i++) {
            peer.give(0, peer.init(i));
        }
        long before = HostilePeer.usedHeap();
        for (int i = 1; i <= 100_000; i++) {
            peer.give(0, peer.init(i));
        }
        assertThat(peer.victim.state()).isEqualTo(SctpState.NEW);
        assertThat(peer.victim.nextTimeout()).isEqualTo(Time.NEVER);
        assertThat(peer.events()).isEmpty();
        assertThat(HostilePeer.usedHeap() - before).isLessThan(1 << 20);
        // Not drained, they pile up to sixteen answers.
        HostilePeer full = new HostilePeer();
        for (int i = 1; i <= 1_000; i++) {
            full.put(full.init(i));
        }
        assertThat(full.drain()).hasSize(16);
        assertThat(full.victim.counters().droppedChunks()).isEqualTo(1_000 - 16);
    }

    @Test
    void C05_anInitThatCannotBeIsNotAnswered() {
        for (int at : new int[] {4, 12, 14}) {
            byte[] init = SctpInit.generate(HostilePeer.OPTIONS, new SeededRandom(1));
            Bytes.put16(init, at, 0);
            Bytes.put16(init, at == 4 ? 6 : at, 0);
            InitChunk spoiled = InitChunk.parse(init);
            assertThat(spoiled).isNotNull();
            HostilePeer peer = new HostilePeer();
            assertThat(peer.give(0, spoiled)).isEmpty();
            assertThat(peer.victim.counters().droppedChunks()).isEqualTo(1);
        }
    }

    /** The table of RFC 9260 5.2.4, and what leads to it. */
    @Test
    void C05_cookieEchoesInEveryState() {
        // A: a restart, by an INIT in the established state, which changes nothing by itself.
        HostilePeer peer = HostilePeer.established();
        byte[] late = peer.cookie(77);
        int lateTag = peer.victimTag;
        byte[] restart = peer.cookie(78);
        assertThat(peer.victim.state()).isEqualTo(SctpState.ESTABLISHED);
        assertThat(peer.echo(restart)).contains(new SignalChunk(ChunkType.COOKIE_ACK, 0));
        assertThat(peer.events()).hasSize(2).first().isInstanceOf(SctpEvent.Restarted.class);
        // The ties of the cookie before are to what is gone.
        int tag = peer.victimTag;
        peer.victimTag = lateTag;
        assertThat(peer.echo(late)).isEmpty();
        peer.victimTag = tag;
        assertThat(peer.events()).isEmpty();
        // D: the same cookie again is answered again and is no news.
        assertThat(peer.echo(restart)).containsExactly(new SignalChunk(ChunkType.COOKIE_ACK, 0));
        assertThat(peer.events()).isEmpty();
        assertThat(peer.victim.state()).isEqualTo(SctpState.ESTABLISHED);

        // B: both opened at once; the INIT of a peer that we asked, too, is answered with our own tag.
        HostilePeer both = new HostilePeer();
        int ours = both.begin().initiateTag();
        byte[] simultaneous = both.cookie(HostilePeer.TAG);
        assertThat(both.victimTag).isEqualTo(ours);
        both.echo(simultaneous);
        assertThat(both.victim.state()).isEqualTo(SctpState.ESTABLISHED);

        // C: an old cookie with our peer's tag and without ties.
        HostilePeer old = new HostilePeer();
        byte[] first = old.cookie(HostilePeer.TAG);
        int firstTag = old.victimTag;
        old.establish();
        old.victimTag = firstTag;
        assertThat(old.echo(first)).isEmpty();
        assertThat(old.events()).isEmpty();

        // At the end neither a restart nor an INIT begins anything; 9.2 says what is answered.
        HostilePeer ending = HostilePeer.established();
        byte[] tooLate = ending.cookie(99);
        HostilePeer ended = shutdownAckSent();
        assertThat(ended.give(0, ended.init(9))).containsExactly(new SignalChunk(ChunkType.SHUTDOWN_ACK, 0));
        ending.victim.close(ending.now);
        ending.drain();
        assertThat(ending.victim.state()).isEqualTo(SctpState.SHUTDOWN_SENT);
        assertThat(ending.echo(tooLate)).isNotEmpty();
        assertThat(ending.victim.state()).isEqualTo(SctpState.ESTABLISHED);
    }

    /** Chunks in states where they mean nothing. */
    @Test
    void C05_chunksOutOfTheirStateAreIgnored() {
        List<Supplier<HostilePeer>> states =
                List.of(HostileHandshakeTest::waiting, HostilePeer::cookieEchoed, HostilePeer::established);
        for (Supplier<HostilePeer> state : states) {
            HostilePeer peer = state.get();
            SctpState before = peer.victim.state();
            int tag = peer.victimTag;
            if (before != SctpState.COOKIE_WAIT) {
                assertThat(peer.give(tag, peer.initAck(9, new byte[9]))).isEmpty();
            }
            if (before != SctpState.COOKIE_ECHOED) {
                assertThat(peer.give(tag, new SignalChunk(ChunkType.COOKIE_ACK, 0)))
                        .isEmpty();
            }
            assertThat(peer.give(tag, new SignalChunk(ChunkType.SHUTDOWN_ACK, 0)))
                    .isEmpty();
            assertThat(peer.give(tag, COMPLETE)).isEmpty();
            assertThat(peer.give(tag, new OpaqueChunk(ChunkType.ERROR, 0, new byte[] {0, 3, 0, 8, 0, 0, 0, 1})))
                    .isEmpty();
            assertThat(peer.give(tag, new OpaqueChunk(ChunkType.HEARTBEAT_ACK, 0, new byte[20])))
                    .isEmpty();
            if (before != SctpState.ESTABLISHED) {
                peer.give(tag, DATA);
                peer.give(tag, new ShutdownChunk(0));
                peer.give(tag, new SackChunk(peer.victimTsn, 1 << 20, new int[0], new int[0]));
            }
            assertThat(peer.victim.state()).isEqualTo(before);
            assertThat(peer.events()).isEmpty();
        }
    }

    @Test
    void C05_initsAreSentAgainEightTimesAndThenGivenUp() {
        HostilePeer peer = waiting();
        int sent = 1;
        long begun = peer.now;
        while (peer.victim.nextTimeout() != Time.NEVER) {
            peer.now = peer.victim.nextTimeout();
            peer.victim.handleTimeout(peer.now);
            sent += peer.drain().size();
        }
        assertThat(sent).isEqualTo(9);
        assertThat(peer.now - begun).isBetween(15 * Time.SECOND, 30 * Time.SECOND);
        assertThat(peer.events()).singleElement().isInstanceOfSatisfying(SctpEvent.Failed.class, failed -> assertThat(
                        failed.reason())
                .isEqualTo(SctpEvent.Reason.NO_ANSWER));
    }

    @Test
    void F26_anAssociationThatNobodyAnswersFails() {
        HostilePeer peer = HostilePeer.cookieEchoed();
        int sent = 0;
        while (peer.victim.nextTimeout() != Time.NEVER) {
            peer.now = peer.victim.nextTimeout();
            peer.victim.handleTimeout(peer.now);
            sent += peer.drain().size();
        }
        assertThat(sent).isEqualTo(8);
        assertThat(peer.events()).singleElement().isInstanceOf(SctpEvent.Failed.class);
        assertThat(peer.victim.state()).isEqualTo(SctpState.CLOSED);
    }

    @Test
    void C06_forgedCookies() {
        HostilePeer peer = new HostilePeer();
        byte[] cookie = peer.cookie(HostilePeer.TAG);
        for (int bit = 0; bit < cookie.length * 8; bit++) {
            byte[] forged = cookie.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(peer.echo(forged)).isEmpty();
        }
        for (int length = 0; length < 2 * cookie.length; length++) {
            if (length != cookie.length) {
                assertThat(peer.echo(Arrays.copyOf(cookie, length))).isEmpty();
            }
        }
        assertThat(peer.echo(new byte[60_000])).isEmpty();
        // Right, but with another's tag; right, but of another association.
        peer.victimTag++;
        assertThat(peer.echo(cookie)).isEmpty();
        SctpAssociation other = new SctpAssociation(HostilePeer.OPTIONS, new SeededRandom(2));
        HostilePeer stranger = new HostilePeer();
        byte[] foreign = stranger.cookie(HostilePeer.TAG);
        byte[] packet = echoPacket(stranger.victimTag, foreign);
        other.handlePacket(packet, 0, packet.length, stranger.now);
        assertThat(other.state()).isEqualTo(SctpState.NEW);
        assertThat(other.counters().badCookies()).isEqualTo(1);
        assertThat(peer.victim.state()).isEqualTo(SctpState.NEW);
        assertThat(peer.victim.counters().badCookies()).isEqualTo(cookie.length * 8L + 2L * cookie.length - 1 + 2);
    }

    private static byte[] echoPacket(int tag, byte[] cookie) {
        ByteWriter out = new ByteWriter(200);
        SctpPacket.writeHeader(out, 5000, 5000, tag);
        new OpaqueChunk(ChunkType.COOKIE_ECHO, 0, cookie).write(out);
        byte[] packet = out.toByteArray();
        SctpPacket.seal(packet, 0, packet.length);
        return packet;
    }

    @Test
    void C06_cookiesLiveForAMinuteAndServeOnce() {
        for (long age : new long[] {0, 59, 60, 61, 3_600}) {
            HostilePeer peer = new HostilePeer();
            byte[] cookie = peer.cookie(HostilePeer.TAG);
            peer.now += age * Time.SECOND;
            peer.echo(cookie);
            assertThat(peer.victim.state())
                    .as("%s s", age)
                    .isEqualTo(age <= 60 ? SctpState.ESTABLISHED : SctpState.NEW);
        }
        HostilePeer peer = new HostilePeer();
        byte[] cookie = peer.cookie(HostilePeer.TAG);
        peer.echo(cookie);
        peer.give(peer.victimTag, DATA);
        assertThat(peer.events()).hasSize(2);
        for (int i = 0; i < 100; i++) {
            peer.echo(cookie);
        }
        assertThat(peer.events()).isEmpty();
        peer.give(peer.victimTag, HostilePeer.data(3, HostilePeer.TSN + 1, 0, 1, 10));
        assertThat(peer.events()).hasSize(1);
        // An association that has ended is not begun again by its cookie.
        peer.give(peer.victimTag, ABORT);
        peer.events();
        assertThat(peer.echo(cookie)).isEmpty();
        assertThat(peer.victim.state()).isEqualTo(SctpState.CLOSED);
    }

    @Test
    void C06_aCookieTooLargeToReturnIsNotTaken() {
        for (int length : new int[] {1_000, 1_172, 1_173, 60_000}) {
            HostilePeer peer = waiting();
            List<Chunk> answer = peer.give(peer.victimTag, peer.initAck(HostilePeer.TAG, new byte[length]));
            assertThat(answer).as("%s bytes", length).hasSize(length <= 1_172 ? 1 : 0);
            assertThat(peer.victim.state())
                    .as("%s bytes", length)
                    .isEqualTo(length <= 1_172 ? SctpState.COOKIE_ECHOED : SctpState.COOKIE_WAIT);
        }
    }

    @Test
    void C20_anAssociationThatWasNotOpenedKeepsNothingOfWhatComes() {
        SplittableRandom random = new SplittableRandom(20);
        HostilePeer peer = new HostilePeer();
        byte[] packet = new byte[1_200];
        long before = HostilePeer.usedHeap();
        for (int i = 0; i < 50_000; i++) {
            random.nextBytes(packet);
            int length = random.nextInt(packet.length + 1);
            if (length >= 12) {
                Bytes.put32(packet, 8, 0);
            }
            peer.give(packet, 0, length);
            peer.discard();
        }
        assertThat(peer.victim.state()).isEqualTo(SctpState.NEW);
        assertThat(peer.victim.nextTimeout()).isEqualTo(Time.NEVER);
        assertThat(peer.victim.receiveHeapBytes()).isZero();
        assertThat(peer.events()).isEmpty();
        assertThat(HostilePeer.usedHeap() - before).isLessThan(1 << 20);
    }
}
