package dev.yodel.dtls;

import java.util.List;

/** What an endpoint tells its owner. */
public sealed interface DtlsEvent {
    /**
     * The handshake is complete and the peer's certificate matches its fingerprint. Comes at most once.
     *
     * @param srtpProfile the negotiated SRTP protection profile (RFC 5764 4.1.2), 0 if none was negotiated
     * @param keyingMaterial the exported SRTP keys in the order of RFC 5764 4.2 (client key, server key, client salt,
     *     server salt), empty if there is no profile; a fresh array, owned by the receiver
     * @param peerCertificates the peer's chain in DER, its own certificate first
     * @param tlsVersion the record version in hexadecimal, {@code FEFD}
     * @param cipher the suite's IANA name
     * @param role the role we had
     */
    @SuppressWarnings("ArrayRecordComponent") // fresh bytes that the receiver owns; events are never compared
    record Connected(
            int srtpProfile,
            byte[] keyingMaterial,
            List<byte[]> peerCertificates,
            String tlsVersion,
            String cipher,
            DtlsRole role)
            implements DtlsEvent {
        @Override
        public String toString() {
            return "Connected[" + role + " " + tlsVersion + " " + cipher + " srtp=" + Integer.toHexString(srtpProfile)
                    + "]";
        }
    }

    /**
     * An authenticated application-data record: a view into the array that was given to {@link
     * DtlsEndpoint#handleDatagram} (or a fresh one if it came before the handshake's end), valid until that array is
     * used again.
     *
     * @param data borrowed
     * @param offset first byte
     * @param length count of bytes, 0 and more
     */
    @SuppressWarnings("ArrayRecordComponent") // a view, never compared
    record ApplicationData(byte[] data, int offset, int length) implements DtlsEvent {
        @Override
        public String toString() {
            return "ApplicationData[" + length + " bytes]";
        }
    }

    /**
     * The endpoint failed; nothing else follows.
     *
     * @param reason what happened
     * @param text the same in words, without secrets
     * @param alert the alert (RFC 5246 7.2.2) that was sent or received, -1 if none
     */
    record Failed(DtlsFailure reason, String text, int alert) implements DtlsEvent {}

    /** The peer closed by an authenticated close_notify (RFC 5246 7.2.1); nothing else follows. */
    record Closed() implements DtlsEvent {}
}
