package dev.yodel.sctp;

import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.DataChunk;
import dev.yodel.sctp.packet.ForwardTsnChunk;
import dev.yodel.sctp.packet.InterleavedForwardChunk;
import dev.yodel.sctp.packet.PacketBuilder;
import dev.yodel.sctp.packet.ReConfigChunk;
import dev.yodel.sctp.packet.SackChunk;
import dev.yodel.sctp.rx.Receiver;
import dev.yodel.sctp.rx.Violation;
import dev.yodel.sctp.state.StreamResets;
import dev.yodel.sctp.state.Timer;
import dev.yodel.sctp.tx.Sender;
import org.jspecify.annotations.Nullable;

/** What exists from the agreement of both sides on; a restart makes another. It does not know the association's state. */
final class Transfer {
    /** RE-CONFIG chunks may be long: they go into packets that are still empty. */
    private static final int MIN_RESET_ROOM_BYTES = 500;

    private static final int MIN_SACK_ROOM_BYTES = 64;

    final Sender sender;
    final Receiver receiver;
    final StreamResets resets;

    Transfer(Sender sender, Receiver receiver, StreamResets resets) {
        this.sender = sender;
        this.receiver = receiver;
        this.resets = resets;
    }

    /** Takes a chunk about data in either direction, but for DATA; what the peer did wrong, or null. */
    @Nullable
    Violation handle(Chunk chunk, long now) {
        if (chunk instanceof SackChunk sack) {
            sender.handleSack(sack, now);
        } else if (chunk instanceof ForwardTsnChunk forward) {
            return receiver.handleForward(forward);
        } else if (chunk instanceof InterleavedForwardChunk forward) {
            return receiver.handleForward(forward);
        } else if (chunk instanceof ReConfigChunk reConfig) {
            resets.handle(reConfig);
        }
        return null;
    }

    /** Does what is due at one of the timers about data. */
    void expire(Timer timer, long now) {
        switch (timer) {
            case RETRANSMISSION -> sender.expire(now);
            case PROBE -> sender.expireProbe(now);
            case REORDERING -> sender.expireReordering(now);
            case PACING -> {
                // What is due goes out with the drain that follows.
            }
            case RESET -> resets.expire();
            case ANSWER -> resets.expireAnswer(now);
            case DEFERRED -> resets.performDeferred();
            case SACK -> receiver.expire();
            default -> throw new IllegalArgumentException(timer + " is not about data");
        }
    }

    /** Puts what may be sent now into a packet that has no more control chunks. */
    void fill(PacketBuilder out, long now) {
        int lastTsn = (int) sender.lastTsn();
        int ackedTsn = (int) sender.cumulativeTsnAck();
        ReConfigChunk unheard = resets.unheardAnswer(lastTsn, ackedTsn, now);
        if (out.remaining() > MIN_RESET_ROOM_BYTES) {
            ReConfigChunk reset = resets.poll(lastTsn, ackedTsn, now);
            if (reset != null && unheard != null) {
                out.put(unheard);
                unheard = null;
            }
            if (reset != null) {
                out.put(reset);
            }
        }
        int header = out.length();
        if (receiver.isSackDue()) {
            out.put(receiver.sack(out.remaining()));
        }
        Chunk forward = sender.pollForward(out.remaining(), now);
        if (forward != null) {
            out.put(forward);
        }
        sender.beginPacket();
        DataChunk data = unheard == null ? null : sender.poll(out.remaining() - unheard.paddedBytes(), now);
        if (data != null && unheard != null) {
            out.put(unheard);
        } else {
            // What was cut before the answer was given may fill a packet alone; new pieces leave room for it.
            data = sender.poll(out.remaining(), now);
        }
        // A SACK rides along when there is a packet anyway; RFC 9260 6.10: before the data, or usrsctp aborts.
        int room = out.remaining() - (data == null ? 0 : data.paddedBytes());
        if ((data != null || out.length() > header) && receiver.hasUnreported() && room >= MIN_SACK_ROOM_BYTES) {
            out.put(receiver.sack(room));
        }
        while (data != null) {
            out.put(data);
            data = sender.poll(out.remaining(), now);
        }
    }
}
