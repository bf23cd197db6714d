package dev.yodel.dtls.engine;

/**
 * The AES-GCM keys and implicit nonces of epoch 1 (RFC 5288 3), as one side uses them.
 *
 * @param writeKey 16 or 32 bytes
 * @param readKey 16 or 32 bytes
 * @param writeSalt 4 bytes
 * @param readSalt 4 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
public record RecordKeys(byte[] writeKey, byte[] readKey, byte[] writeSalt, byte[] readSalt) {
    /** Without the keys. */
    @Override
    public String toString() {
        return "RecordKeys[AES-" + writeKey.length * 8 + "]";
    }
}
