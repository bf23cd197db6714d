package dev.yodel.ice.stun;

/** Attribute types that this library reads or writes. Types below 0x8000 must be understood (RFC 8489 section 14). */
public final class StunAttribute {
    /** RFC 8489 section 14.1. */
    public static final int MAPPED_ADDRESS = 0x0001;
    /** RFC 5780 section 7.2. */
    public static final int CHANGE_REQUEST = 0x0003;
    /** RFC 8489 section 14.3. */
    public static final int USERNAME = 0x0006;
    /** RFC 8489 section 14.5. */
    public static final int MESSAGE_INTEGRITY = 0x0008;
    /** RFC 8489 section 14.8. */
    public static final int ERROR_CODE = 0x0009;
    /** RFC 8489 section 14.13. */
    public static final int UNKNOWN_ATTRIBUTES = 0x000A;
    /** RFC 8656 section 18.1. */
    public static final int CHANNEL_NUMBER = 0x000C;
    /** RFC 8656 section 18.2, in seconds. */
    public static final int LIFETIME = 0x000D;
    /** RFC 8656 section 18.3. */
    public static final int XOR_PEER_ADDRESS = 0x0012;
    /** RFC 8656 section 18.4. */
    public static final int DATA = 0x0013;
    /** RFC 8489 section 14.9. */
    public static final int REALM = 0x0014;
    /** RFC 8489 section 14.10. */
    public static final int NONCE = 0x0015;
    /** RFC 8656 section 18.5. */
    public static final int XOR_RELAYED_ADDRESS = 0x0016;
    /** RFC 8656 section 18.6. */
    public static final int REQUESTED_ADDRESS_FAMILY = 0x0017;
    /** RFC 8656 section 18.7. */
    public static final int EVEN_PORT = 0x0018;
    /** RFC 8656 section 18.8. */
    public static final int REQUESTED_TRANSPORT = 0x0019;
    /** RFC 8656 section 18.9. */
    public static final int DONT_FRAGMENT = 0x001A;
    /** RFC 8489 section 14.6. */
    public static final int MESSAGE_INTEGRITY_SHA256 = 0x001C;
    /** RFC 8489 section 14.12. */
    public static final int PASSWORD_ALGORITHM = 0x001D;
    /** RFC 8489 section 14.4. */
    public static final int USERHASH = 0x001E;
    /** RFC 8489 section 14.2. */
    public static final int XOR_MAPPED_ADDRESS = 0x0020;
    /** RFC 8656 section 18.10. */
    public static final int RESERVATION_TOKEN = 0x0022;
    /** RFC 8445 section 7.1.1. */
    public static final int PRIORITY = 0x0024;
    /** RFC 8445 section 7.1.2. */
    public static final int USE_CANDIDATE = 0x0025;
    /** RFC 8656 section 18.11. */
    public static final int ADDITIONAL_ADDRESS_FAMILY = 0x8000;
    /** RFC 8656 section 18.12. */
    public static final int ADDRESS_ERROR_CODE = 0x8001;
    /** RFC 8489 section 14.11. */
    public static final int PASSWORD_ALGORITHMS = 0x8002;
    /** RFC 8489 section 14.16. */
    public static final int ALTERNATE_DOMAIN = 0x8003;
    /** RFC 8489 section 14.14. */
    public static final int SOFTWARE = 0x8022;
    /** RFC 8489 section 14.15. */
    public static final int ALTERNATE_SERVER = 0x8023;
    /** RFC 8489 section 14.7. */
    public static final int FINGERPRINT = 0x8028;
    /** RFC 8445 section 7.1.3, the tie-breaker. */
    public static final int ICE_CONTROLLED = 0x8029;
    /** RFC 8445 section 7.1.3, the tie-breaker. */
    public static final int ICE_CONTROLLING = 0x802A;
    /** RFC 5780 section 7.3. */
    public static final int RESPONSE_ORIGIN = 0x802B;
    /** RFC 5780 section 7.4. */
    public static final int OTHER_ADDRESS = 0x802C;
    /** draft-thatcher-ice-renomination, as libwebrtc numbers it: which nomination is the later one. */
    public static final int NOMINATION = 0xC001;

    private StunAttribute() {}

    /**
     * Whether a receiver must refuse a request with an attribute of this type that it does not know.
     *
     * @param type 16-bit attribute type
     * @return true below 0x8000
     */
    public static boolean isComprehensionRequired(int type) {
        return type < 0x8000;
    }
}
