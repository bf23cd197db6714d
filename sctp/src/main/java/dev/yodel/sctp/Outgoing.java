package dev.yodel.sctp;

import dev.yodel.sctp.packet.InitChunk;
import dev.yodel.sctp.packet.PacketBuilder;
import dev.yodel.sctp.state.ControlQueue;
import dev.yodel.sctp.state.Timer;

/** What goes out next, and what becomes due with time? RFC 9260 6.10, 5.1.4, 6.3.3. */
final class Outgoing {
    private final Life life;
    private final PacketBuilder packet;
    private boolean probePolled;

    Outgoing(Life life) {
        this.life = life;
        SctpOptions options = life.options;
        this.packet = new PacketBuilder(options.localPort(), options.remotePort(), options.packetBytes());
    }

    /** Whether the packet that was written last only asks whether the path carries it. */
    boolean isProbe() {
        return probePolled;
    }

    /** Writes the next packet; its bytes, 0 if there is nothing to send. */
    int poll(byte[] into, int offset, long now) {
        probePolled = false;
        ControlQueue.InitAnswer answer = life.control.pollInitAnswer();
        if (answer != null) {
            return finish(packet.begin(into, offset, answer.tag()).put(answer.chunk()));
        }
        InitChunk init = life.handshake.pollInit();
        if (init != null) {
            return finish(packet.begin(into, offset, 0).put(init));
        }
        Transfer current = life.transfer();
        boolean isUp = current != null && life.handshake.state() == SctpState.ESTABLISHED;
        int peerTag = life.handshake.peerTag();
        probePolled = isUp && life.path.poll(packet, into, offset, peerTag, now);
        if (probePolled) {
            return finish(packet);
        }
        packet.begin(into, offset, peerTag, life.path.packetBytes());
        boolean isControlSent = life.control.drainTo(packet);
        if (current != null && isControlSent && isUp) {
            current.fill(packet, now);
        }
        return packet.isEmpty() ? 0 : finish(packet);
    }

    private int finish(PacketBuilder written) {
        life.counts.packetsSent++;
        if (life.isZeroChecksumAllowed() && written.mayHaveZeroChecksum()) {
            life.counts.zeroChecksumsSent++;
            return written.finishWithZeroChecksum();
        }
        return written.finish();
    }

    /** Does what is due. */
    void handleTimeout(long now) {
        for (Timer timer = life.deadlines.takeDue(now); timer != null; timer = life.deadlines.takeDue(now)) {
            expire(timer, now);
        }
        life.progressShutdown(now);
    }

    private void expire(Timer timer, long now) {
        Transfer current = life.transfer();
        switch (timer) {
            case HANDSHAKE -> {
                String text = life.handshake.expire(now);
                if (text != null) {
                    life.end(new SctpEvent.Failed(SctpEvent.Reason.NO_ANSWER, text));
                }
            }
            case SHUTDOWN -> {
                if (current != null && !life.shutdown.expire(current.receiver.cumulativeTsn(), now)) {
                    life.end(new SctpEvent.Closed());
                }
            }
            case RETRANSMISSION, PROBE, REORDERING, PACING, RESET, ANSWER, DEFERRED, SACK -> {
                long timeoutsBefore = life.counts.retransmissionTimeouts;
                if (current != null) {
                    current.expire(timer, now);
                }
                if (life.counts.retransmissionTimeouts > timeoutsBefore) {
                    life.path.suspect(now);
                }
            }
            case PATH -> life.path.expire(now);
            case HEARTBEAT -> life.heartbeat.expire(now);
        }
    }
}
