package dev.yodel.srtp;

import dev.yodel.io.Bytes;
import dev.yodel.io.RtpHeader;
import java.util.Arrays;

/**
 * SRTP and SRTCP of one transport, both directions, all SSRCs (RFC 3711, RFC 7714), keyed by a DTLS handshake (RFC 5764).
 * It does not negotiate, rekey or look into payloads. For one thread, the transport's loop.
 *
 * <p>Packets are changed in place. What is received and not authentic changes nothing: neither the packet's bytes nor
 * any state. A context for a received SSRC exists only after an authentic packet; there are at most 1,024 per direction,
 * and of the received ones the one that was silent longest makes room. New keys mean a new session.
 */
public final class SrtpSession {
    /** Room that {@code protect} methods need behind any packet, whatever the profile. */
    public static final int MAX_OVERHEAD = 20;

    private final SrtpProfile profile;
    private final PacketCipher rtpOut;
    private final PacketCipher rtpIn;
    private final PacketCipher rtcpOut;
    private final PacketCipher rtcpIn;
    private final SsrcTable<SrtpContext> rtpSent = new SsrcTable<>();
    private final SsrcTable<SrtpContext> rtpReceived = new SsrcTable<>();
    private final SsrcTable<SrtcpContext> rtcpSent = new SsrcTable<>();
    private final SsrcTable<SrtcpContext> rtcpReceived = new SsrcTable<>();
    private final long[] counts = new long[SrtpResult.values().length];
    private boolean cryptexSent;
    private boolean cryptexTaken;
    private long rtpPacketsSent;
    private long rtcpPacketsSent;

    /**
     * Derives all keys.
     *
     * @param profile what the handshake agreed on
     * @param keyingMaterial the exporter's output in the order of RFC 5764 4.2: client key, server key, client salt,
     *     server salt; {@link SrtpProfile#keyingMaterialLength()} bytes, not kept
     * @param dtlsClient whether we were the DTLS client
     * @throws IllegalArgumentException if the keying material has another length
     */
    public SrtpSession(SrtpProfile profile, byte[] keyingMaterial, boolean dtlsClient) {
        this(profile, keyingMaterial, dtlsClient, new SrtpScratch());
    }

    /**
     * Derives all keys.
     *
     * @param profile what the handshake agreed on
     * @param keyingMaterial as for the other constructor
     * @param dtlsClient whether we were the DTLS client
     * @param scratch may be that of all sessions of this thread
     * @throws IllegalArgumentException if the keying material has another length
     */
    public SrtpSession(SrtpProfile profile, byte[] keyingMaterial, boolean dtlsClient, SrtpScratch scratch) {
        if (keyingMaterial.length != profile.keyingMaterialLength()) {
            throw new IllegalArgumentException("export " + profile.keyingMaterialLength()
                    + " bytes of keying material for " + profile + ", not " + keyingMaterial.length);
        }
        this.profile = profile;
        int key = profile.keyLength();
        int salt = profile.saltLength();
        KeyDerivation client = derivation(keyingMaterial, 0, key, 2 * key, salt);
        KeyDerivation server = derivation(keyingMaterial, key, key, 2 * key + salt, salt);
        KeyDerivation out = dtlsClient ? client : server;
        KeyDerivation in = dtlsClient ? server : client;
        rtpOut = PacketCipher.rtp(profile, out, scratch);
        rtcpOut = PacketCipher.rtcp(profile, out, scratch);
        rtpIn = PacketCipher.rtp(profile, in, scratch);
        rtcpIn = PacketCipher.rtcp(profile, in, scratch);
    }

    private static KeyDerivation derivation(byte[] material, int keyAt, int keyLength, int saltAt, int saltLength) {
        byte[] key = Arrays.copyOfRange(material, keyAt, keyAt + keyLength);
        byte[] salt = Arrays.copyOfRange(material, saltAt, saltAt + saltLength);
        KeyDerivation derivation = new KeyDerivation(key, salt);
        Arrays.fill(key, (byte) 0);
        return derivation;
    }

    /**
     * The profile given to the constructor.
     *
     * @return the profile
     */
    public SrtpProfile profile() {
        return profile;
    }

    /**
     * Encrypts header extensions and CSRCs too (RFC 9335, Cryptex). Both directions are off at first: each may be
     * switched on when the descriptions allow it ({@code a=cryptex}). Packets without a header extension are sent as
     * ever, those with CSRCs and no extension among them, which WebRTC does not send.
     *
     * @param send whether what is sent is encrypted so: the peer said that it takes it
     * @param receive whether what is received so is decrypted: we said so
     */
    public void useCryptex(boolean send, boolean receive) {
        cryptexSent = send;
        cryptexTaken = receive;
    }

    /**
     * Encrypts and authenticates an RTP packet. Of each SSRC the first sequence number should lie below 2^15, and
     * packets may leave out of order by less than 2^15.
     *
     * @param data holds the packet and {@link SrtpProfile#rtpOverhead()} bytes behind it; changed in place, not kept
     * @param offset first byte of the packet
     * @param length of the packet
     * @return the new length, or the negative code of {@link SrtpResult#MALFORMED}, {@link SrtpResult#INDEX_REUSED},
     *     {@link SrtpResult#KEY_EXPIRED} or {@link SrtpResult#TOO_MANY_SSRCS}: then the packet is as it was
     * @throws IllegalArgumentException if there is no room behind the packet
     */
    public int protectRtp(byte[] data, int offset, int length) {
        return count(sealRtp(data, offset, length, false));
    }

    /**
     * Protects an RTP packet that was sent before with the same sequence number (a retransmission without RTX). All its
     * bytes, the header extension included, must be those of the first time: other bytes under the same index would give
     * away key stream, and with GCM the authentication key (RFC 7714 14.1).
     *
     * @param data as for {@link #protectRtp}
     * @param offset as for {@link #protectRtp}
     * @param length as for {@link #protectRtp}
     * @return as for {@link #protectRtp}
     * @throws IllegalArgumentException if there is no room behind the packet
     */
    public int protectRetransmission(byte[] data, int offset, int length) {
        return count(sealRtp(data, offset, length, true));
    }

    private int sealRtp(byte[] data, int offset, int length, boolean again) {
        int headerLength = RtpHeader.headerLength(data, offset, length);
        if (headerLength < 0) {
            return SrtpResult.MALFORMED.code();
        }
        needRoom(data, offset, length, profile.rtpOverhead());
        int ssrc = Bytes.i32(data, offset + 8);
        SrtpContext context = rtpSent.find(ssrc);
        int sequenceNumber = Bytes.u16(data, offset + 2);
        long index = context == null ? sequenceNumber : context.estimate(sequenceNumber);
        // RFC 3711 9.2: at most 2^48 packets under one master key, all SSRCs together.
        if (index >= SrtpContext.INDEX_END || rtpPacketsSent >= SrtpContext.INDEX_END) {
            return SrtpResult.KEY_EXPIRED.code();
        }
        if (context == null) {
            // Forgetting a sent SSRC would forget its rollover counter, so here the newest is refused.
            if (rtpSent.isFull()) {
                return SrtpResult.TOO_MANY_SSRCS.code();
            }
            context = new SrtpContext(ssrc);
            rtpSent.add(context);
        } else if (!again && context.window.check(index) != SrtpResult.OK) {
            return SrtpResult.INDEX_REUSED.code();
        }
        int clearLength = headerLength;
        int hiddenCsrcs = 0;
        if (cryptexSent) {
            int at = Cryptex.extension(data, offset);
            if (at >= 0 && Cryptex.hide(data, at)) {
                clearLength = Cryptex.CLEAR_LENGTH;
                hiddenCsrcs = at - offset - RtpHeader.FIXED_LENGTH;
            }
        }
        int newLength = rtpOut.sealRtp(data, offset, clearLength, hiddenCsrcs, length, ssrc, index);
        if (!again || context.window.check(index) == SrtpResult.OK) {
            context.window.commit(index);
        }
        rtpSent.touch(context);
        rtpPacketsSent++;
        return newLength;
    }

    /**
     * Checks and decrypts a received SRTP packet.
     *
     * @param data holds the packet; changed in place if it is authentic, not kept
     * @param offset first byte of the packet
     * @param length of the packet
     * @return the length without the tag, or the negative code of {@link SrtpResult#MALFORMED},
     *     {@link SrtpResult#REPLAYED}, {@link SrtpResult#TOO_OLD}, {@link SrtpResult#AUTHENTICATION_FAILED} or
     *     {@link SrtpResult#KEY_EXPIRED}: then the packet is as it was
     */
    public int unprotectRtp(byte[] data, int offset, int length) {
        return count(openRtp(data, offset, length));
    }

    private int openRtp(byte[] data, int offset, int length) {
        int headerLength = RtpHeader.headerLength(data, offset, length - profile.tagLength());
        if (headerLength < 0) {
            return SrtpResult.MALFORMED.code();
        }
        int ssrc = Bytes.i32(data, offset + 8);
        int sequenceNumber = Bytes.u16(data, offset + 2);
        SrtpContext context = rtpReceived.find(ssrc);
        if (context == null) {
            return openFirstRtp(data, offset, headerLength, length, ssrc, sequenceNumber);
        }
        long index = context.estimate(sequenceNumber);
        if (index >= SrtpContext.INDEX_END) {
            return SrtpResult.KEY_EXPIRED.code();
        }
        SrtpResult fresh = context.window.check(index);
        if (fresh != SrtpResult.OK) {
            return fresh.code();
        }
        int newLength = decryptRtp(data, offset, headerLength, length, ssrc, index);
        if (newLength >= 0) {
            context.window.commit(index);
            rtpReceived.touch(context);
        }
        return newLength;
    }

    private int decryptRtp(byte[] data, int offset, int headerLength, int length, int ssrc, long index) {
        int at = cryptexTaken ? Cryptex.extension(data, offset) : -1;
        if (at < 0 || !Cryptex.isHidden(data, at)) {
            return rtpIn.openRtp(data, offset, headerLength, 0, length, ssrc, index);
        }
        int csrcs = at - offset - RtpHeader.FIXED_LENGTH;
        int newLength = rtpIn.openRtp(data, offset, Cryptex.CLEAR_LENGTH, csrcs, length, ssrc, index);
        if (newLength >= 0) {
            Cryptex.show(data, at);
        }
        return newLength;
    }

    /** The first packet of an SSRC: should all those before a wrap be lost, the rollover counter is 1 already. */
    private int openFirstRtp(byte[] data, int offset, int headerLength, int length, int ssrc, int sequenceNumber) {
        for (long roc = 0; roc <= 1; roc++) {
            long index = roc << 16 | sequenceNumber;
            int newLength = decryptRtp(data, offset, headerLength, length, ssrc, index);
            if (newLength >= 0) {
                SrtpContext context = new SrtpContext(ssrc);
                context.window.commit(index);
                rtpReceived.add(context);
                return newLength;
            }
        }
        return SrtpResult.AUTHENTICATION_FAILED.code();
    }

    /**
     * Encrypts and authenticates an RTCP compound packet.
     *
     * @param data holds the packet and {@link SrtpProfile#rtcpOverhead()} bytes behind it; changed in place, not kept
     * @param offset first byte of the packet
     * @param length of the packet
     * @return the new length, or the negative code of {@link SrtpResult#MALFORMED}, {@link SrtpResult#KEY_EXPIRED} or
     *     {@link SrtpResult#TOO_MANY_SSRCS}: then the packet is as it was
     * @throws IllegalArgumentException if there is no room behind the packet
     */
    public int protectRtcp(byte[] data, int offset, int length) {
        return count(sealRtcp(data, offset, length));
    }

    private int sealRtcp(byte[] data, int offset, int length) {
        if (!isRtcp(data, offset, length)) {
            return SrtpResult.MALFORMED.code();
        }
        needRoom(data, offset, length, profile.rtcpOverhead());
        int ssrc = Bytes.i32(data, offset + 4);
        SrtcpContext context = rtcpSent.find(ssrc);
        long index = context == null ? 0 : context.next();
        // RFC 3711 9.2: at most 2^31 packets under one master key, all SSRCs together.
        if (index >= SrtcpContext.INDEX_END || rtcpPacketsSent >= SrtcpContext.INDEX_END) {
            return SrtpResult.KEY_EXPIRED.code();
        }
        if (context == null) {
            if (rtcpSent.isFull()) {
                return SrtpResult.TOO_MANY_SSRCS.code();
            }
            context = new SrtcpContext(ssrc);
            rtcpSent.add(context);
        }
        int newLength = rtcpOut.sealRtcp(data, offset, length, ssrc, (int) index);
        context.window.commit(index);
        rtcpSent.touch(context);
        rtcpPacketsSent++;
        return newLength;
    }

    /**
     * Checks and decrypts a received SRTCP packet.
     *
     * @param data holds the packet; changed in place if it is authentic, not kept
     * @param offset first byte of the packet
     * @param length of the packet
     * @return the length without index and tag, or the negative code of {@link SrtpResult#MALFORMED},
     *     {@link SrtpResult#NOT_ENCRYPTED}, {@link SrtpResult#REPLAYED}, {@link SrtpResult#TOO_OLD} or
     *     {@link SrtpResult#AUTHENTICATION_FAILED}: then the packet is as it was
     */
    public int unprotectRtcp(byte[] data, int offset, int length) {
        return count(openRtcp(data, offset, length));
    }

    private int openRtcp(byte[] data, int offset, int length) {
        if (!isRtcp(data, offset, length - profile.rtcpOverhead())) {
            return SrtpResult.MALFORMED.code();
        }
        int ssrc = Bytes.i32(data, offset + 4);
        // With GCM the index word is the last, with HMAC it stands before the tag (RFC 7714 9.2, RFC 3711 3.4).
        int wordAt = offset + length - 4 - (profile.isGcm() ? 0 : profile.tagLength());
        int word = Bytes.i32(data, wordAt);
        if ((word & PacketCipher.ENCRYPTED) == 0) {
            return SrtpResult.NOT_ENCRYPTED.code();
        }
        int index = word & ~PacketCipher.ENCRYPTED;
        SrtcpContext context = rtcpReceived.find(ssrc);
        if (context != null) {
            SrtpResult fresh = context.window.check(index);
            if (fresh != SrtpResult.OK) {
                return fresh.code();
            }
        }
        int newLength = rtcpIn.openRtcp(data, offset, length, ssrc, index);
        if (newLength < 0) {
            return newLength;
        }
        if (context == null) {
            context = new SrtcpContext(ssrc);
            rtcpReceived.add(context);
        }
        context.window.commit(index);
        rtcpReceived.touch(context);
        return newLength;
    }

    /**
     * How many packets, of all methods, came to a result.
     *
     * @param result which
     * @return a count since the session began
     */
    public long count(SrtpResult result) {
        return counts[-result.code()];
    }

    /**
     * How many SSRCs have sent us an authentic RTP packet and are remembered.
     *
     * @return 0 to 1,024
     */
    public int receivedSsrcs() {
        return rtpReceived.size();
    }

    /**
     * The highest authenticated packet index of a received stream: rollover counter and sequence number (RFC 3711
     * 3.3.1).
     *
     * @param ssrc of the stream
     * @return 48 bits, or -1 if the stream is not known
     */
    public long highestReceivedIndex(int ssrc) {
        SrtpContext context = rtpReceived.find(ssrc);
        return context == null ? -1 : context.window.highest();
    }

    /** For tests of the end of a key's life: as if that many packets had been sent. */
    void assumeSent(long rtpPackets, long rtcpPackets) {
        rtpPacketsSent = rtpPackets;
        rtcpPacketsSent = rtcpPackets;
    }

    /** For tests of wraps: as if this index had been sent and received last. */
    void assumeIndex(int ssrc, long rtpIndex, long rtcpIndex) {
        SrtpContext sent = new SrtpContext(ssrc);
        sent.window.commit(rtpIndex);
        rtpSent.add(sent);
        SrtpContext received = new SrtpContext(ssrc);
        received.window.commit(rtpIndex);
        rtpReceived.add(received);
        SrtcpContext rtcp = new SrtcpContext(ssrc);
        rtcp.window.commit(rtcpIndex);
        rtcpSent.add(rtcp);
    }

    @Override
    public String toString() {
        return "SrtpSession[" + profile + ", sends " + rtpSent.size() + " SSRCs, receives " + rtpReceived.size()
                + ", refused " + Arrays.toString(counts) + "]";
    }

    private int count(int lengthOrCode) {
        counts[lengthOrCode < 0 ? -lengthOrCode : 0]++;
        return lengthOrCode;
    }

    private static void needRoom(byte[] data, int offset, int length, int overhead) {
        if (data.length - offset - length < overhead) {
            throw new IllegalArgumentException(
                    "leave " + overhead + " bytes behind the packet, there are " + (data.length - offset - length));
        }
    }

    private static boolean isRtcp(byte[] data, int offset, int length) {
        return length >= PacketCipher.RTCP_CLEAR && Bytes.u8(data, offset) >>> 6 == 2;
    }
}
