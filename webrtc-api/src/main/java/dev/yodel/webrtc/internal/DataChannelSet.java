package dev.yodel.webrtc.internal;

import dev.yodel.dtls.DtlsRole;
import dev.yodel.sctp.dcep.ChannelFailure;
import dev.yodel.sctp.dcep.ChannelParameters;
import dev.yodel.sctp.dcep.StreamIds;
import dev.yodel.webrtc.DataChannelInit;
import dev.yodel.webrtc.OperationException;
import dev.yodel.webrtc.PriorityType;
import dev.yodel.webrtc.SctpTransportState;
import dev.yodel.webrtc.internal.jsep.JsepState;
import dev.yodel.webrtc.internal.jsep.NegotiatedData;
import dev.yodel.webrtc.internal.jsep.SctpInits;
import dev.yodel.webrtc.internal.jsep.TransportState;
import dev.yodel.webrtc.internal.transport.DataPlan;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The data channels of a connection and their ids: which channel may be made, which id does it get, when does the
 * transport hear of it? What changes it runs under the connection's lock.
 */
final class DataChannelSet {
    private static final int MAX_TEXT_BYTES = 0xffff;

    private final PeerConnectionImpl connection;
    private final StreamIds ids = new StreamIds();
    private final Set<DataChannelImpl> channels = new LinkedHashSet<>();
    private final boolean laneShared;
    private final Patience patience = new Patience();
    /** What waits in channels that nobody listens to yet. */
    private final AtomicInteger earlyBytes = new AtomicInteger();

    private @Nullable DtlsRole role;
    private volatile @Nullable SctpTransportImpl sctp;

    DataChannelSet(PeerConnectionImpl connection) {
        this.connection = connection;
        this.laneShared = connection.factory().settings().singleLane() != null;
    }

    PeerConnectionImpl connection() {
        return connection;
    }

    /** Whether all callbacks are one lane, as in a browser: then nothing may change in the middle of any task. */
    boolean isLaneShared() {
        return laneShared;
    }

    AtomicInteger earlyBytes() {
        return earlyBytes;
    }

    @Nullable
    SctpTransportImpl sctp() {
        return sctp;
    }

    double maxMessageSize() {
        SctpTransportImpl transport = sctp;
        return transport == null ? 0 : transport.maxMessageSize();
    }

    /** W3C's checks of createDataChannel that need no connection, in W3C's order. */
    static ChannelParameters parameters(String label, DataChannelInit init) {
        String usv = Utf8.scalar(label);
        String protocol = Utf8.scalar(init.protocol());
        checkLength("label", usv);
        checkLength("protocol", protocol);
        Integer lifetime = init.maxPacketLifeTime();
        Integer retransmits = init.maxRetransmits();
        if (init.negotiated() && init.id() == null) {
            throw new IllegalArgumentException("a negotiated channel needs an id; both sides give the same one");
        }
        if (lifetime != null && retransmits != null) {
            throw new IllegalArgumentException(
                    "maxPacketLifeTime and maxRetransmits exclude each other; set one of them");
        }
        if (init.negotiated() && Integer.valueOf(StreamIds.COUNT).equals(init.id())) {
            throw new IllegalArgumentException("an id is 0 to 65534; 65535 means none");
        }
        return new ChannelParameters(
                usv,
                protocol,
                init.ordered(),
                retransmits == null ? -1 : retransmits,
                lifetime == null ? -1 : lifetime,
                priority(init.priority()));
    }

    private static void checkLength(String name, String text) {
        if (text.length() > MAX_TEXT_BYTES || Utf8.bytes(text).length > MAX_TEXT_BYTES) {
            throw new IllegalArgumentException("the " + name + " has more than 65535 bytes of UTF-8; shorten it");
        }
    }

    /** RFC 8831 6.4. */
    private static int priority(PriorityType priority) {
        return switch (priority) {
            case VERY_LOW -> 128;
            case LOW -> 256;
            case MEDIUM -> 512;
            case HIGH -> 1024;
        };
    }

    /** Makes a channel and gives it an id if the roles are known. */
    DataChannelImpl create(ChannelParameters parameters, DataChannelInit init) {
        SctpTransportImpl transport = sctp;
        Integer id = init.negotiated() ? init.id() : null;
        Integer max = transport == null ? null : transport.maxChannels();
        int limit = max == null ? StreamIds.COUNT : max;
        if (id != null && id >= limit && transport != null && transport.state() == SctpTransportState.CONNECTED) {
            throw new OperationException("the association has streams 0 to " + (limit - 1) + " and the id is " + id);
        }
        if (id != null && !ids.take(id)) {
            throw new OperationException(
                    "the id " + id + " is in use; choose another or close the channel that has it");
        }
        if (id == null && role != null) {
            int next = ids.takeNext(role == DtlsRole.CLIENT, limit);
            if (next < 0) {
                throw new OperationException("no stream is free; close channels that are not needed");
            }
            id = next;
        }
        DataChannelImpl channel = new DataChannelImpl(this, parameters, init.negotiated(), id);
        channel.end().start();
        channels.add(channel);
        dispatch(channel);
        return channel;
    }

    private void dispatch(DataChannelImpl channel) {
        SctpTransportImpl transport = sctp;
        Integer id = channel.id();
        if (transport != null && role != null && id != null && !channel.dispatched) {
            channel.dispatched = true;
            transport.handle().openChannel(id, channel.end());
        }
    }

    /** A channel that the peer opened; on the lane. */
    void announced(DataChannelImpl channel, int id) {
        ids.take(id);
        channel.dispatched = true;
        channels.add(channel);
    }

    /** A channel is over; its id may be used again unless another has it already. */
    void remove(DataChannelImpl channel) {
        connection.locked(() -> {
            Integer id = channel.id();
            if (channels.remove(channel) && id != null && channels.stream().noneMatch(other -> id.equals(other.id()))) {
                ids.free(id);
            }
            return true;
        });
    }

    /** What the transport has to do for data channels; null for nothing. */
    @Nullable
    DataPlan plan(JsepState state, int transport) {
        NegotiatedData negotiated = state.data().negotiated();
        if (negotiated == null || state.data().transport() != transport) {
            return null;
        }
        var settings = connection.factory().settings();
        SctpInits inits = negotiated.inits();
        return new DataPlan(
                negotiated.localPort(),
                negotiated.remotePort(),
                settings.maxMessageBytes(),
                settings.unlimitedMessages(),
                (long) maxMessageSize(negotiated),
                settings.maxRemoteChannels(),
                inits == null ? null : inits.local(),
                inits == null ? null : inits.remote());
    }

    /** W3C's steps to update the data max message size: what the peer takes, or what our buffer holds. */
    private double maxMessageSize(NegotiatedData negotiated) {
        long buffer = connection.factory().settings().maxBufferedBytes();
        return negotiated.remoteMaxMessageBytes() == 0 ? buffer : Math.min(buffer, negotiated.remoteMaxMessageBytes());
    }

    /** Follows a new state: the SCTP transport comes and goes, ids are given out when the roles are known. */
    void follow(JsepState before, JsepState now, @Nullable TransportHandle handle) {
        NegotiatedData negotiated = now.data().negotiated();
        SctpTransportImpl transport = sctp;
        boolean ended = before.data().negotiated() != null && negotiated == null;
        if (handle == null || ended) {
            sctp = null;
            role = null;
            if (ended || (before.dataWanted() && !now.dataWanted())) {
                refused(transport);
            }
            return;
        }
        if (transport == null || !transport.follow(handle)) {
            transport = new SctpTransportImpl(handle);
            sctp = transport;
        }
        if (negotiated == null) {
            // Offered; the answer may bundle it with another transport.
            return;
        }
        transport.maxMessageSize(maxMessageSize(negotiated));
        TransportState below = now.transport(handle.id());
        if (below == null || below.dtlsRole() == null) {
            return;
        }
        role = below.dtlsRole();
        for (DataChannelImpl channel : new ArrayList<>(channels)) {
            if (channel.id() == null) {
                int id = ids.takeNext(role == DtlsRole.CLIENT, StreamIds.COUNT);
                if (id < 0) {
                    channel.end().end(ChannelFailure.ofChannel("no stream is free"));
                    continue;
                }
                channel.id(id);
            }
            dispatch(channel);
        }
    }

    private void refused(@Nullable SctpTransportImpl transport) {
        for (DataChannelImpl channel : channels) {
            channel.end().end(ChannelFailure.ofAssociation("a description switched data channels off"));
        }
        if (transport != null) {
            connection.queue().post(() -> {
                if (!connection.closed()) {
                    transport.ended();
                }
            });
        }
    }

    /** What channels put off until later. */
    Patience patience() {
        return patience;
    }

    /** W3C: closing the connection closes its channels, without events. */
    void close() {
        patience.end();
        for (DataChannelImpl channel : channels) {
            channel.closeAbruptly();
        }
        SctpTransportImpl transport = sctp;
        if (transport != null) {
            transport.close();
        }
    }

    List<DataChannelImpl> all() {
        return List.copyOf(channels);
    }
}
