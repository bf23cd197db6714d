package dev.yodel.dtls;

/** What W3C's RTCDtlsTransportState says of an endpoint. */
public enum DtlsState {
    /** Not started. */
    NEW("new"),
    /** The handshake runs. */
    CONNECTING("connecting"),
    /** The peer's certificate was verified and keys exist. */
    CONNECTED("connected"),
    /** Closed by us, or by the peer's authenticated close_notify. */
    CLOSED("closed"),
    /** Failed for good; the event {@link DtlsEvent.Failed} said why. */
    FAILED("failed");

    private final String text;

    DtlsState(String text) {
        this.text = text;
    }

    /** The value of W3C's RTCDtlsTransportState. */
    @Override
    public String toString() {
        return text;
    }
}
