package dev.yodel.dtls.bc;

import dev.yodel.io.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * May this chain be given to a parser? It walks the outermost structure of each certificate and allows only short chains
 * with EC keys on P-256, P-384 or P-521 and RSA keys of 2048 to 8192 bits: no explicit curves, no giant moduli, nothing
 * nested that was not asked for (RFC 8827 6.5, RFC 9325 4.5). It verifies nothing.
 *
 * <pre>
 * Certificate { TBSCertificate { [0] version, serial, algorithm, issuer, validity, subject, SubjectPublicKeyInfo, ...
 * }, ... }
 * </pre>
 */
final class CertificateChainGuard {
    /** The longest Certificate message. */
    static final int MAX_CHAIN_BYTES = 16 * 1024;

    private static final int MAX_CERTIFICATES = 10;
    private static final int SEQUENCE = 0x30;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int BIT_STRING = 0x03;
    private static final int INTEGER = 0x02;
    private static final int EXPLICIT_0 = 0xa0;
    private static final int MAX_DEPTH = 16;
    private static final int MAX_ELEMENTS = 2048;

    private static final String EC_PUBLIC_KEY = "2a8648ce3d0201";
    private static final String RSA_ENCRYPTION = "2a864886f70d010101";
    private static final String P_256 = "2a8648ce3d030107";
    private static final String P_384 = "2b81040022";
    private static final String P_521 = "2b81040023";

    private final byte[] data;
    /** Content of the value that {@link #enter} read last. */
    private int from;

    private int to;

    private CertificateChainGuard(byte[] data) {
        this.data = data;
    }

    /**
     * Judges the body of a Certificate message (RFC 5246 7.4.2).
     *
     * @return what is wrong, null if it may be parsed; an empty chain may
     */
    static @Nullable String fault(byte[] body) {
        if (body.length > MAX_CHAIN_BYTES) {
            return "the peer's certificate chain has " + body.length + " bytes, more than " + MAX_CHAIN_BYTES;
        }
        if (body.length < 3 || Bytes.u24(body, 0) != body.length - 3) {
            return "the peer's certificate message is malformed";
        }
        CertificateChainGuard guard = new CertificateChainGuard(body);
        int at = 3;
        for (int count = 0; at < body.length; count++) {
            if (count == MAX_CERTIFICATES) {
                return "the peer's chain has more than " + MAX_CERTIFICATES + " certificates";
            }
            if (body.length - at < 3 || Bytes.u24(body, at) > body.length - at - 3) {
                return "the peer's certificate message is malformed";
            }
            int end = at + 3 + Bytes.u24(body, at);
            String fault = guard.certificateFault(at + 3, end);
            if (fault != null) {
                return fault;
            }
            at = end;
        }
        return null;
    }

    private @Nullable String certificateFault(int at, int end) {
        String malformed = "the peer's certificate is malformed";
        if (countElements(at, end, 0) < 0) {
            return malformed + " or nested too deep";
        }
        if (!enter(SEQUENCE, at, end) || !enter(SEQUENCE, from, to)) {
            return malformed;
        }
        int tbsEnd = to;
        int next = from;
        if (next < tbsEnd && Bytes.u8(data, next) == EXPLICIT_0) {
            next = skip(next, tbsEnd);
        }
        // Serial number, algorithm, issuer, validity, subject.
        for (int i = 0; i < 5 && next >= 0; i++) {
            next = skip(next, tbsEnd);
        }
        if (next < 0 || !enter(SEQUENCE, next, tbsEnd)) {
            return malformed;
        }
        return keyFault(from, to);
    }

    private @Nullable String keyFault(int at, int end) {
        if (!enter(SEQUENCE, at, end)) {
            return "the peer's public key is malformed";
        }
        int algorithmEnd = to;
        int keyAt = to;
        if (!enter(OBJECT_IDENTIFIER, from, algorithmEnd)) {
            return "the peer's public key is malformed";
        }
        String algorithm = Bytes.hex(data, from, to - from);
        if (algorithm.equals(EC_PUBLIC_KEY)) {
            if (!enter(OBJECT_IDENTIFIER, to, algorithmEnd)) {
                return "the peer's key has no named curve";
            }
            String curve = Bytes.hex(data, from, to - from);
            return curve.equals(P_256) || curve.equals(P_384) || curve.equals(P_521)
                    ? null
                    : "the peer's key is on a curve other than P-256, P-384, P-521";
        }
        if (!algorithm.equals(RSA_ENCRYPTION)) {
            return "the peer's key is neither EC nor RSA";
        }
        if (!enter(BIT_STRING, keyAt, end) || !enter(SEQUENCE, from + 1, to) || !enter(INTEGER, from, to)) {
            return "the peer's RSA key is malformed";
        }
        int modulusBytes = to - from - (to > from && data[from] == 0 ? 1 : 0);
        int exponentAt = to;
        if (modulusBytes < 2048 / 8 || modulusBytes > 8192 / 8) {
            return "the peer's RSA key has " + modulusBytes * 8 + " bits, not 2048 to 8192";
        }
        return enter(INTEGER, exponentAt, data.length) && to - from <= 8 ? null : "the peer's RSA exponent is too long";
    }

    /** Reads a value's header; its content then is {@link #from} to {@link #to}. */
    private boolean enter(int tag, int at, int end) {
        if (end - at < 2 || Bytes.u8(data, at) != tag) {
            return false;
        }
        return readLength(at + 1, end);
    }

    private boolean readLength(int at, int end) {
        int first = Bytes.u8(data, at);
        int content = at + 1;
        int length = first;
        if (first >= 0x80) {
            int count = first & 0x7f;
            if (count < 1 || count > 3 || end - content < count) {
                return false;
            }
            length = 0;
            for (int i = 0; i < count; i++) {
                length = length << 8 | Bytes.u8(data, content++);
            }
        }
        if (length > end - content) {
            return false;
        }
        from = content;
        to = content + length;
        return true;
    }

    /** Where the value after the one at {@code at} begins, -1 if there is none. */
    private int skip(int at, int end) {
        return end - at >= 2 && readLength(at + 1, end) ? to : -1;
    }

    /** Counts all values, so that no parser is given too many or too deep ones; -1 if the structure is bad. */
    private int countElements(int start, int end, int depth) {
        if (depth > MAX_DEPTH) {
            return -1;
        }
        int count = 0;
        int at = start;
        while (at < end) {
            if (end - at < 2 || !readLength(at + 1, end)) {
                return -1;
            }
            int contentFrom = from;
            int contentTo = to;
            count++;
            if ((Bytes.u8(data, at) & 0x20) != 0) {
                int inner = countElements(contentFrom, contentTo, depth + 1);
                if (inner < 0) {
                    return -1;
                }
                count += inner;
            }
            if (count > MAX_ELEMENTS) {
                return -1;
            }
            at = contentTo;
        }
        return count;
    }
}
