package dev.yodel.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.sctp.packet.Capabilities;
import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.ChunkType;
import dev.yodel.sctp.packet.DataChunk;
import dev.yodel.sctp.packet.ForwardTsnChunk;
import dev.yodel.sctp.packet.InitChunk;
import dev.yodel.sctp.packet.OpaqueChunk;
import dev.yodel.sctp.packet.ReConfigChunk;
import dev.yodel.sctp.packet.ReConfigParameter;
import dev.yodel.sctp.packet.SackChunk;
import dev.yodel.sctp.packet.SctpPacket;
import dev.yodel.sctp.packet.SignalChunk;
import dev.yodel.sctp.packet.UnknownChunk;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A peer that has the DTLS keys and means ill, driven packet by packet. */
class HostilePeerTest {
    private static final int PEER_TAG = 0x1234;
    private static final int PEER_TSN = 1000;
    private static final Capabilities ALL = new Capabilities(true, true, false, true);

    private final SctpAssociation victim = new SctpAssociation(
            new SctpOptions(5000, 5000, 1188, 1 << 20, 1 << 20, 256 << 10, 256 << 10), new SeededRandom(1));
    private final byte[] buffer = new byte[2000];
    private long now = Time.SECOND;
    private int victimTag;
    private int victimTsn;
    private long repliedBytes;

    private static byte[] packet(int tag, Chunk... chunks) {
        ByteWriter out = new ByteWriter(65_000);
        SctpPacket.writeHeader(out, 5000, 5000, tag);
        for (Chunk chunk : chunks) {
            chunk.write(out);
            out.padTo(4);
        }
        byte[] packet = out.toByteArray();
        SctpPacket.seal(packet, 0, packet.length);
        return packet;
    }

    private List<Chunk> give(int tag, Chunk... chunks) {
        byte[] packet = packet(tag, chunks);
        victim.handlePacket(packet, 0, packet.length, now);
        return replies();
    }

    private List<Chunk> replies() {
        List<Chunk> replies = new ArrayList<>();
        int length = victim.pollTransmit(buffer, 0, now);
        while (length > 0) {
            repliedBytes += length;
            SctpPacket parsed = SctpPacket.parse(buffer.clone(), 0, length);
            assertThat(parsed).isNotNull();
            replies.addAll(parsed.chunks());
            length = victim.pollTransmit(buffer, 0, now);
        }
        return replies;
    }

    private static InitChunk init(int tag) {
        return new InitChunk(tag, 1 << 20, 65535, 65535, PEER_TSN, ALL, null);
    }

    private byte[] cookie() {
        InitChunk ack = (InitChunk) give(0, init(PEER_TAG)).get(0);
        victimTag = ack.initiateTag();
        victimTsn = ack.initialTsn();
        byte[] cookie = ack.cookie();
        return cookie == null ? Bytes.EMPTY : cookie;
    }

    private void establish() {
        byte[] cookie = cookie();
        assertThat(give(victimTag, new OpaqueChunk(ChunkType.COOKIE_ECHO, 0, cookie)))
                .contains(new SignalChunk(ChunkType.COOKIE_ACK, 0));
        assertThat(victim.state()).isEqualTo(SctpState.ESTABLISHED);
        assertThat(victim.pollEvent()).isInstanceOf(SctpEvent.Connected.class);
    }

    private static DataChunk data(int flags, int tsn, int streamId, int ssn, int length) {
        return new DataChunk(flags, tsn, streamId, ssn, 53, new byte[length], 0, length);
    }

    @Test
    void C04_tags() {
        establish();
        int wrong = victimTag + 1;
        give(wrong, data(3, PEER_TSN, 0, 0, 10));
        give(0, data(3, PEER_TSN, 0, 0, 10));
        give(wrong, new OpaqueChunk(ChunkType.ABORT, 0, Bytes.EMPTY));
        give(wrong, new OpaqueChunk(ChunkType.ABORT, 1, Bytes.EMPTY));
        give(PEER_TAG, new OpaqueChunk(ChunkType.ABORT, 0, Bytes.EMPTY));
        give(victimTag, new OpaqueChunk(ChunkType.ABORT, 1, Bytes.EMPTY));
        give(PEER_TAG, new SignalChunk(ChunkType.SHUTDOWN_ACK, 1));
        give(0, init(5), new SignalChunk(ChunkType.COOKIE_ACK, 0));
        give(victimTag, init(5));
        assertThat(victim.counters().wrongTags()).isEqualTo(9);
        assertThat(victim.state()).isEqualTo(SctpState.ESTABLISHED);
        assertThat(victim.pollEvent()).isNull();
        give(PEER_TAG, new OpaqueChunk(ChunkType.ABORT, 1, Bytes.EMPTY));
        assertThat(victim.state()).isEqualTo(SctpState.CLOSED);
        assertThat(victim.pollEvent()).isInstanceOf(SctpEvent.Failed.class);
    }

    @Test
    void C05_aFloodOfInitsLeavesNoState() {
        for (int i = 1; i <= 100_000; i++) {
            assertThat(give(0, init(i))).hasSize(1);
        }
        assertThat(victim.state()).isEqualTo(SctpState.NEW);
        assertThat(victim.nextTimeout()).isEqualTo(Time.NEVER);
        assertThat(victim.pollEvent()).isNull();
    }

    @Test
    void C06_forgedStaleAndRepeatedCookies() {
        byte[] cookie = cookie();
        for (int bit = 0; bit < cookie.length * 8; bit++) {
            byte[] forged = cookie.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(give(victimTag, new OpaqueChunk(ChunkType.COOKIE_ECHO, 0, forged)))
                    .isEmpty();
        }
        give(victimTag, new OpaqueChunk(ChunkType.COOKIE_ECHO, 0, new byte[60_000]));
        give(victimTag, new OpaqueChunk(ChunkType.COOKIE_ECHO, 0, Bytes.EMPTY));
        assertThat(victim.state()).isEqualTo(SctpState.NEW);
        now += 61 * Time.SECOND;
        assertThat(give(victimTag, new OpaqueChunk(ChunkType.COOKIE_ECHO, 0, cookie)))
                .isEmpty();
        establish();
        give(victimTag, data(3, PEER_TSN, 0, 0, 10));
        assertThat(give(victimTag, new OpaqueChunk(ChunkType.COOKIE_ECHO, 0, cookie)))
                .isEmpty();
        assertThat(victim.pollEvent()).isInstanceOf(SctpEvent.Message.class);
        assertThat(victim.pollEvent()).isNull();
    }

    @Test
    void C09_piecesThatNeverEndStayWithinTheBuffer() {
        establish();
        // A first piece on every stream, each behind a hole.
        for (int i = 0; i < 65_535; i++) {
            give(victimTag, data(DataChunk.FLAG_BEGIN, PEER_TSN + 1 + 2 * (i % 32_000), i, 0, 1));
            assertThat(victim.receiveHeapBytes()).isLessThan(2L << 20);
        }
        for (int i = 0; i < 100_000; i++) {
            give(victimTag, data(DataChunk.FLAG_UNORDERED, PEER_TSN + 2 + i, 1, 0, 1));
            assertThat(victim.receiveHeapBytes()).isLessThan(2L << 20);
        }
    }

    @Test
    void C12_requestsOutOfTurnAreRefusedAndRepeatedOnesAnsweredAlike() {
        establish();
        ReConfigParameter first = new ReConfigParameter.OutgoingReset(PEER_TSN, 0, PEER_TSN - 1, new int[] {1});
        for (int round = 0; round < 3; round++) {
            assertThat(give(victimTag, new ReConfigChunk(List.of(first))))
                    .containsExactly(new ReConfigChunk(List.of(new ReConfigParameter.Response(PEER_TSN, 1))));
        }
        assertThat(victim.pollEvent()).isInstanceOf(SctpEvent.RemoteStreamsReset.class);
        assertThat(victim.pollEvent()).isNull();
        for (int number : new int[] {PEER_TSN - 1, PEER_TSN + 2, 0}) {
            ReConfigParameter wrong = new ReConfigParameter.OutgoingReset(number, 0, PEER_TSN - 1, new int[16_000]);
            assertThat(give(victimTag, new ReConfigChunk(List.of(wrong))))
                    .containsExactly(new ReConfigChunk(List.of(new ReConfigParameter.Response(number, 5))));
        }
        assertThat(give(victimTag, new ReConfigChunk(List.of(new ReConfigParameter.Response(victimTsn, 1)))))
                .isEmpty();
        assertThat(victim.pollEvent()).isNull();
    }

    @Test
    void C13_forwardTsnFarAheadIsNotBelieved() {
        establish();
        give(victimTag, new ForwardTsnChunk(Integer.MIN_VALUE + PEER_TSN - 1, new int[20_000]));
        give(victimTag, new ForwardTsnChunk(PEER_TSN - 5, new int[0]));
        give(victimTag, data(3, PEER_TSN, 0, 0, 10));
        assertThat(victim.pollEvent()).isInstanceOf(SctpEvent.Message.class);
    }

    @Test
    void C14_acknowledgementsOfWhatWasNeverSent() {
        establish();
        for (int i = 0; i < 100; i++) {
            victim.send(1, 53, new byte[1000], SendOptions.RELIABLE, now);
        }
        long sent = replies().size();
        long window = victim.congestionWindowBytes();
        long heap = victim.sendHeapBytes();
        for (int ahead : new int[] {200, 1000, Integer.MAX_VALUE, -100}) {
            assertThat(give(victimTag, new SackChunk(victimTsn + ahead, 1 << 20, new int[0], new int[0])))
                    .isEmpty();
        }
        give(victimTag, new SackChunk(victimTsn - 1, 1 << 20, new int[] {500, 600, 3, 2, 0, 0}, new int[0]));
        assertThat(sent).isLessThan(100);
        assertThat(victim.congestionWindowBytes()).isEqualTo(window);
        assertThat(victim.sendHeapBytes()).isEqualTo(heap);
    }

    @Test
    void C15_answersAreNoLargerThanWhatTheyAnswer() {
        establish();
        repliedBytes = 0;
        long given = 0;
        OpaqueChunk[] heartbeats = new OpaqueChunk[200];
        java.util.Arrays.fill(heartbeats, new OpaqueChunk(ChunkType.HEARTBEAT, 0, Bytes.EMPTY));
        OpaqueChunk[] errors = new OpaqueChunk[300];
        java.util.Arrays.fill(errors, new OpaqueChunk(ChunkType.ERROR, 0, new byte[8]));
        for (int i = 0; i < 100; i++) {
            given += packet(victimTag, heartbeats).length;
            give(victimTag, heartbeats);
            assertThat(give(victimTag, errors)).isEmpty();
            UnknownChunk[] unknown = {new UnknownChunk(255, 0, new byte[36]), new UnknownChunk(63, 0, Bytes.EMPTY)};
            given += packet(victimTag, unknown).length;
            give(victimTag, unknown);
        }
        assertThat(repliedBytes).isPositive().isLessThanOrEqualTo(given);
    }
}
