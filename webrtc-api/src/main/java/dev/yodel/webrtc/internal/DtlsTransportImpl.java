package dev.yodel.webrtc.internal;

import dev.yodel.dtls.DtlsState;
import dev.yodel.io.Registration;
import dev.yodel.webrtc.DtlsTransport;
import dev.yodel.webrtc.DtlsTransportState;
import dev.yodel.webrtc.IceTransport;
import dev.yodel.webrtc.RtcErrorEvent;
import dev.yodel.webrtc.internal.transport.ListenerList;
import java.util.List;
import java.util.function.Consumer;

/** W3C's RTCDtlsTransport. States change on the connection's lane; any thread reads them. It commands nothing. */
final class DtlsTransportImpl implements DtlsTransport {
    private final IceTransportImpl ice;
    private final ListenerList<DtlsTransport> stateListeners = new ListenerList<>();
    private final ListenerList<RtcErrorEvent> errorListeners = new ListenerList<>();
    private volatile DtlsTransportState state = DtlsTransportState.NEW;
    private volatile List<byte[]> remoteCertificates = List.of();

    DtlsTransportImpl(IceTransportImpl ice) {
        this.ice = ice;
    }

    /** Whether it is another one than before. */
    boolean changeState(DtlsState value) {
        DtlsTransportState before = state;
        state = switch (value) {
            case NEW -> DtlsTransportState.NEW;
            case CONNECTING -> DtlsTransportState.CONNECTING;
            case CONNECTED -> DtlsTransportState.CONNECTED;
            case CLOSED -> DtlsTransportState.CLOSED;
            case FAILED -> DtlsTransportState.FAILED;
        };
        return state != before;
    }

    void remoteCertificates(List<byte[]> certificates) {
        remoteCertificates = List.copyOf(certificates);
    }

    void fireState() {
        stateListeners.fire(this);
    }

    void fireError(RtcErrorEvent error) {
        errorListeners.fire(error);
    }

    @Override
    public IceTransport iceTransport() {
        return ice;
    }

    @Override
    public DtlsTransportState state() {
        return state;
    }

    @Override
    public List<byte[]> getRemoteCertificates() {
        return remoteCertificates.stream().map(byte[]::clone).toList();
    }

    @Override
    public Registration onStateChange(Runnable listener) {
        return stateListeners.add(transport -> listener.run());
    }

    @Override
    public Registration onError(Consumer<RtcErrorEvent> listener) {
        return errorListeners.add(listener);
    }

    @Override
    public String toString() {
        return "DTLS transport " + state + " over " + ice;
    }
}
