package dev.yodel.webrtc.internal;

import dev.yodel.sctp.dcep.ChannelParameters;
import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.DataChannelEvent;
import dev.yodel.webrtc.DataChannelInit;
import dev.yodel.webrtc.SctpTransport;
import dev.yodel.webrtc.internal.jsep.JsepInput;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * W3C's methods and events about data channels, as operations on the signaling side. Methods from any thread,
 * {@code handle} methods on the lane.
 */
final class DataMethods {
    private final PeerConnectionImpl owner;
    private final Signaling signaling;
    private final ConnectionEvents events;

    DataMethods(PeerConnectionImpl owner, Signaling signaling, ConnectionEvents events) {
        this.owner = owner;
        this.signaling = signaling;
        this.events = events;
    }

    DataChannel createDataChannel(String label, DataChannelInit init) {
        mustBeOpen();
        ChannelParameters parameters = DataChannelSet.parameters(label, init);
        DataChannelImpl channel = signaling.locked(() -> {
            mustBeOpen();
            DataChannelImpl made = signaling.dataChannels().create(parameters, init);
            signaling.apply(new JsepInput.WantData());
            return made;
        });
        owner.updateNegotiationNeeded();
        return channel;
    }

    private void mustBeOpen() {
        if (owner.closed()) {
            throw OperationsChain.closedError("createDataChannel");
        }
    }

    @Nullable
    SctpTransport sctp() {
        return signaling.dataChannels().sctp();
    }

    /** The object for a channel that the peer has opened; its lane waits until the connection's lane knows it. */
    DataChannelImpl announced(int id, ChannelParameters parameters) {
        return new DataChannelImpl(signaling.dataChannels(), parameters, false, id);
    }

    /** W3C: the channel is open, then the datachannel event, then a task of its own for the open event. */
    void handleAnnounced(DataChannelImpl channel, int id) {
        boolean known = signaling.locked(() -> {
            if (!owner.closed()) {
                signaling.dataChannels().announced(channel, id);
            }
            return !owner.closed();
        });
        if (known) {
            channel.announced();
            events.fire(events.dataChannel, new DataChannelEvent(channel));
            channel.end().start();
        }
    }

    void handleSctp(TransportHandle transport, Consumer<SctpTransportImpl> what) {
        SctpTransportImpl sctp = signaling.dataChannels().sctp();
        if (sctp != null && sctp.handle().equals(transport)) {
            what.accept(sctp);
        }
    }
}
