package dev.yodel.ice.mdns;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A DNS message as multicast DNS uses it, reduced to addresses (RFC 1035 section 4.1, RFC 6762 section 18). Other records
 * are skipped. Names are lower case, without the last dot. Immutable.
 *
 * @param id 0, but for legacy unicast queries
 * @param response whether it is a response
 * @param questions questions for addresses
 * @param answers address records of all sections
 */
record MdnsMessage(int id, boolean response, List<Question> questions, List<Answer> answers) {
    static final int TYPE_A = 1;
    static final int TYPE_AAAA = 28;
    static final int TYPE_ANY = 255;

    private static final int CLASS_IN = 1;
    private static final int TOP_BIT = 0x8000;
    private static final int HEADER_LENGTH = 12;
    private static final int MAX_NAME_LENGTH = 255;
    private static final int MAX_RECORDS = 128;
    private static final int CAPACITY_BYTES = 1400;

    /**
     * One question.
     *
     * @param name lower case
     * @param type A, AAAA or ANY
     */
    record Question(String name, int type) {}

    /**
     * One address record.
     *
     * @param name lower case
     * @param address what it stands for
     * @param ttlSeconds 0 says good-bye
     */
    record Answer(String name, InetAddress address, long ttlSeconds) {}

    /** A name that was read, and where reading goes on. */
    private record Name(String text, int next) {}

    /** Parses one datagram; null if it is malformed or has more than 128 records. */
    static @Nullable MdnsMessage parse(byte[] source, int offset, int length) {
        if (length < HEADER_LENGTH) {
            return null;
        }
        byte[] data = Arrays.copyOfRange(source, offset, offset + length);
        int flags = Bytes.u16(data, 2);
        // RFC 6762 sections 18.3 and 18.11: other opcodes and response codes are ignored.
        if ((flags & 0x780F) != 0) {
            return null;
        }
        int questionCount = Bytes.u16(data, 4);
        int recordCount = Bytes.u16(data, 6) + Bytes.u16(data, 8) + Bytes.u16(data, 10);
        if (questionCount + recordCount > MAX_RECORDS) {
            return null;
        }
        List<Question> questions = new ArrayList<>();
        List<Answer> answers = new ArrayList<>();
        int at = HEADER_LENGTH;
        for (int i = 0; i < questionCount; i++) {
            Name name = readName(data, at);
            if (name == null || name.next + 4 > length) {
                return null;
            }
            int type = Bytes.u16(data, name.next);
            if (type == TYPE_A || type == TYPE_AAAA || type == TYPE_ANY) {
                questions.add(new Question(name.text, type));
            }
            at = name.next + 4;
        }
        for (int i = 0; i < recordCount; i++) {
            Name name = readName(data, at);
            if (name == null || name.next + 10 > length) {
                return null;
            }
            int valueAt = name.next + 10;
            int valueLength = Bytes.u16(data, name.next + 8);
            if (valueAt + valueLength > length) {
                return null;
            }
            int type = Bytes.u16(data, name.next);
            boolean in = (Bytes.u16(data, name.next + 2) & ~TOP_BIT) == CLASS_IN;
            boolean address = (type == TYPE_A && valueLength == 4) || (type == TYPE_AAAA && valueLength == 16);
            if (in && address) {
                long ttl = Bytes.u32(data, name.next + 4);
                answers.add(new Answer(name.text, address(data, valueAt, valueLength), ttl));
            }
            at = valueAt + valueLength;
        }
        return new MdnsMessage(Bytes.u16(data, 0), (flags & 0x8000) != 0, List.copyOf(questions), List.copyOf(answers));
    }

    private static InetAddress address(byte[] data, int at, int length) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(data, at, at + length));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are always an address", e);
        }
    }

    /** RFC 1035 section 4.1.4. A pointer must point before the place it stands at, so reading always ends. */
    private static @Nullable Name readName(byte[] data, int start) {
        StringBuilder text = new StringBuilder();
        int at = start;
        int next = -1;
        int lowest = start;
        while (at < data.length) {
            int length = Bytes.u8(data, at);
            if (length == 0) {
                return new Name(text.toString().toLowerCase(Locale.ROOT), next < 0 ? at + 1 : next);
            }
            if (length >= 0xC0) {
                if (at + 1 >= data.length) {
                    return null;
                }
                int target = Bytes.u16(data, at) & 0x3FFF;
                if (target >= lowest) {
                    return null;
                }
                next = next < 0 ? at + 2 : next;
                lowest = target;
                at = target;
            } else {
                if (length > 63 || at + 1 + length > data.length || text.length() + length > MAX_NAME_LENGTH) {
                    return null;
                }
                if (!text.isEmpty()) {
                    text.append('.');
                }
                // A dot inside a label must not look like two labels.
                text.append(new String(data, at + 1, length, StandardCharsets.UTF_8).replace('.', '\0'));
                at += 1 + length;
            }
        }
        return null;
    }

    /** A query for both kinds of address of some names. RFC 6762 section 18.1: the id is 0. */
    static byte[] query(List<String> names) {
        ByteWriter out = new ByteWriter(CAPACITY_BYTES);
        out.put16(0).put16(0).put16(2 * names.size()).put16(0).put16(0).put16(0);
        for (String name : names) {
            writeName(out, name);
            out.put16(TYPE_A).put16(CLASS_IN);
            writeName(out, name);
            out.put16(TYPE_AAAA).put16(CLASS_IN);
        }
        return out.toByteArray();
    }

    /** A response with one address record. RFC 6762 section 10.2: the top bit of the class flushes caches. */
    static byte[] response(int id, String name, InetAddress address, long ttlSeconds, boolean flush) {
        byte[] ip = address.getAddress();
        ByteWriter out = new ByteWriter(CAPACITY_BYTES);
        out.put16(id).put16(0x8400).put16(0).put16(1).put16(0).put16(0);
        writeName(out, name);
        out.put16(ip.length == 4 ? TYPE_A : TYPE_AAAA).put16(flush ? CLASS_IN | TOP_BIT : CLASS_IN);
        out.put32((int) ttlSeconds).put16(ip.length).put(ip);
        return out.toByteArray();
    }

    private static void writeName(ByteWriter out, String name) {
        int start = 0;
        while (start < name.length()) {
            int dot = name.indexOf('.', start);
            int end = dot < 0 ? name.length() : dot;
            byte[] label = name.substring(start, end).getBytes(StandardCharsets.UTF_8);
            out.put8(label.length).put(label);
            start = end + 1;
        }
        out.put8(0);
    }
}
