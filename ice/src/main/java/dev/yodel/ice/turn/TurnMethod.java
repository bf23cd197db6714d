package dev.yodel.ice.turn;

/** The STUN methods of TURN (RFC 8656 section 17). */
final class TurnMethod {
    static final int ALLOCATE = 0x003;
    static final int REFRESH = 0x004;
    static final int SEND = 0x006;
    static final int DATA = 0x007;
    static final int CREATE_PERMISSION = 0x008;
    static final int CHANNEL_BIND = 0x009;

    private TurnMethod() {}
}
