package dev.yodel.srtp;

import dev.yodel.io.Bytes;
import java.util.Random;

/** Plaintext packets for tests. */
final class Packets {
    private Packets() {}

    /** An RTP packet with random CSRCs and extension, and a payload of the given length. */
    static byte[] rtp(Random random, int ssrc, int sequenceNumber, int payloadLength) {
        int csrcs = random.nextInt(4);
        int extensionWords = random.nextInt(4) - 1;
        int extension = extensionWords < 0 ? 0 : 4 + 4 * extensionWords;
        byte[] packet = new byte[12 + 4 * csrcs + extension + payloadLength];
        random.nextBytes(packet);
        packet[0] = (byte) (0x80 | csrcs | (extension > 0 ? 0x10 : 0));
        Bytes.put16(packet, 2, sequenceNumber);
        Bytes.put32(packet, 8, ssrc);
        if (extension > 0) {
            Bytes.put16(packet, 12 + 4 * csrcs + 2, extensionWords);
        }
        return packet;
    }

    /** A plain RTP packet without CSRCs or extension. */
    static byte[] plainRtp(int ssrc, int sequenceNumber, int payloadLength) {
        byte[] packet = new byte[12 + payloadLength];
        packet[0] = (byte) 0x80;
        packet[1] = 111;
        Bytes.put16(packet, 2, sequenceNumber);
        Bytes.put32(packet, 8, ssrc);
        return packet;
    }

    /** Eight bytes of header and a body. */
    static byte[] rtcp(Random random, int ssrc, int bodyLength) {
        byte[] packet = new byte[8 + bodyLength];
        random.nextBytes(packet);
        packet[0] = (byte) 0x80;
        packet[1] = (byte) 200;
        Bytes.put16(packet, 2, packet.length / 4 - 1);
        Bytes.put32(packet, 4, ssrc);
        return packet;
    }

    /** The packet at an offset with room for any tag behind it. */
    static byte[] withRoom(byte[] packet, int offset) {
        byte[] result = new byte[offset + packet.length + SrtpSession.MAX_OVERHEAD];
        System.arraycopy(packet, 0, result, offset, packet.length);
        return result;
    }
}
