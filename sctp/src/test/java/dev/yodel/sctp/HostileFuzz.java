package dev.yodel.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.ChunkType;
import dev.yodel.sctp.packet.DataChunk;
import dev.yodel.sctp.packet.ForwardTsnChunk;
import dev.yodel.sctp.packet.InitChunk;
import dev.yodel.sctp.packet.InterleavedForwardChunk;
import dev.yodel.sctp.packet.OpaqueChunk;
import dev.yodel.sctp.packet.ReConfigChunk;
import dev.yodel.sctp.packet.ReConfigParameter;
import dev.yodel.sctp.packet.SackChunk;
import dev.yodel.sctp.packet.SctpPacket;
import dev.yodel.sctp.packet.ShutdownChunk;
import dev.yodel.sctp.packet.SignalChunk;
import dev.yodel.sctp.packet.UnknownChunk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A hostile peer that follows the association's state: it knows the tags, acknowledges what it sees or does not see, and
 * sends chunks that nearly fit, several to a packet, spoiled now and then.
 */
final class HostileFuzz {
    static final SctpOptions SMALL = new SctpOptions(5000, 5000, 1188, 200_000, 300_000, 60_000, 60_000);

    final HostilePeer peer;
    private final SplittableRandom random;
    private int cumulative = HostilePeer.TSN - 1;
    private int victimHighest;
    private int request = HostilePeer.TSN;
    private byte[] cookie = Bytes.EMPTY;
    private int cookieTag;
    private int message;
    /** The last event seen: why it ended, if it did. */
    @Nullable
    SctpEvent last;

    private int open;

    /** The highest TSN that was sent beyond the next one. */
    private int highestAhead;

    private int openStream;
    private int openFragment;
    private final int[] openNumber = new int[4];

    HostileFuzz(long seed) {
        random = new SplittableRandom(seed);
        SctpOptions options = SMALL.withPiecesAbove(seed % 3 == 0 ? 5_000 : -1).withZeroChecksum(seed % 5 != 0);
        peer = new HostilePeer(options, seed % 2 == 0 ? HostilePeer.INTERLEAVED : HostilePeer.PLAIN);
    }

    private int near(int value) {
        return switch (random.nextInt(12)) {
            case 0 -> random.nextInt();
            case 1 -> value + random.nextInt(-70_000, 70_000);
            case 2, 3 -> value + random.nextInt(-20, 300);
            default -> value + random.nextInt(0, 4);
        };
    }

    /** A piece that mostly goes on with what was sent before, so that the association lives to see more. */
    private Chunk data() {
        boolean isWild = random.nextInt(1_500) == 0;
        if (open == 0 && highestAhead - cumulative <= 0 && random.nextInt(5) == 0) {
            open = 2 + random.nextInt(6);
            openStream = random.nextInt(4);
            openFragment = 0;
        }
        int flags = isWild ? random.nextInt(16) : 3 | random.nextInt(2) * 4;
        int fragment = isWild ? random.nextInt(5) : 0;
        int streamId = random.nextInt(20) == 0 ? random.nextInt(65_536) : random.nextInt(4, 8);
        int number = random.nextInt(4) == 0 ? near(message) : message++ / 4;
        int tsn = random.nextInt(4) == 0 ? cumulative + 1 - random.nextInt(20) : cumulative + 1;
        if (open > 0 && !isWild && tsn == cumulative + 1) {
            flags = (openFragment == 0 ? DataChunk.FLAG_BEGIN : 0) | (open == 1 ? DataChunk.FLAG_END : 0);
            streamId = openStream;
            fragment = openFragment++;
            number = openNumber[openStream];
            open--;
            if (open == 0) {
                openNumber[openStream]++;
            }
        } else if (open == 0 && random.nextInt(6) == 0) {
            // Behind a hole; a whole one, so that nothing contradicts it.
            tsn = near(cumulative + 2 + random.nextInt(50));
            highestAhead = Math.max(highestAhead, tsn);
        }
        if (tsn == cumulative + 1) {
            cumulative++;
        }
        boolean interleaved = peer.capabilities.interleaving() != (random.nextInt(20_000) == 0);
        int length = 1 + random.nextInt(random.nextInt(4) == 0 ? 1_000 : 40);
        return new DataChunk(
                interleaved,
                flags,
                tsn,
                streamId,
                number,
                interleaved ? fragment : 0,
                random.nextInt(60),
                new byte[length],
                0,
                length);
    }

    private int[] ints(int most, int bound) {
        int[] ints = new int[random.nextInt(most)];
        Arrays.setAll(ints, i -> random.nextInt(bound));
        return ints;
    }

    private Chunk sack() {
        int[] gaps = new int[2 * random.nextInt(random.nextInt(3) == 0 ? 60 : 3)];
        int at = 1;
        for (int i = 0; i < gaps.length; i++) {
            at += random.nextInt(4);
            gaps[i] = at & 0xffff;
        }
        int acked = random.nextInt(3) == 0 ? near(victimHighest) : victimHighest - random.nextInt(20);
        int window = random.nextInt(4) == 0 ? random.nextInt() : 1 << 20;
        return new SackChunk(acked, window, gaps, ints(3, Integer.MAX_VALUE));
    }

    private Chunk forward() {
        int tsn = random.nextInt(3) == 0 ? near(cumulative) : cumulative + random.nextInt(10);
        if (tsn - cumulative > 0 && tsn - cumulative < 10) {
            cumulative = tsn;
        }
        if (!peer.capabilities.interleaving()) {
            return new ForwardTsnChunk(tsn, ints(8, 10).length % 2 == 0 ? ints(2, 9) : new int[] {1, message});
        }
        List<InterleavedForwardChunk.Skip> skips = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            skips.add(new InterleavedForwardChunk.Skip(random.nextInt(5), random.nextBoolean(), near(message / 4)));
        }
        return new InterleavedForwardChunk(tsn, skips);
    }

    private ReConfigParameter request() {
        int number = random.nextInt(4) == 0 ? near(request) : request++;
        return switch (random.nextInt(6)) {
            case 0 -> new ReConfigParameter.IncomingReset(number, ints(5, 65_536));
            case 1 -> new ReConfigParameter.AddStreams(random.nextBoolean(), number, random.nextInt(65_536));
            case 2 -> new ReConfigParameter.OtherRequest(random.nextInt(15, 40), number);
            case 3 -> new ReConfigParameter.Response(near(peer.victimTsn), random.nextInt(8));
            default -> new ReConfigParameter.OutgoingReset(number, random.nextInt(), near(cumulative), ints(6, 8));
        };
    }

    private Chunk chunk() {
        return switch (random.nextInt(40)) {
            case 0 -> new OpaqueChunk(ChunkType.HEARTBEAT, 0, new byte[random.nextInt(60)]);
            case 1 -> new OpaqueChunk(ChunkType.HEARTBEAT_ACK, 0, new byte[random.nextInt(40)]);
            case 2 -> new OpaqueChunk(ChunkType.ERROR, 0, new byte[random.nextInt(40)]);
            case 3 -> new UnknownChunk(random.nextInt(15, 256), random.nextInt(256), new byte[random.nextInt(30)]);
            case 4, 5 -> new ReConfigChunk(List.of(request()));
            case 6 -> new ReConfigChunk(List.of(request(), request()));
            case 7, 8, 9 -> forward();
            case 10, 11, 12, 13, 14, 15, 16, 17 -> sack();
            case 18 -> new SignalChunk(ChunkType.COOKIE_ACK, random.nextInt(2));
            case 19 ->
                random.nextInt(60) == 0
                        ? new SignalChunk(
                                random.nextBoolean() ? ChunkType.SHUTDOWN_ACK : ChunkType.SHUTDOWN_COMPLETE, 0)
                        : sack();
            case 20 -> random.nextInt(100) == 0 ? new ShutdownChunk(near(victimHighest)) : sack();
            case 21 -> random.nextInt(400) == 0 ? new OpaqueChunk(ChunkType.ABORT, 0, Bytes.EMPTY) : data();
            default -> data();
        };
    }

    private void packet() {
        int tag = peer.victimTag;
        List<Chunk> chunks = new ArrayList<>();
        switch (random.nextInt(60)) {
            case 0 -> {
                chunks.add(peer.init(random.nextInt(1, 5)));
                tag = 0;
            }
            case 1 -> {
                chunks.add(new OpaqueChunk(ChunkType.COOKIE_ECHO, 0, cookie));
                tag = cookieTag;
            }
            case 2 -> chunks.add(peer.initAck(random.nextInt(1, 5), new byte[random.nextInt(1, 100)]));
            default -> {
                for (int i = random.nextInt(1, 6); i > 0; i--) {
                    chunks.add(chunk());
                }
            }
        }
        ByteWriter out = new ByteWriter(65_536);
        SctpPacket.writeHeader(out, 5000, 5000, random.nextInt(200) == 0 ? random.nextInt() : tag);
        for (Chunk chunk : chunks) {
            chunk.write(out);
            out.padTo(4);
        }
        byte[] bytes = out.toByteArray();
        if (random.nextInt(60) == 0) {
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                bytes[random.nextInt(12, bytes.length)] = (byte) random.nextInt();
            }
        }
        int length = random.nextInt(30) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
        if (random.nextInt(20) != 0 && length >= 16) {
            SctpPacket.seal(bytes, 0, length);
        }
        peer.give(bytes, 0, length);
    }

    private void look() {
        for (Chunk chunk : peer.drain()) {
            if (chunk instanceof InitChunk init) {
                byte[] sealed = init.cookie();
                if (sealed == null) {
                    peer.victimTag = init.initiateTag();
                } else {
                    cookie = sealed;
                    cookieTag = init.initiateTag();
                }
            } else if (chunk.type() == ChunkType.COOKIE_ACK && cookieTag != 0) {
                peer.victimTag = cookieTag;
            } else if (chunk instanceof DataChunk data) {
                victimHighest = data.tsn();
            } else if (chunk instanceof SackChunk sack) {
                cumulative = sack.cumulativeTsnAck();
            }
        }
    }

    private void ownerActs() {
        switch (random.nextInt(8)) {
            case 0, 1, 2 ->
                peer.victim.send(
                        random.nextInt(4),
                        53,
                        new byte[1 + random.nextInt(random.nextInt(5) == 0 ? 20_000 : 300)],
                        new SendOptions(
                                random.nextBoolean(),
                                random.nextInt(-1, 3),
                                random.nextInt(3) == 0 ? 30 * Time.MILLISECOND : Time.NEVER),
                        peer.now);
            case 3 -> peer.victim.resetStream(random.nextInt(4));
            case 4 -> peer.victim.hold(random.nextInt(10_000));
            case 5, 6 -> peer.victim.release(1L << 20);
            default -> peer.victim.setStreamPriority(random.nextInt(4), 1 + random.nextInt(1_000));
        }
    }

    /** How many packets were taken before the association ended. */
    int run(int packets) {
        if (random.nextInt(3) == 0) {
            peer.begin();
        } else {
            peer.establish();
            cookieTag = peer.victimTag;
            victimHighest = peer.victimTsn - 1;
        }
        for (int i = 0; i < packets; i++) {
            packet();
            if (random.nextInt(3) != 0) {
                look();
                last = peer.events().stream().reduce(last, (x, y) -> y);
            }
            if (random.nextInt(4) == 0) {
                ownerActs();
            }
            peer.now += random.nextInt(20) == 0 ? Time.SECOND : random.nextInt(5) * Time.MILLISECOND;
            if (random.nextBoolean()) {
                peer.victim.handleTimeout(peer.now);
            }
            assertThat(peer.victim.receiveHeapBytes()).isLessThan(2L * SMALL.receiveBufferBytes() + 100_000);
            assertThat(peer.victim.sendHeapBytes()).isBetween(0L, 2L * SMALL.sendBufferBytes());
            if (peer.victim.state() == SctpState.CLOSED) {
                look();
                assertThat(peer.victim.nextTimeout()).isEqualTo(Time.NEVER);
                last = peer.events().stream().reduce(last, (x, y) -> y);
                return i;
            }
        }
        return packets;
    }
}
