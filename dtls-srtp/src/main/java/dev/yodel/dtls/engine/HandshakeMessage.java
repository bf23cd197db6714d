package dev.yodel.dtls.engine;

/**
 * One whole handshake message (RFC 6347 4.2.2).
 *
 * @param type its HandshakeType
 * @param messageSeq its number in this direction
 * @param epoch 0, or 1 for Finished
 * @param body what follows the handshake header; not changed by anybody
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
public record HandshakeMessage(int type, int messageSeq, int epoch, byte[] body) {
    @Override
    public String toString() {
        return "HandshakeMessage[type=" + type + " seq=" + messageSeq + " epoch=" + epoch + " " + body.length
                + " bytes]";
    }
}
