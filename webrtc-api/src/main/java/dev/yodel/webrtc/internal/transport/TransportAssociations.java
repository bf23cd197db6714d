package dev.yodel.webrtc.internal.transport;

import dev.yodel.dtls.DtlsEndpoint;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.ice.IceState;
import dev.yodel.ice.loop.IceConnection;
import dev.yodel.io.Loop;
import dev.yodel.io.Time;
import dev.yodel.sctp.dcep.ChannelFailure;
import dev.yodel.srtp.SrtpProfile;
import dev.yodel.srtp.SrtpSession;
import dev.yodel.webrtc.PacketTap;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which associations stand on a transport, and what lives by them? The DTLS association that is in force gives media
 * its keys and carries the SCTP association of the data channels; when it ends or another takes over, they end or go
 * on with it. It does not choose paths and does not know sockets: when there is a path it is told. Loop thread only.
 */
final class TransportAssociations {
    private record WaitingChannel(int id, ChannelEnd end) {}

    /** Room for the largest record or packet that is sent, with its overhead. */
    private static final int SCRATCH_BYTES = 4_096;

    private final TransportOptions options;
    private final IceConnection ice;
    private final TransportCounters counters;
    private final TransportListener listener;
    private final Runnable wake;
    private final Loop loop;
    private final DtlsAssociations dtls;
    private byte[] scratch = new byte[SCRATCH_BYTES];
    private byte[] packet = new byte[SCRATCH_BYTES];

    /** Null while no section of media was negotiated. */
    private @Nullable MediaTransport media;
    /** Made when the handshake is done and data channels are negotiated (threat C20). */
    private @Nullable DataTransport data;

    private @Nullable DataPlan dataPlan;
    /** The pair whose limits the association was told. */
    private String pathOfData = "";
    /** Channels that wait for the association. */
    private final List<WaitingChannel> waitingChannels = new ArrayList<>(1);

    private DtlsEvent.@Nullable Connected handshake;
    private DtlsState state = DtlsState.NEW;
    private long connectedNanos = Time.NEVER;
    private boolean closed;

    TransportAssociations(
            TransportOptions options,
            IceConnection ice,
            TransportCounters counters,
            TransportListener listener,
            Runnable wake) {
        this.options = options;
        this.ice = ice;
        this.counters = counters;
        this.listener = listener;
        this.wake = wake;
        this.loop = options.loop();
        this.dtls = new DtlsAssociations(options, wake);
    }

    // The handshake.

    void allow(DtlsRole role, List<DtlsFingerprint> remote, boolean mustStand) {
        dtls.allow(role, remote, mustStand, loop.now());
    }

    /**
     * Shakes hands as far as that is allowed and there is a path.
     *
     * @param path whether a pair works
     * @param pathOfGeneration whether one of the latest ICE generation does
     */
    void startIfPossible(boolean path, boolean pathOfGeneration) {
        // RFC 8827 6.5, THREATS I06: no DTLS byte leaves before a pair has succeeded.
        boolean first = dtls.isAllowed() && path;
        if (!first && !(dtls.isAnotherAllowed() && pathOfGeneration)) {
            return;
        }
        if (first || state != DtlsState.CONNECTED) {
            become(DtlsState.CONNECTING);
        }
        dtls.start(ice.rttNanos(), loop.now());
        wake.run();
    }

    /** A record; it is of the present ICE generation or of an older one. */
    void handleDatagram(byte[] bytes, int offset, int length, InetSocketAddress from, boolean present, long now) {
        dtls.handleDatagram(bytes, offset, length, from, present, now);
        // A record's bytes are a view of this datagram, so its events are taken at once.
        handleEvents();
    }

    /** Another ICE generation begins. */
    void iceRestarted() {
        dtls.iceRestarted();
    }

    /** Whether it matters from which ICE generation a record comes. */
    boolean isParticular() {
        return dtls.isParticular();
    }

    void handleEvents() {
        long now = loop.now();
        for (DtlsEvent event = dtls.pollEvent(now); event != null && !closed; event = dtls.pollEvent(now)) {
            if (event instanceof DtlsEvent.Connected connected) {
                onConnected(connected);
            } else if (event instanceof DtlsEvent.ApplicationData record) {
                handleApplicationData(record);
            } else if (event instanceof DtlsEvent.Failed failed) {
                end("DTLS failed: " + failed.text());
                if (state != DtlsState.FAILED) {
                    state = DtlsState.FAILED;
                    listener.onDtlsFailed(failed.reason(), failed.text(), failed.alert());
                }
            } else if (event instanceof DtlsEvent.Closed) {
                end("the peer closed the DTLS association");
                become(DtlsState.CLOSED);
            }
        }
        if (state == DtlsState.CLOSED && dtls.isUnasked() && !closed) {
            become(DtlsState.CONNECTING);
        }
    }

    private void handleApplicationData(DtlsEvent.ApplicationData record) {
        if (data == null) {
            counters.unexpectedApplicationData++;
        } else {
            show(false, record.data(), record.offset(), record.length());
            data.handlePacket(record.data(), record.offset(), record.length(), loop.now());
        }
    }

    private void become(DtlsState value) {
        if (state != value) {
            state = value;
            listener.onDtlsState(value);
        }
    }

    private void onConnected(DtlsEvent.Connected connected) {
        handshake = connected;
        connectedNanos = loop.now();
        state = DtlsState.CONNECTED;
        if (dtls.tookOver()) {
            takeOver();
        }
        startMedia();
        listener.onDtlsState(DtlsState.CONNECTED);
        if (!closed) {
            startData();
        }
    }

    /** Another association: media gets its keys. Data channels go on if it is the same peer's, else they end. */
    private void takeOver() {
        if (media != null) {
            media.forgetOldKeys();
        }
        DataTransport ended = data;
        if (ended != null && dtls.isOfAnother()) {
            data = null;
            ended.fail("the peer uses another certificate; make new channels");
        }
    }

    private void end(String reason) {
        if (media != null) {
            media.forgetKeys();
        }
        DataTransport ended = data;
        if (ended != null) {
            data = null;
            ended.fail(reason);
        }
        ChannelFailure failure = ChannelFailure.ofAssociation(reason);
        for (WaitingChannel waiting : waitingChannels) {
            waiting.end().closed(failure);
            waiting.end().handOver();
        }
        if (!waitingChannels.isEmpty()) {
            waitingChannels.clear();
            listener.onSctpClosed(reason);
        }
    }

    // Media.

    /** Media gets its keys from the association in force, now or when there is one. */
    void serve(MediaTransport value) {
        media = value;
        startMedia();
    }

    private void startMedia() {
        DtlsEvent.Connected connected = handshake;
        MediaTransport to = media;
        boolean over = state == DtlsState.CLOSED || state == DtlsState.FAILED;
        if (connected == null || over || to == null || to.isStarted()) {
            return;
        }
        SrtpProfile profile = SrtpProfile.ofId(connected.srtpProfile());
        if (profile != null) {
            to.start(new SrtpSession(
                    profile,
                    connected.keyingMaterial(),
                    connected.role() == DtlsRole.CLIENT,
                    options.scratch().srtp()));
        }
    }

    // Data channels.

    /** What was negotiated for data channels; null if they were switched off. */
    void configureData(@Nullable DataPlan plan) {
        dataPlan = plan;
        DataTransport before = data;
        if (plan == null) {
            if (before != null) {
                before.abort("data channels were switched off");
                sendData(before, loop.now());
                data = null;
            }
        } else if (before != null) {
            before.update(plan);
        } else {
            startData();
        }
    }

    /** Opens a data channel as soon as the association is up. */
    void openChannel(int id, ChannelEnd end) {
        if (data != null) {
            data.open(id, end);
        } else {
            waitingChannels.add(new WaitingChannel(id, end));
        }
    }

    private void startData() {
        DtlsEvent.Connected connected = handshake;
        DataPlan plan = dataPlan;
        if (data != null || plan == null || connected == null || state != DtlsState.CONNECTED) {
            return;
        }
        DataTransport started = new DataTransport(
                plan,
                connected.role() == DtlsRole.CLIENT,
                loop,
                options.environment().random(),
                listener,
                wake);
        var pair = ice.selectedPair();
        pathOfData = pair == null ? "" : pair.id();
        started.pathChanged(longestPacket());
        data = started;
        for (WaitingChannel waiting : waitingChannels) {
            started.open(waiting.id(), waiting.end());
        }
        waitingChannels.clear();
        wake.run();
    }

    /** Another pair was selected: packets may have other sizes. */
    void pathChanged(String pair) {
        dtls.pathChanged(loop.now());
        if (data != null && !pair.equals(pathOfData)) {
            pathOfData = pair;
            data.pathChanged(longestPacket());
        }
    }

    /** What a record may hold that reaches the peer over the selected pair whole. */
    private int longestPacket() {
        int room = ice.longestWhole() - DtlsEndpoint.RECORD_OVERHEAD_BYTES;
        return Math.max(0, Math.min(room, DtlsEndpoint.MAX_APPLICATION_DATA_BYTES));
    }

    // The way out.

    void sendRecords() {
        for (int length = dtls.pollTransmit(scratch, 0); length > 0; length = dtls.pollTransmit(scratch, 0)) {
            counters.onSent(ice.send(scratch, 0, length), length);
        }
    }

    /** What data channels have to say, and when they want to be called. */
    long drainData() {
        DataTransport from = data;
        if (from == null || closed) {
            return Time.NEVER;
        }
        long now = loop.now();
        from.beginDrain(now);
        sendData(from, now);
        from.endDrain();
        return from.nextTimeout();
    }

    private void sendData(DataTransport from, long now) {
        reserve(from.roomBytes());
        for (int length = from.pollTransmit(packet, now); length > 0; length = from.pollTransmit(packet, now)) {
            show(true, packet, 0, length);
            dtls.send(packet, 0, length, now);
            sendRecords();
        }
    }

    private void show(boolean outgoing, byte[] bytes, int offset, int length) {
        TapPoint tap = options.tap();
        if (tap != null) {
            tap.show(outgoing, PacketTap.Protocol.SCTP, bytes, offset, length, loop.now());
        }
    }

    /** Room for a packet of so many bytes and its record: large ones are rare, and every transport has these arrays. */
    private void reserve(int packetBytes) {
        if (packetBytes > packet.length) {
            packet = new byte[packetBytes];
        }
        if (packetBytes + DtlsEndpoint.RECORD_OVERHEAD_BYTES > scratch.length) {
            scratch = new byte[packetBytes + DtlsEndpoint.RECORD_OVERHEAD_BYTES];
        }
    }

    // Time and end.

    void handleTimeout(long now) {
        IceState path = ice.state();
        dtls.handlePath(path == IceState.CONNECTED || path == IceState.COMPLETED, now);
        dtls.handleTimeout(now);
    }

    void handleDataTimeout(long now) {
        if (data != null) {
            data.handleTimeout(now);
        }
    }

    long nextTimeout() {
        return dtls.nextTimeout();
    }

    /** Says goodbye to the peer's ends. Nothing is taken or told any more. */
    void close(long now) {
        closed = true;
        if (data != null) {
            data.abort("the connection was closed");
            sendData(data, now);
        }
        dtls.close(now);
        sendRecords();
    }

    DtlsState state() {
        return state;
    }

    /** What the handshake agreed on; null before it is complete. */
    DtlsEvent.@Nullable Connected handshake() {
        return handshake;
    }

    /** When the handshake was complete, or {@link Time#NEVER}. */
    long connectedNanos() {
        return connectedNanos;
    }

    @Nullable
    DataSnapshot dataSnapshot() {
        return data == null ? null : data.snapshot();
    }
}
