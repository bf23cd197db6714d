package dev.yodel.webrtc.internal;

import dev.yodel.io.Registration;
import dev.yodel.webrtc.DtlsTransport;
import dev.yodel.webrtc.SctpTransport;
import dev.yodel.webrtc.SctpTransportState;
import dev.yodel.webrtc.internal.jsep.DataModel;
import dev.yodel.webrtc.internal.transport.ListenerList;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** W3C's RTCSctpTransport over a {@link TransportHandle}. States change on the connection's lane. */
final class SctpTransportImpl implements SctpTransport {
    /** Changes under the connection's lock until the association is up. */
    private volatile TransportHandle transport;

    private final ListenerList<SctpTransport> stateListeners = new ListenerList<>();
    private volatile SctpTransportState state = SctpTransportState.CONNECTING;
    private volatile double maxMessageSize = DataModel.UNSAID_MAX_MESSAGE_BYTES;
    private volatile @Nullable Integer maxChannels;

    SctpTransportImpl(TransportHandle transport) {
        this.transport = transport;
    }

    /** Whether it is on this transport, or goes there because nothing is connected yet (RFC 9143 7.3.2). */
    boolean follow(TransportHandle handle) {
        if (!transport.equals(handle) && state != SctpTransportState.CONNECTING) {
            return false;
        }
        transport = handle;
        return true;
    }

    void maxMessageSize(double value) {
        maxMessageSize = value;
    }

    /** On the lane: the association is up. */
    void connected(int channels) {
        if (state == SctpTransportState.CONNECTING) {
            maxChannels = channels;
            state = SctpTransportState.CONNECTED;
            stateListeners.fire(this);
        }
    }

    /** On the lane: the association is over. */
    void ended() {
        if (state != SctpTransportState.CLOSED) {
            state = SctpTransportState.CLOSED;
            stateListeners.fire(this);
        }
    }

    /** The connection was closed: no event. */
    void close() {
        state = SctpTransportState.CLOSED;
    }

    @Override
    public DtlsTransport transport() {
        return transport.dtls();
    }

    /** The transport below. */
    TransportHandle handle() {
        return transport;
    }

    @Override
    public SctpTransportState state() {
        return state;
    }

    @Override
    public double maxMessageSize() {
        return maxMessageSize;
    }

    @Override
    public @Nullable Integer maxChannels() {
        return maxChannels;
    }

    @Override
    public Registration onStateChange(Runnable listener) {
        Objects.requireNonNull(listener, "listener");
        return stateListeners.add(transport -> listener.run());
    }

    @Override
    public String toString() {
        return "SCTP transport " + state;
    }
}
