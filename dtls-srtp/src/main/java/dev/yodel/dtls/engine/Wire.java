package dev.yodel.dtls.engine;

/** The numbers of RFC 6347 and RFC 5246 that the engine names. */
public final class Wire {
    public static final int CHANGE_CIPHER_SPEC = 20;
    public static final int ALERT = 21;
    public static final int HANDSHAKE = 22;
    public static final int APPLICATION_DATA = 23;

    /** Type 1, version 2, epoch 2, sequence number 6, length 2. */
    public static final int RECORD_HEADER_BYTES = 13;

    /** Type 1, length 3, message_seq 2, fragment_offset 3, fragment_length 3. */
    public static final int HANDSHAKE_HEADER_BYTES = 12;

    public static final int EXPLICIT_NONCE_BYTES = 8;
    public static final int TAG_BYTES = 16;

    public static final int DTLS_1_0 = 0xfeff;
    public static final int DTLS_1_2 = 0xfefd;

    public static final int HELLO_REQUEST = 0;
    public static final int CLIENT_HELLO = 1;
    public static final int SERVER_HELLO = 2;
    public static final int HELLO_VERIFY_REQUEST = 3;
    public static final int CERTIFICATE = 11;
    public static final int SERVER_KEY_EXCHANGE = 12;
    public static final int CERTIFICATE_REQUEST = 13;
    public static final int SERVER_HELLO_DONE = 14;
    public static final int CERTIFICATE_VERIFY = 15;
    public static final int CLIENT_KEY_EXCHANGE = 16;
    public static final int FINISHED = 20;

    public static final int ALERT_WARNING = 1;
    public static final int ALERT_FATAL = 2;
    public static final int CLOSE_NOTIFY = 0;
    public static final int HANDSHAKE_FAILURE = 40;
    public static final int BAD_CERTIFICATE = 42;
    public static final int UNSUPPORTED_CERTIFICATE = 43;
    public static final int DECODE_ERROR = 50;
    public static final int DECRYPT_ERROR = 51;
    public static final int INTERNAL_ERROR = 80;
    public static final int NO_RENEGOTIATION = 100;

    private Wire() {}
}
