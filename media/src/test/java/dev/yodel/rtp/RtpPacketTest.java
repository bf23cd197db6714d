package dev.yodel.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RtpPacketTest {
    /** What the packet should look like, worked out in another way: header bytes, payload bytes; or null. */
    private static int @Nullable [] oracle(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.remaining() < 12) {
            return null;
        }
        int first = in.get(0) & 0xff;
        in.position(12);
        boolean versionTwo = (first & 0xc0) == 0x80;
        for (int i = 0; i < first % 16; i++) {
            if (in.remaining() < 4) {
                return null;
            }
            in.getInt();
        }
        if ((first & 16) != 0) {
            if (in.remaining() < 4) {
                return null;
            }
            in.getShort();
            int words = in.getShort() & 0xffff;
            if (in.remaining() / 4 < words) {
                return null;
            }
            in.position(in.position() + 4 * words);
        }
        int header = in.position();
        int payload = in.remaining();
        if ((first & 32) != 0) {
            if (payload == 0) {
                return null;
            }
            int padding = bytes[bytes.length - 1] & 0xff;
            if (padding == 0 || padding > payload) {
                return null;
            }
            payload -= padding;
        }
        return versionTwo ? new int[] {header, payload} : null;
    }

    /** All first two bytes and 40 lengths, each in an array of exactly its size, against the view and a whole session. */
    @Test
    void R01_everyHeaderAndLengthIsParsedOrDropped() {
        Random random = new Random(101);
        byte[] filler = new byte[64];
        RtpPacket packet = new RtpPacket();
        RtpSession session = new RtpSession(RtpSessionOptions.of("x"), new SeededRandom(1), RtpPair.WALL, 0);
        session.addReceiver(RtpPair.audio("0"), 0);
        long accepted = 0;
        for (int length = 0; length < 40; length++) {
            for (int first = 0; first < 0x1_0000; first++) {
                random.nextBytes(filler);
                byte[] bytes = java.util.Arrays.copyOf(filler, length);
                if (length > 0) {
                    bytes[0] = (byte) (first >> 8);
                }
                if (length > 1) {
                    bytes[1] = (byte) first;
                }
                // Small counts, so that the branches behind them are reached often.
                if (length > 15 && (first & 1) == 0) {
                    bytes[14] = 0;
                    bytes[15] = (byte) (bytes[15] & 3);
                }
                if (length > 12 && (first & 2) == 0) {
                    bytes[length - 1] = (byte) (bytes[length - 1] & 15);
                }
                int[] expected = oracle(bytes);
                boolean ok = packet.wrap(bytes, 0, length);
                if (ok != (expected != null)) {
                    throw new AssertionError("seed 101, length " + length + ", first " + first + ": " + ok);
                }
                if (expected != null) {
                    accepted++;
                    if (packet.headerLength() != expected[0] || packet.payloadLength() != expected[1]) {
                        throw new AssertionError("seed 101, length " + length + ", first " + first + ": " + packet);
                    }
                } else if (packet.length() != 0 || packet.payloadLength() != 0 || packet.extensionLength() != 0) {
                    throw new AssertionError("a refused packet left something behind: " + first);
                }
                if ((first & 0x7ff) == 0) {
                    session.handleRtp(bytes, 0, length, first);
                }
            }
        }
        assertThat(accepted).isGreaterThan(30_000);
        assertThat(session.count(RtpCounter.RTP_MALFORMED)).isPositive();
    }

    @Test
    void R14_onlyVersionTwoIsRtp() {
        RtpSession session = new RtpSession(RtpSessionOptions.of("x"), new SeededRandom(1), RtpPair.WALL, 0);
        RtpReceiver receiver = session.addReceiver(RtpPair.audio("0"), 0);
        byte[] bytes = Fixture.bytes("rtp-opus-extensions");
        int accepted = 0;
        int events = 0;
        for (int first = 0; first < 256; first++) {
            byte[] changed = bytes.clone();
            changed[0] = (byte) first;
            changed[3] = (byte) first;
            long refused = session.count(RtpCounter.RTP_MALFORMED);
            session.handleRtp(changed, 0, changed.length, first);
            if (first < 128 || first > 191) {
                assertThat(session.count(RtpCounter.RTP_MALFORMED)).isEqualTo(refused + 1);
                assertThat(session.pollEvent()).isNull();
            } else {
                accepted++;
                while (session.pollEvent() != null) {
                    events++;
                }
            }
        }
        assertThat(accepted).isEqualTo(64);
        assertThat(events).isPositive();
        assertThat(receiver.stats()).hasSize(1);
        // RFC 5761 4: RTCP packet types 192 to 223 stand where RTP has marker and payload type.
        for (int second = 0; second < 256; second++) {
            byte[] changed = bytes.clone();
            changed[1] = (byte) second;
            assertThat(RtpPacket.isRtcp(changed, 0, changed.length)).isEqualTo(second >= 192 && second <= 223);
        }
        assertThat(RtpPacket.isRtcp(bytes, 0, 1)).isFalse();
    }

    @Test
    void knownPackets() {
        RtpPacket packet = new RtpPacket();
        byte[] opus = Fixture.bytes("rtp-opus-extensions");
        assertThat(packet.wrap(opus, 0, opus.length)).isTrue();
        assertThat(packet.payloadType()).isEqualTo(111);
        assertThat(packet.marker()).isTrue();
        assertThat(packet.sequenceNumber()).isEqualTo(15743);
        assertThat(packet.timestamp()).isEqualTo(3937035252L);
        assertThat(packet.ssrc()).isEqualTo(1831097322L);
        assertThat(packet.payloadLength()).isEqualTo(20);
        HeaderExtensionReader reader = new HeaderExtensionReader();
        reader.wrap(packet);
        List<String> elements = new ArrayList<>();
        while (reader.next()) {
            elements.add(reader.id() + "=" + dev.yodel.io.Bytes.hex(opus, reader.offset(), reader.length()));
        }
        assertThat(elements).containsExactlyInAnyOrder("1=a1", "2=abcdef", "4=30");

        byte[] csrc = Fixture.bytes("rtp-csrc");
        assertThat(packet.wrap(csrc, 0, csrc.length)).isTrue();
        assertThat(packet.csrcCount()).isEqualTo(2);
        assertThat(packet.csrc(0)).isEqualTo(2882400001L);
        assertThat(packet.csrc(1)).isEqualTo(3735928559L);
        assertThat(packet.payloadLength()).isEqualTo(160);
        assertThat(packet.sequenceNumber()).isEqualTo(65535);

        byte[] padding = Fixture.bytes("rtp-only-padding");
        assertThat(packet.wrap(padding, 0, padding.length)).isTrue();
        assertThat(packet.payloadLength()).isZero();
        assertThat(packet.paddingLength()).isEqualTo(224);

        byte[] twoByte = Fixture.bytes("rtp-two-byte-extension");
        assertThat(packet.wrap(twoByte, 0, twoByte.length)).isTrue();
        reader.wrap(packet);
        elements.clear();
        while (reader.next()) {
            elements.add(reader.id() + "=" + dev.yodel.io.Bytes.hex(twoByte, reader.offset(), reader.length()));
        }
        assertThat(elements).containsExactly("1=", "2=ff", "200=01020304");

        for (String bad : List.of("bad-rtp-padding-over", "bad-rtp-padding-zero", "bad-rtp-extension-over")) {
            byte[] bytes = Fixture.bytes(bad);
            assertThat(packet.wrap(bytes, 0, bytes.length)).as(bad).isFalse();
        }
    }

    /** Every first byte of an element with every room behind it, both forms, in arrays of exactly the size. */
    @Test
    void R02_everyElementHeaderStopsWhereTheRfcSays() {
        HeaderExtensionReader reader = new HeaderExtensionReader();
        for (int first = 0; first < 256; first++) {
            for (int room = 1; room <= 20; room++) {
                byte[] bytes = new byte[room];
                java.util.Arrays.fill(bytes, (byte) 0);
                bytes[0] = (byte) first;
                reader.wrap(0xbede, bytes, 0, room);
                int id = first >> 4;
                int length = (first & 15) + 1;
                boolean readable = id >= 1 && id <= 14 && length < room;
                boolean found = reader.next();
                assertThat(found).as("one-byte, first %d, room %d", first, room).isEqualTo(readable);
                if (found) {
                    assertThat(reader.id()).isEqualTo(id);
                    assertThat(reader.length()).isEqualTo(length);
                    assertThat(reader.offset()).isEqualTo(1);
                }
                assertThat(reader.next()).isFalse();
            }
        }
        for (int id = 0; id < 256; id++) {
            for (int length = 0; length < 256; length++) {
                for (int room : new int[] {1, 2, 3, length + 1, length + 2, length + 3}) {
                    byte[] bytes = new byte[room];
                    bytes[0] = (byte) id;
                    if (room > 1) {
                        bytes[1] = (byte) length;
                    }
                    reader.wrap(0x1000 | (id & 15), bytes, 0, room);
                    boolean found = reader.next();
                    if (id != 0) {
                        boolean readable = room >= 2 && length <= room - 2;
                        if (found != readable || (found && (reader.id() != id || reader.length() != length))) {
                            throw new AssertionError("two-byte id " + id + " length " + length + " room " + room);
                        }
                    }
                    int steps = 0;
                    while (reader.next()) {
                        if (++steps > room) {
                            throw new AssertionError("no forward progress");
                        }
                    }
                }
            }
        }
    }

    @Test
    void R02_nothingBehindIdentifier15OrAnEmptyZeroIsLookedAt() {
        HeaderExtensionReader reader = new HeaderExtensionReader();
        // id 1, then 15 with a length, then id 2; the same with id 0 and a length; then real padding.
        for (String[] row : new String[][] {
            {"10aaf020cc000000", "1"},
            {"10aa0520cc000000", "1"},
            {"10aa000020cc0000", "1,2"},
            {"10aa10bb20cc0000", "1,1,2"}
        }) {
            byte[] bytes = dev.yodel.io.Bytes.fromHex(row[0]);
            reader.wrap(0xbede, bytes, 0, bytes.length);
            List<String> ids = new ArrayList<>();
            while (reader.next()) {
                ids.add(Integer.toString(reader.id()));
            }
            assertThat(String.join(",", ids)).as(row[0]).isEqualTo(row[1]);
        }
        reader.wrap(0xabcd, new byte[] {0x10, 1}, 0, 2);
        assertThat(reader.next()).isFalse();
    }

    /** A repeated element does not replace the first: the packet stays where its first MID put it. */
    @Test
    void R02_duplicateElementsKeepTheFirst() {
        RtpSession session = new RtpSession(RtpSessionOptions.of("x"), new SeededRandom(1), RtpPair.WALL, 0);
        RtpReceiver zero = session.addReceiver(RtpPair.audio("0"), 0);
        RtpReceiver one = session.addReceiver(RtpPair.audio("1"), 0);
        byte[] bytes = dev.yodel.io.Bytes.fromHex(
                "906f000100000002000000ffbede0002403040311020108100".substring(0, 48) + "00");
        session.handleRtp(bytes, 0, bytes.length, 0);
        assertThat(zero.stats()).hasSize(1);
        assertThat(one.stats()).isEmpty();
        assertThat(session.pollEvent()).isInstanceOf(RtpEvent.StreamStarted.class);
        assertThat(((ReceivedPacket) session.pollEvent()).audioLevel).isEqualTo(0x20);
    }

    @Test
    void writtenExtensionsAreReadBack() {
        HeaderExtensionWriter writer = new HeaderExtensionWriter();
        HeaderExtensionReader reader = new HeaderExtensionReader();
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            boolean twoByte = random.nextBoolean();
            byte[] target = new byte[600];
            writer.begin(target, 8, twoByte);
            int count = random.nextInt(5);
            List<String> written = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int id = 1 + random.nextInt(twoByte ? 255 : 14);
                byte[] value = new byte[twoByte ? random.nextInt(80) : 1 + random.nextInt(16)];
                random.nextBytes(value);
                writer.element(id, value);
                written.add(id + "=" + dev.yodel.io.Bytes.hex(value, 0, value.length));
            }
            int length = writer.finish();
            assertThat(length % 4).isZero();
            List<String> read = new ArrayList<>();
            if (length > 0) {
                int profile = dev.yodel.io.Bytes.u16(target, 8);
                assertThat(dev.yodel.io.Bytes.u16(target, 10) * 4).isEqualTo(length - 4);
                reader.wrap(profile, target, 12, length - 4);
                while (reader.next()) {
                    read.add(reader.id() + "=" + dev.yodel.io.Bytes.hex(target, reader.offset(), reader.length()));
                }
            }
            assertThat(read).as("seed %d", seed).isEqualTo(written);
        }
    }
}
