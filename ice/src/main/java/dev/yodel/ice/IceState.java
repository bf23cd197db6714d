package dev.yodel.ice;

/** W3C RTCIceTransportState. */
public enum IceState {
    /** Gathering, or waiting for remote candidates; nothing was checked yet. */
    NEW("new"),
    /** Checking pairs; none works yet. */
    CHECKING("checking"),
    /** A pair works; others are still checked, or more candidates may come. */
    CONNECTED("connected"),
    /** A pair works and nothing is left to check or to wait for; a second after the first nomination at the soonest. */
    COMPLETED("completed"),
    /** The selected pair stopped answering; it may come back. */
    DISCONNECTED("disconnected"),
    /** Nothing works; only a restart helps. */
    FAILED("failed"),
    /** Closed by its owner. */
    CLOSED("closed");

    private final String text;

    IceState(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
