package dev.yodel.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.sctp.packet.Capabilities;
import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.ChunkType;
import dev.yodel.sctp.packet.DataChunk;
import dev.yodel.sctp.packet.InitChunk;
import dev.yodel.sctp.packet.OpaqueChunk;
import dev.yodel.sctp.packet.SctpPacket;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** A peer that has the DTLS keys and may mean ill, driven packet by packet against an association. */
final class HostilePeer {
    static final int TAG = 0x1234;
    static final int TSN = 1000;
    static final Capabilities PLAIN = new Capabilities(true, true, false, true);
    static final Capabilities INTERLEAVED = new Capabilities(true, true, true, true);
    static final SctpOptions OPTIONS = new SctpOptions(5000, 5000, 1188, 1 << 20, 1 << 20, 256 << 10, 256 << 10);

    final SctpAssociation victim;
    final Capabilities capabilities;
    private final byte[] buffer = new byte[65_536];
    private final byte[] reply = new byte[65_536];
    long now = Time.SECOND;
    int victimTag;
    int victimTsn;
    long givenBytes;
    long repliedBytes;
    long replies;

    HostilePeer() {
        this(OPTIONS, PLAIN);
    }

    HostilePeer(SctpOptions options, Capabilities capabilities) {
        this.victim = new SctpAssociation(options, new SeededRandom(1));
        this.capabilities = capabilities;
    }

    static HostilePeer established() {
        return established(OPTIONS, PLAIN);
    }

    static HostilePeer established(SctpOptions options, Capabilities capabilities) {
        HostilePeer peer = new HostilePeer(options, capabilities);
        peer.establish();
        return peer;
    }

    /** A peer that opens until the victim has sent its COOKIE ECHO. */
    static HostilePeer cookieEchoed() {
        HostilePeer peer = new HostilePeer();
        InitChunk init = peer.begin();
        peer.give(init.initiateTag(), peer.initAck(TAG, new byte[] {1, 2, 3, 4}));
        assertThat(peer.victim.state()).isEqualTo(SctpState.COOKIE_ECHOED);
        return peer;
    }

    /** Lets the victim begin; its INIT. */
    InitChunk begin() {
        victim.connect(now);
        InitChunk init = (InitChunk) drain().get(0);
        victimTag = init.initiateTag();
        victimTsn = init.initialTsn();
        return init;
    }

    InitChunk init(int tag) {
        return new InitChunk(tag, 1 << 20, 65535, 65535, TSN, capabilities, null);
    }

    InitChunk initAck(int tag, byte[] cookie) {
        return new InitChunk(tag, 1 << 20, 65535, 65535, TSN, capabilities, cookie);
    }

    /** Asks for a cookie with an INIT of a tag. */
    byte[] cookie(int tag) {
        InitChunk ack = (InitChunk) give(0, init(tag)).get(0);
        victimTag = ack.initiateTag();
        victimTsn = ack.initialTsn();
        byte[] cookie = ack.cookie();
        return cookie == null ? Bytes.EMPTY : cookie;
    }

    List<Chunk> echo(byte[] cookie) {
        return give(victimTag, new OpaqueChunk(ChunkType.COOKIE_ECHO, 0, cookie));
    }

    void establish() {
        byte[] cookie = cookie(TAG);
        assertThat(echo(cookie)).isNotEmpty();
        assertThat(victim.state()).isEqualTo(SctpState.ESTABLISHED);
        assertThat(events()).hasSize(1);
    }

    /** Writes a packet into a buffer that is used again; its length. */
    private int write(int tag, Chunk... chunks) {
        ByteWriter out = new ByteWriter(buffer, 0, buffer.length);
        SctpPacket.writeHeader(out, 5000, 5000, tag);
        for (Chunk chunk : chunks) {
            chunk.write(out);
            out.padTo(4);
        }
        SctpPacket.seal(buffer, 0, out.length());
        return out.length();
    }

    /** Gives a packet and takes what comes back. */
    List<Chunk> give(int tag, Chunk... chunks) {
        int length = write(tag, chunks);
        givenBytes += length;
        victim.handlePacket(buffer, 0, length, now);
        return drain();
    }

    /** Like {@link #give} with the right tag, for many packets: the answers are only counted. */
    void send(Chunk... chunks) {
        put(chunks);
        discard();
    }

    /** Gives a packet with the right tag and takes nothing back. */
    void put(Chunk... chunks) {
        int length = write(victimTag, chunks);
        givenBytes += length;
        victim.handlePacket(buffer, 0, length, now);
    }

    void give(byte[] packet, int offset, int length) {
        givenBytes += length;
        victim.handlePacket(packet, offset, length, now);
    }

    void discard() {
        for (int length = victim.pollTransmit(reply, 0, now); length > 0; length = victim.pollTransmit(reply, 0, now)) {
            repliedBytes += length;
            replies++;
        }
    }

    List<Chunk> drain() {
        List<Chunk> chunks = new ArrayList<>();
        for (int length = victim.pollTransmit(reply, 0, now); length > 0; length = victim.pollTransmit(reply, 0, now)) {
            repliedBytes += length;
            replies++;
            SctpPacket parsed = SctpPacket.parse(reply.clone(), 0, length);
            assertThat(parsed).isNotNull();
            chunks.addAll(parsed.chunks());
        }
        return chunks;
    }

    List<SctpEvent> events() {
        List<SctpEvent> events = new ArrayList<>();
        for (SctpEvent event = victim.pollEvent(); event != null; event = victim.pollEvent()) {
            events.add(event);
        }
        return events;
    }

    static DataChunk data(int flags, int tsn, int streamId, int ssn, int length) {
        return new DataChunk(flags, tsn, streamId, ssn, 53, new byte[length], 0, length);
    }

    static DataChunk interleaved(int flags, int tsn, int streamId, int message, int fragment, int length) {
        return new DataChunk(true, flags, tsn, streamId, message, fragment, 53, new byte[length], 0, length);
    }

    /** The heap in use after a collection, in bytes. */
    static long usedHeap() {
        // The second collection takes what the first one only found to be unreachable: softly and by finalizers held
        // things.
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
