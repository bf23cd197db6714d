package dev.yodel.dtls;

import dev.yodel.io.Time;
import java.util.List;

/**
 * What an endpoint is made with.
 *
 * @param certificate ours
 * @param mtuBytes the longest datagram of the handshake, 256 to 16384; from the fourth transmission of a
 *     flight on it is at most 548
 * @param firstResendFloorNanos the shortest first resend time
 * @param firstResendUnknownNanos the first resend time when the path's round-trip time is unknown
 * @param maxResendNanos where doubling stops; on a path that answers (see {@link DtlsEndpoint#handlePath}) it stops at four
 *     first resend times if that is less
 * @param deadlineNanos how long the handshake may take in all
 * @param srtpProfiles SRTP protection profiles (RFC 5764 4.1.2), best first: the order in which a client offers, and the
 *     order in which a server chooses; empty for data only
 * @param srtpRequired whether the handshake fails when there is no profile in common
 */
public record DtlsOptions(
        DtlsCertificate certificate,
        int mtuBytes,
        long firstResendFloorNanos,
        long firstResendUnknownNanos,
        long maxResendNanos,
        long deadlineNanos,
        List<Integer> srtpProfiles,
        boolean srtpRequired) {
    /** AEAD_AES_128_GCM (RFC 7714 14.2). */
    public static final int SRTP_AEAD_AES_128_GCM = 0x0007;

    /** AEAD_AES_256_GCM (RFC 7714 14.2). */
    public static final int SRTP_AEAD_AES_256_GCM = 0x0008;

    /** SRTP_AES128_CM_HMAC_SHA1_80 (RFC 5764 4.1.2). */
    public static final int SRTP_AES128_CM_HMAC_SHA1_80 = 0x0001;

    /**
     * Options.
     *
     * @throws IllegalArgumentException if a number is out of range or a profile is unknown
     */
    public DtlsOptions {
        srtpProfiles = List.copyOf(srtpProfiles);
        if (mtuBytes < 256 || mtuBytes > 16384) {
            throw new IllegalArgumentException("mtuBytes must be 256 to 16384, was " + mtuBytes);
        }
        if (firstResendFloorNanos <= 0
                || firstResendUnknownNanos <= 0
                || maxResendNanos < firstResendFloorNanos
                || deadlineNanos <= 0) {
            throw new IllegalArgumentException(
                    "timers must be positive, and the longest resend not below the shortest");
        }
        if (srtpRequired && srtpProfiles.isEmpty()) {
            throw new IllegalArgumentException("name an SRTP profile or do not require one");
        }
        for (int profile : srtpProfiles) {
            keyingMaterialBytes(profile);
        }
    }

    /**
     * The usual options: datagrams of 1200 bytes, first resend max(100 ms, 3 RTT) or 400 ms, at most 3 s, 30 s in all, and
     * AEAD_AES_128_GCM, AEAD_AES_256_GCM, AES128_CM_HMAC_SHA1_80 in this order, one of them required.
     *
     * @param certificate ours
     * @return the options
     */
    public static DtlsOptions of(DtlsCertificate certificate) {
        return new DtlsOptions(
                certificate,
                1200,
                100 * Time.MILLISECOND,
                400 * Time.MILLISECOND,
                3 * Time.SECOND,
                30 * Time.SECOND,
                List.of(SRTP_AEAD_AES_128_GCM, SRTP_AEAD_AES_256_GCM, SRTP_AES128_CM_HMAC_SHA1_80),
                true);
    }

    /**
     * The same with other SRTP profiles.
     *
     * @param profiles best first
     * @param required whether one of them must be negotiated
     * @return new options
     */
    public DtlsOptions withSrtp(List<Integer> profiles, boolean required) {
        return new DtlsOptions(
                certificate,
                mtuBytes,
                firstResendFloorNanos,
                firstResendUnknownNanos,
                maxResendNanos,
                deadlineNanos,
                profiles,
                required);
    }

    /**
     * The same with other timers.
     *
     * @param firstResendFloor shortest first resend time, nanoseconds
     * @param firstResendUnknown first resend time without a known round-trip time, nanoseconds
     * @param maxResend where doubling stops, nanoseconds
     * @param deadline how long the handshake may take, nanoseconds
     * @return new options
     */
    public DtlsOptions withTimers(long firstResendFloor, long firstResendUnknown, long maxResend, long deadline) {
        return new DtlsOptions(
                certificate,
                mtuBytes,
                firstResendFloor,
                firstResendUnknown,
                maxResend,
                deadline,
                srtpProfiles,
                srtpRequired);
    }

    /**
     * The same with another datagram limit.
     *
     * @param bytes 256 to 16384
     * @return new options
     */
    public DtlsOptions withMtu(int bytes) {
        return new DtlsOptions(
                certificate,
                bytes,
                firstResendFloorNanos,
                firstResendUnknownNanos,
                maxResendNanos,
                deadlineNanos,
                srtpProfiles,
                srtpRequired);
    }

    /**
     * How much keying material a profile needs: two keys and two salts (RFC 5764 4.2).
     *
     * @param srtpProfile one of the three known profiles
     * @return 60, 56 or 88
     * @throws IllegalArgumentException if the profile is unknown
     */
    public static int keyingMaterialBytes(int srtpProfile) {
        return switch (srtpProfile) {
            case SRTP_AES128_CM_HMAC_SHA1_80 -> 2 * (16 + 14);
            case SRTP_AEAD_AES_128_GCM -> 2 * (16 + 12);
            case SRTP_AEAD_AES_256_GCM -> 2 * (32 + 12);
            default -> throw new IllegalArgumentException("unknown SRTP profile " + srtpProfile);
        };
    }

    /**
     * When a flight is sent again for the first time.
     *
     * @param rttNanos the path's round-trip time, 0 or less if unknown
     * @return nanoseconds
     */
    public long firstResendNanos(long rttNanos) {
        if (rttNanos <= 0) {
            return firstResendUnknownNanos;
        }
        return Math.min(maxResendNanos, Math.max(firstResendFloorNanos, 3 * Math.min(rttNanos, maxResendNanos)));
    }
}
