package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Loop;
import dev.yodel.io.RandomSource;
import dev.yodel.sctp.SctpAssociation;
import dev.yodel.sctp.SctpEvent;
import dev.yodel.sctp.SctpOptions;
import dev.yodel.sctp.SctpState;
import dev.yodel.sctp.dcep.ChannelFailure;
import dev.yodel.sctp.dcep.DataChannelEvent;
import dev.yodel.sctp.dcep.DataChannels;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The data channels of one transport: joins the association to the ends that users hold, and takes from them no more than
 * the network carries. It exists only behind a DTLS handshake (threat C20) and knows no SDP. Loop thread only, but for
 * {@link #consumed}.
 */
final class DataTransport {
    /** Packets between two looks at sockets and media. */
    private static final int PACKETS_PER_DRAIN = 64;

    /** What one channel's user may leave unread (C22); beyond it all wait, and the peer's window closes. */
    private static final long CHANNEL_QUOTA_BYTES = 1 << 20;

    private final Loop loop;
    private final TransportListener listener;
    private final Runnable wake;
    private final DataChannels channels;
    private final int receiveBufferBytes;
    private final Map<Integer, ChannelEnd> ends = new HashMap<>();
    /** Ends with something to send. */
    private final List<ChannelEnd> active = new ArrayList<>();
    /** Ends whose lane has something to hear. */
    private final List<ChannelEnd> dirty = new ArrayList<>();

    private final Runnable handOver = this::handOver;
    /** What lanes have consumed since the loop looked last. */
    private final AtomicLong consumedBytes = new AtomicLong();

    private volatile boolean windowTight;
    /** The end with more than its quota unread, because of which no event is taken. */
    private @Nullable ChannelEnd slow;

    private long heldBytes;
    private int budget;
    private long opened;
    private long closed;

    DataTransport(
            DataPlan plan,
            boolean dtlsClient,
            Loop loop,
            RandomSource random,
            TransportListener listener,
            Runnable wake) {
        this.loop = loop;
        this.listener = listener;
        this.wake = wake;
        SctpOptions options =
                DataPlan.sctpOptions(plan.localPort(), plan.remotePort(), plan.maxReceiveBytes(), plan.unlimited());
        this.receiveBufferBytes = options.receiveBufferBytes();
        this.channels = new DataChannels(
                new SctpAssociation(options, random),
                dtlsClient,
                plan.maxRemoteChannels(),
                plan.maxReceiveBytes(),
                plan.maxSendBytes());
        String localInit = plan.localInit();
        String remoteInit = plan.remoteInit();
        if (localInit == null || remoteInit == null) {
            channels.connect(loop.now());
        } else {
            Base64.Decoder decoder = Base64.getDecoder();
            channels.connect(decoder.decode(localInit), decoder.decode(remoteInit), loop.now());
        }
    }

    void update(DataPlan plan) {
        channels.maxSendBytes(plan.maxSendBytes());
    }

    /** Opens a channel that was given an id. */
    void open(int id, ChannelEnd end) {
        if (end.isOver()) {
            return;
        }
        end.attach(this, id);
        if (!channels.open(id, end.parameters(), end.negotiated(), loop.now())) {
            end.closed(ChannelFailure.ofChannel("the stream " + id + " is in use or the association is over"));
            markDirty(end);
            return;
        }
        ends.put(id, end);
        activate(end);
    }

    /** An end has something to send. */
    void activate(ChannelEnd end) {
        if (!end.isOver() && end.activate()) {
            active.add(end);
        }
        wake.run();
    }

    /** A user is through with messages of so many bytes, overhead among them. Any thread. */
    void consumed(long bytes) {
        consumedBytes.addAndGet(bytes);
        if (windowTight) {
            windowTight = false;
            try {
                loop.execute(wake);
            } catch (RejectedExecutionException closedEnvironment) {
                // Nothing is received any more.
            }
        }
    }

    /** Another path is used, or the first one, which may carry packets up to so many bytes. */
    void pathChanged(int limitBytes) {
        channels.pathChanged(limitBytes);
    }

    /** The largest packet that is polled next. */
    int roomBytes() {
        return channels.association().roomBytes();
    }

    void handlePacket(byte[] data, int offset, int length, long now) {
        channels.handlePacket(data, offset, length, now);
    }

    void handleTimeout(long now) {
        channels.handleTimeout(now);
    }

    long nextTimeout() {
        return channels.nextTimeout();
    }

    /** Begins a drain: events to the lanes, what lanes consumed to the window, messages to the association. */
    void beginDrain(long now) {
        budget = PACKETS_PER_DRAIN;
        takeEvents(now);
        release();
        for (ChannelEnd end : active) {
            end.pull(channels, now);
        }
    }

    private void takeEvents(long now) {
        for (DataChannelEvent event = nextEvent(now); event != null; event = nextEvent(now)) {
            handle(event);
        }
    }

    private @Nullable DataChannelEvent nextEvent(long now) {
        return isStalled() ? null : channels.pollEvent(now);
    }

    /** Whether a slow user holds everything up; until half of the quota is consumed. */
    private boolean isStalled() {
        ChannelEnd end = slow;
        if (end == null) {
            return false;
        }
        // Set before the look: what is consumed from now on wakes the loop.
        windowTight = true;
        if (end.unreadBytes() > CHANNEL_QUOTA_BYTES / 2 && channels.state() != SctpState.CLOSED) {
            return true;
        }
        slow = null;
        return false;
    }

    private void release() {
        long consumed = consumedBytes.getAndSet(0);
        if (heldBytes - consumed > receiveBufferBytes / 4) {
            // Set before the second look: what a lane consumes from now on wakes the loop.
            windowTight = true;
            consumed += consumedBytes.getAndSet(0);
        }
        if (consumed > 0) {
            heldBytes -= consumed;
            channels.release(consumed);
        }
    }

    /** The next packet; 0 if there is none or others have their turn first. */
    int pollTransmit(byte[] into, long now) {
        if (budget == 0) {
            wake.run();
            return 0;
        }
        budget--;
        return channels.pollTransmit(into, 0, now);
    }

    /** Ends a drain: users hear what went out. */
    void endDrain() {
        for (int i = active.size() - 1; i >= 0; i--) {
            ChannelEnd end = active.get(i);
            boolean more = end.noteTransmitted(channels);
            markDirty(end);
            if (!more) {
                active.remove(i);
            }
        }
    }

    private void markDirty(ChannelEnd end) {
        if (dirty.isEmpty()) {
            loop.atEndOfTurn(handOver);
        }
        if (dirty.isEmpty() || dirty.get(dirty.size() - 1) != end) {
            dirty.add(end);
        }
    }

    private void handOver() {
        for (ChannelEnd end : dirty) {
            end.handOver();
        }
        dirty.clear();
    }

    private void handle(DataChannelEvent event) {
        if (event instanceof DataChannelEvent.Message message) {
            ChannelEnd end = heldBy(message.id(), message.data().length);
            if (end != null) {
                end.received(message.text(), message.data());
                noteReceived(end);
            }
        } else if (event instanceof DataChannelEvent.Piece piece) {
            ChannelEnd end = heldBy(piece.id(), piece.data().length);
            if (end != null) {
                end.received(new ChannelEnd.Piece(
                        piece.text(), piece.data(), piece.unordered(), piece.first(), piece.last()));
                noteReceived(end);
            }
        } else if (event instanceof DataChannelEvent.Abandoned abandoned) {
            ChannelEnd end = ends.get(abandoned.id());
            if (end != null) {
                end.abandoned(abandoned.unordered());
                markDirty(end);
            }
        } else if (event instanceof DataChannelEvent.Opened up) {
            ChannelEnd end = ends.get(up.id());
            if (end != null) {
                opened++;
                end.opened();
                markDirty(end);
            }
        } else if (event instanceof DataChannelEvent.Announced announced) {
            opened++;
            ChannelEnd end = listener.onRemoteChannel(announced.id(), announced.parameters());
            end.attach(this, announced.id());
            ends.put(announced.id(), end);
            end.opened();
        } else if (event instanceof DataChannelEvent.RemoteClosing closing) {
            ChannelEnd end = ends.get(closing.id());
            if (end != null) {
                end.closing();
                markDirty(end);
            }
        } else if (event instanceof DataChannelEvent.Closed gone) {
            ChannelEnd end = ends.remove(gone.id());
            if (end != null) {
                closed++;
                end.closed(gone.failure());
                markDirty(end);
            }
        } else if (event instanceof DataChannelEvent.TransportConnected up) {
            listener.onSctpConnected(up.maxChannels());
        } else if (event instanceof DataChannelEvent.TransportClosed down) {
            SctpEvent.Failed failure = down.failure();
            listener.onSctpClosed(failure == null ? null : failure.text());
        }
    }

    /** The end that holds so many bytes of the window from now on; without one they are given back. */
    private @Nullable ChannelEnd heldBy(int id, int bytes) {
        long charge = bytes + (long) DataChannels.MESSAGE_OVERHEAD_BYTES;
        heldBytes += charge;
        ChannelEnd end = ends.get(id);
        if (end == null) {
            consumed(charge);
        }
        return end;
    }

    private void noteReceived(ChannelEnd end) {
        markDirty(end);
        if (end.unreadBytes() > CHANNEL_QUOTA_BYTES) {
            slow = end;
        }
    }

    /** Breaks a channel. */
    void fail(ChannelEnd end, String why) {
        channels.fail(end.id(), why);
        wake.run();
    }

    /** Ends the association at once; the farewell is to be taken by {@link #pollTransmit}. */
    void abort(String reason) {
        budget = PACKETS_PER_DRAIN;
        channels.abort(reason);
    }

    DataSnapshot snapshot() {
        List<DataSnapshot.Channel> list = new ArrayList<>(ends.size());
        for (ChannelEnd end : ends.values()) {
            list.add(end.snapshot());
        }
        SctpAssociation association = channels.association();
        return new DataSnapshot(
                association.smoothedRoundTripNanos(),
                association.congestionWindowBytes(),
                association.sendHeapBytes(),
                association.retransmissions(),
                association.packetBytes(),
                list,
                opened,
                closed);
    }

    /** The association is over without a word to the peer: the channels are, too. */
    void fail(String reason) {
        // What came before the end is the users' still.
        slow = null;
        for (DataChannelEvent event = channels.pollEvent(loop.now());
                event != null;
                event = channels.pollEvent(loop.now())) {
            handle(event);
        }
        ChannelFailure failure = ChannelFailure.ofAssociation(reason);
        for (ChannelEnd end : ends.values()) {
            closed++;
            end.closed(failure);
            markDirty(end);
        }
        ends.clear();
        active.clear();
        listener.onSctpClosed(reason);
    }
}
