package dev.yodel.webrtc.internal.jsep;

import org.jspecify.annotations.Nullable;

/**
 * What descriptions have done to data channels: all that a rollback restores.
 *
 * @param mid its m-section; null before one is associated
 * @param index the section's number; -1 before one is associated
 * @param transport the transport's number; -1 before there is one
 * @param negotiated what an answer agreed on; null before one
 */
public record DataState(@Nullable String mid, int index, int transport, @Nullable NegotiatedData negotiated) {
    /** Before any description. */
    public static final DataState NONE = new DataState(null, -1, -1, null);

    boolean present() {
        return mid != null;
    }

    DataState at(String newMid, int newIndex) {
        return new DataState(newMid, newIndex, transport, negotiated);
    }

    DataState withTransport(int value) {
        return new DataState(mid, index, value, negotiated);
    }

    DataState withNegotiated(NegotiatedData value) {
        return new DataState(mid, index, transport, value);
    }
}
