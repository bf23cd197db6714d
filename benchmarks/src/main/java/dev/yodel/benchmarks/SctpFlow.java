package dev.yodel.benchmarks;

import dev.yodel.io.Time;
import dev.yodel.sctp.SctpAssociation;
import dev.yodel.sctp.SctpEvent;
import dev.yodel.sctp.SctpOptions;
import dev.yodel.sctp.SctpSendResult;
import dev.yodel.sctp.SendOptions;

/**
 * Two associations of ours; the sender always has something to send. Timers are a millisecond coarse, as the loop's
 * are.
 */
final class SctpFlow implements ModelFlow {
    /** DTLS 1.2 record 37, UDP 8, IPv4 20. */
    private static final int OVERHEAD_BYTES = 65;

    private static final int MESSAGE_BYTES = 65_536;
    private static final long QUEUED_BYTES = 1 << 20;

    private final ModelLink forth;
    private final ModelLink back;
    private final SctpAssociation sender;
    private final SctpAssociation receiver;
    private final byte[] message = new byte[MESSAGE_BYTES];
    private long senderAt;
    private long receiverAt = Long.MAX_VALUE;
    private long delivered;

    SctpFlow(ModelLink forth, ModelLink back, SctpOptions options, long seed, long start) {
        this.forth = forth;
        this.back = back;
        sender = new SctpAssociation(options, new SctpSeed(seed));
        receiver = new SctpAssociation(options, new SctpSeed(seed + 1));
        senderAt = start;
    }

    SctpAssociation sender() {
        return sender;
    }

    SctpAssociation receiver() {
        return receiver;
    }

    private static long coarse(long deadline, long now) {
        if (deadline == Time.NEVER) {
            return Long.MAX_VALUE;
        }
        long wait = Math.max(0, deadline - now);
        return now + (wait + Time.MILLISECOND - 1) / Time.MILLISECOND * Time.MILLISECOND;
    }

    private void drainSender(long now) {
        sender.connect(now);
        boolean isAccepted = true;
        while (isAccepted && sender.bufferedAmount(1) < QUEUED_BYTES) {
            isAccepted = sender.send(1, 53, message, SendOptions.RELIABLE, now) == SctpSendResult.ACCEPTED;
        }
        while (sender.pollEvent() != null) {
            // Nothing is of interest but the time.
        }
        transmit(sender, forth, now);
        senderAt = coarse(sender.nextTimeout(), now);
    }

    private void drainReceiver(long now) {
        for (SctpEvent event = receiver.pollEvent(); event != null; event = receiver.pollEvent()) {
            if (event instanceof SctpEvent.Message received) {
                delivered += received.data().length;
            }
        }
        transmit(receiver, back, now);
        receiverAt = coarse(receiver.nextTimeout(), now);
    }

    private void transmit(SctpAssociation from, ModelLink link, long now) {
        ModelLink.Packet packet = link.packet(this);
        packet.length = from.pollTransmit(packet.bytes, 0, now);
        while (packet.length > 0) {
            link.send(packet, packet.length + OVERHEAD_BYTES, now);
            packet = link.packet(this);
            packet.length = from.pollTransmit(packet.bytes, 0, now);
        }
        link.recycle(packet);
    }

    @Override
    public void arrivedForth(ModelLink.Packet packet, long now) {
        receiver.handlePacket(packet.bytes, 0, packet.length, now);
        drainReceiver(now);
    }

    @Override
    public void arrivedBack(ModelLink.Packet packet, long now) {
        sender.handlePacket(packet.bytes, 0, packet.length, now);
        drainSender(now);
    }

    @Override
    public long nextTimeout() {
        return Math.min(senderAt, receiverAt);
    }

    @Override
    public void handleTimeout(long now) {
        if (now >= senderAt) {
            sender.handleTimeout(now);
            drainSender(now);
        }
        if (now >= receiverAt) {
            receiver.handleTimeout(now);
            drainReceiver(now);
        }
    }

    @Override
    public long deliveredBytes() {
        return delivered;
    }
}
