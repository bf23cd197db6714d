package dev.yodel.media.sframe;

import java.util.Objects;

/**
 * Encrypts frames from end to end (RFC 9605): whoever forwards them sees only which key and which number they have.
 * It neither makes nor distributes keys, and does not say who sent a frame: everybody who can decrypt can encrypt
 * too. For one thread at a time.
 */
public final class SFrameEncryptor {
    private final SFrameCipherSuite suite;
    private final long kid;
    private final SFrameKey key;
    private long counter;

    /**
     * An encryptor whose first frame has number 0. No key may be used with the same identifier by two of them, nor
     * again after a restart: a number that is used twice gives away what it protects (RFC 9605 9.1).
     *
     * @param suite which all know
     * @param kid identifier of the key, unsigned; that of this sender alone
     * @param baseKey the secret that all know, 16 bytes or more; not kept
     * @throws IllegalArgumentException if the key is shorter
     */
    public SFrameEncryptor(SFrameCipherSuite suite, long kid, byte[] baseKey) {
        this(suite, kid, baseKey, 0);
    }

    SFrameEncryptor(SFrameCipherSuite suite, long kid, byte[] baseKey, long firstCounter) {
        this.suite = Objects.requireNonNull(suite, "suite");
        this.kid = kid;
        if (baseKey.length < 16) {
            throw new IllegalArgumentException("baseKey must have 16 bytes or more, had " + baseKey.length);
        }
        key = new SFrameKey(suite, kid, baseKey);
        counter = firstCounter;
    }

    /**
     * Encrypts a frame.
     *
     * @param frame not changed
     * @param metadata what is not sent along, but known to both sides and to be the same there; often empty
     * @return header, encrypted frame and tag: at most {@link SFrameCipherSuite#maxOverhead()} bytes longer
     * @throws IllegalStateException after 2^63 frames
     */
    public byte[] encrypt(byte[] frame, byte[] metadata) {
        if (counter < 0) {
            throw new IllegalStateException("all numbers of frames under this key are used up; take another key");
        }
        int header = SFrameHeader.length(kid, counter);
        byte[] result = new byte[header + frame.length + suite.tagBytes];
        SFrameHeader.write(kid, counter, result);
        key.encrypt(counter, metadata, frame, result, header);
        counter++;
        return result;
    }

    /**
     * How many frames were encrypted.
     *
     * @return the number of the next one
     */
    public long counter() {
        return counter;
    }

    @Override
    public String toString() {
        return "SFrameEncryptor " + suite + ", key " + Long.toUnsignedString(kid) + ", frame " + counter;
    }
}
