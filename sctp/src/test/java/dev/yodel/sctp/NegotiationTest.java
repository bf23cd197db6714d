package dev.yodel.sctp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.sctp.packet.Capabilities;
import dev.yodel.sctp.packet.ChunkType;
import dev.yodel.sctp.packet.InitChunk;
import dev.yodel.sctp.packet.SctpPacket;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What two sides agree on before data flows: zero checksums, INITs by signaling, streams, unknown parameters. */
class NegotiationTest {
    private static SctpAssociation association(long seed, SctpOptions options) {
        return new SctpAssociation(options, new SeededRandom(seed));
    }

    private static void exchange(Pipe pipe) {
        for (int i = 0; i < 20; i++) {
            pipe.a.send(1, 53, new byte[5_000], SendOptions.RELIABLE, pipe.now);
            pipe.b.send(1, 53, new byte[5_000], SendOptions.RELIABLE, pipe.now);
        }
        pipe.run(10 * Time.SECOND);
        assertThat(Pipe.messages(pipe.eventsOfA)).hasSize(20);
        assertThat(Pipe.messages(pipe.eventsOfB)).hasSize(20);
    }

    @Test
    void C17_zeroChecksumsOnlyToAPeerThatTakesThem() {
        SctpOptions on = SctpOptions.defaults();
        SctpOptions off = on.withZeroChecksum(false);
        for (SctpOptions ofA : List.of(on, off)) {
            for (SctpOptions ofB : List.of(on, off)) {
                Pipe pipe = new Pipe(1, association(1, ofA), association(2, ofB));
                pipe.a.connect(pipe.now);
                pipe.run(Time.SECOND);
                exchange(pipe);
                boolean both = ofA.zeroChecksum() && ofB.zeroChecksum();
                for (SctpCounters counters : List.of(pipe.a.counters(), pipe.b.counters())) {
                    assertThat(counters.checksumErrors()).isZero();
                    assertThat(counters.zeroChecksumsSent() > 0).isEqualTo(both);
                    assertThat(counters.zeroChecksumsReceived() > 0).isEqualTo(both);
                    // INIT and COOKIE ECHO, or INIT ACK, have theirs.
                    assertThat(counters.zeroChecksumsSent()).isLessThan(counters.packetsSent());
                }
            }
        }
    }

    @Test
    void C17_zeroIsRefusedWhereAChecksumMustBe() {
        SctpAssociation strict = association(1, SctpOptions.defaults().withZeroChecksum(false));
        SctpAssociation lenient = association(2, SctpOptions.defaults());
        InitChunk init = InitChunk.parse(SctpInit.generate(SctpOptions.defaults(), new SeededRandom(3)));
        assertThat(init).isNotNull();
        ByteWriter out = new ByteWriter(200);
        SctpPacket.writeHeader(out, 5000, 5000, 0);
        init.write(out);
        byte[] packet = out.toByteArray();
        for (SctpAssociation association : List.of(strict, lenient)) {
            association.handlePacket(packet, 0, packet.length, 0);
            assertThat(association.counters().checksumErrors()).isEqualTo(1);
            assertThat(association.pollTransmit(new byte[1500], 0, 0)).isZero();
        }
    }

    /** The example of draft-hancke-tsvwg-snap-00. */
    private static final String DRAFT_INIT = "AQAAHols3R0AUAAA/////+B5ZR3AAAAEgAgABoLA";

    @Test
    void theDraftsInitIsUnderstood() {
        byte[] bytes = Base64.getDecoder().decode(DRAFT_INIT);
        assertThat(SctpInit.isValid(bytes)).isTrue();
        InitChunk init = InitChunk.parse(bytes);
        assertThat(init).isNotNull();
        assertThat(init.initiateTag()).isEqualTo(0x896cdd1d);
        assertThat(init.windowBytes()).isEqualTo(0x00500000);
        assertThat(init.initialTsn()).isEqualTo(0xe079651d);
        assertThat(init.capabilities()).isEqualTo(new Capabilities(true, true, false, false));
        for (int length = 0; length < bytes.length; length++) {
            assertThat(SctpInit.isValid(java.util.Arrays.copyOf(bytes, length))).isFalse();
        }
        for (int at : new int[] {0, 4, 12, 14}) {
            byte[] spoiled = bytes.clone();
            Bytes.put32(spoiled, at & ~3, at == 12 || at == 14 ? 0xffff0000 >>> (at == 14 ? 0 : 16) : 0);
            assertThat(SctpInit.isValid(spoiled)).as("field at %s", at).isFalse();
        }
    }

    @Test
    void initsBySignalingNeedNoHandshake() {
        SctpOptions options = SctpOptions.defaults();
        byte[] ofA = SctpInit.generate(options, new SeededRandom(11));
        byte[] ofB = SctpInit.generate(options, new SeededRandom(12));
        assertThat(SctpInit.isValid(ofA)).isTrue();
        Pipe pipe = new Pipe(2, association(1, options), association(2, options));
        pipe.a.connect(ofA, ofB, pipe.now);
        // The other side is not there yet: what comes early is lost, and sent again.
        pipe.a.send(5, 53, new byte[100], SendOptions.RELIABLE, pipe.now);
        pipe.run(100 * Time.MILLISECOND);
        pipe.b.connect(ofB, ofA, pipe.now);
        assertThat(pipe.a.state()).isEqualTo(SctpState.ESTABLISHED);
        assertThat(pipe.b.state()).isEqualTo(SctpState.ESTABLISHED);
        pipe.run(2 * Time.SECOND);
        assertThat(Pipe.messages(pipe.eventsOfB)).hasSize(1);
        pipe.eventsOfB.clear();
        exchange(pipe);
        assertThat(pipe.a.counters().wrongTags()).isZero();
        // Begun by other means, it does not begin again.
        pipe.a.connect(ofA, ofB, pipe.now);
        pipe.a.connect(pipe.now);
        assertThat(Pipe.count(pipe.eventsOfA, SctpEvent.Connected.class)).isEqualTo(1);
        assertThatThrownBy(() -> association(3, options).connect(ofA, new byte[30], 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("SctpInit.isValid");
    }

    @Test
    void C05_aPeerThatLostItsStateRestartsAnAssociationOpenedBySignaling() {
        SctpOptions options = SctpOptions.defaults();
        byte[] ofA = SctpInit.generate(options, new SeededRandom(11));
        byte[] ofB = SctpInit.generate(options, new SeededRandom(12));
        Pipe pipe = new Pipe(3, association(1, options), association(2, options));
        pipe.a.connect(ofA, ofB, pipe.now);
        pipe.b.connect(ofB, ofA, pipe.now);
        exchange(pipe);
        Pipe second = new Pipe(4, association(9, options), pipe.b);
        second.now = pipe.now;
        second.a.connect(second.now);
        second.run(5 * Time.SECOND);
        assertThat(Pipe.count(second.eventsOfB, SctpEvent.Restarted.class)).isEqualTo(1);
        exchange(second);
    }

    @Test
    void messagesForStreamsThePeerDoesNotTakeAreRefused() {
        SctpOptions options = SctpOptions.defaults();
        byte[] ours = SctpInit.generate(options, new SeededRandom(11));
        byte[] theirs = SctpInit.generate(options, new SeededRandom(12));
        // Takes ten streams, sends on twenty.
        Bytes.put16(theirs, 12, 20);
        Bytes.put16(theirs, 14, 10);
        SctpAssociation association = association(1, options);
        assertThat(association.send(10, 53, new byte[9], SendOptions.RELIABLE, 0))
                .isEqualTo(SctpSendResult.ACCEPTED);
        assertThat(association.send(9, 53, new byte[9], SendOptions.RELIABLE, 0))
                .isEqualTo(SctpSendResult.ACCEPTED);
        association.connect(ours, theirs, 0);
        assertThat(association.pollEvent()).isEqualTo(new SctpEvent.Connected(10));
        assertThat(association.bufferedAmount(10)).isZero();
        assertThat(association.bufferedAmount(9)).isEqualTo(9);
        assertThat(association.send(10, 53, new byte[9], SendOptions.RELIABLE, 0))
                .isEqualTo(SctpSendResult.NO_SUCH_STREAM);
        assertThat(association.pollTransmit(new byte[1500], 0, 0)).isPositive();
        assertThat(association.sendHeapBytes()).isEqualTo(9 + 64);
    }

    /** RFC 9260 3.2.1: the two highest bits of a parameter's type. */
    @Test
    void C15_unknownParametersAreReportedAsTheirBitsSayAndWithinBounds() {
        record Case(int first, int second, int reports) {}
        List<Case> cases = List.of(
                new Case(0x3ff0, 0xfff0, 0),
                new Case(0x7ff0, 0xfff0, 1),
                new Case(0xbff0, 0xfff0, 1),
                new Case(0xfff0, 0xfff1, 2));
        for (Case one : cases) {
            assertThat(reports(one.first, one.second)).as("%s", one).isEqualTo(one.reports);
        }
        int[] many = new int[60];
        java.util.Arrays.fill(many, 0xfff0);
        assertThat(reports(many)).isEqualTo(32);
    }

    /** The number of parameters of type 8 in the answer to an INIT with the given parameters of four bytes of value. */
    private static int reports(int... types) {
        byte[] fixed = SctpInit.generate(SctpOptions.defaults(), new SeededRandom(5));
        ByteWriter init = new ByteWriter(1_000);
        init.put(fixed, 0, 20);
        for (int type : types) {
            init.put16(type).put16(8).put32(0x01020304);
        }
        byte[] chunk = init.toByteArray();
        Bytes.put16(chunk, 2, chunk.length);
        ByteWriter out = new ByteWriter(1_200);
        SctpPacket.writeHeader(out, 5000, 5000, 0);
        out.put(chunk);
        byte[] packet = out.toByteArray();
        SctpPacket.seal(packet, 0, packet.length);
        SctpAssociation association = association(1, SctpOptions.defaults());
        association.handlePacket(packet, 0, packet.length, 0);
        byte[] answer = new byte[1500];
        int length = association.pollTransmit(answer, 0, 0);
        assertThat(answer[12]).isEqualTo((byte) ChunkType.INIT_ACK);
        List<Integer> found = new ArrayList<>();
        for (int at = 12 + 20; at + 4 <= length; at += (Bytes.u16(answer, at + 2) + 3) & ~3) {
            found.add(Bytes.u16(answer, at));
        }
        return (int) found.stream().filter(type -> type == 8).count();
    }
}
