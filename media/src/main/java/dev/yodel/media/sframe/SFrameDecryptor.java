package dev.yodel.media.sframe;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decrypts frames that were encrypted from end to end (RFC 9605), with the keys of all senders. A frame that is not
 * authentic, or whose key is not known, is refused and counted, and changes nothing. It does not notice a frame that
 * comes twice: RTP does. For one thread at a time.
 */
public final class SFrameDecryptor {
    /** More senders than any call has. */
    public static final int MAX_KEYS = 1_024;

    private final SFrameCipherSuite suite;
    private final Map<Long, SFrameKey> keys = new HashMap<>();
    private final SFrameHeader header = new SFrameHeader();
    private long refused;
    private long unknownKeys;
    private long damaged;
    private long lastKeyId;

    /**
     * A decryptor without keys.
     *
     * @param suite which all know
     */
    public SFrameDecryptor(SFrameCipherSuite suite) {
        this.suite = Objects.requireNonNull(suite, "suite");
    }

    /**
     * Adds a key, or replaces the one of that identifier.
     *
     * @param kid identifier of the key, unsigned
     * @param baseKey the secret that all know, 16 bytes or more; not kept
     * @throws IllegalArgumentException if the key is shorter, or there are {@link #MAX_KEYS} already
     */
    public void addKey(long kid, byte[] baseKey) {
        if (baseKey.length < 16) {
            throw new IllegalArgumentException("baseKey must have 16 bytes or more, had " + baseKey.length);
        }
        if (keys.size() >= MAX_KEYS && !keys.containsKey(kid)) {
            throw new IllegalArgumentException("there are " + MAX_KEYS + " keys; remove those of who has left");
        }
        keys.put(kid, new SFrameKey(suite, kid, baseKey));
    }

    /**
     * Forgets a key.
     *
     * @param kid its identifier; one that is not known is passed over
     */
    public void removeKey(long kid) {
        keys.remove(kid);
    }

    /**
     * Decrypts a frame.
     *
     * @param data holds the frame; not changed
     * @param offset first byte
     * @param length count of bytes, anything
     * @param metadata as the sender gave it
     * @return the frame; null if it is not authentic, damaged, or under a key that is not known
     */
    public byte @Nullable [] decrypt(byte[] data, int offset, int length, byte[] metadata) {
        Objects.checkFromIndexSize(offset, length, data.length);
        if (!header.read(data, offset, length)) {
            refused++;
            damaged++;
            return null;
        }
        lastKeyId = header.kid;
        SFrameKey key = keys.get(header.kid);
        if (key == null) {
            unknownKeys++;
            return null;
        }
        byte[] plain = key.decrypt(header.counter, metadata, data, offset, length, header.length);
        if (plain == null) {
            refused++;
        }
        return plain;
    }

    /**
     * Frames that were damaged or not authentic.
     *
     * @return a count since the beginning
     */
    public long refused() {
        return refused;
    }

    /**
     * Those of the refused frames that have no header of RFC 9605.
     *
     * @return a count since the beginning
     */
    public long damaged() {
        return damaged;
    }

    /**
     * Which key the last frame with a header names.
     *
     * @return its identifier, unsigned; 0 before the first
     */
    public long lastKeyId() {
        return lastKeyId;
    }

    /**
     * Frames under keys that are not known: often those of a sender that changed its key earlier than we heard of it.
     *
     * @return a count since the beginning
     */
    public long unknownKeys() {
        return unknownKeys;
    }

    @Override
    public String toString() {
        return "SFrameDecryptor " + suite + ", " + keys.size() + " keys, refused " + refused;
    }
}
