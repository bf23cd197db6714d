package dev.yodel.dtls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Writes the few DER values of a self-signed certificate (X.690). It does not read any. */
final class DerWriter {
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int NULL = 0x05;
    static final int UTF8_STRING = 0x0c;
    static final int BIT_STRING = 0x03;
    static final int EXPLICIT_0 = 0xa0;

    private static final int INTEGER = 0x02;
    private static final int UTC_TIME = 0x17;
    private static final int GENERALIZED_TIME = 0x18;
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final long YEAR_2050_MILLIS =
            Instant.parse("2050-01-01T00:00:00Z").toEpochMilli();

    private DerWriter() {}

    /** A value with the given tag whose content is the parts one after the other. */
    static byte[] value(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 5);
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        }
        for (byte[] part : parts) {
            out.write(part, 0, part.length);
        }
        return out.toByteArray();
    }

    static byte[] integer(BigInteger number) {
        return value(INTEGER, number.toByteArray());
    }

    static byte[] utf8(String text) {
        return value(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] bitString(byte[] bytes) {
        return value(BIT_STRING, new byte[1], bytes);
    }

    /** RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050. */
    static byte[] time(long wallClockMillis) {
        String text = SECONDS.format(Instant.ofEpochMilli(wallClockMillis)) + "Z";
        boolean utc = wallClockMillis < YEAR_2050_MILLIS;
        return value(
                utc ? UTC_TIME : GENERALIZED_TIME,
                (utc ? text.substring(2) : text).getBytes(StandardCharsets.US_ASCII));
    }
}
