package dev.yodel.sctp;

import dev.yodel.sctp.packet.AbortCause;
import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.ChunkType;
import dev.yodel.sctp.packet.DataChunk;
import dev.yodel.sctp.packet.ErrorCause;
import dev.yodel.sctp.packet.InitChunk;
import dev.yodel.sctp.packet.OpaqueChunk;
import dev.yodel.sctp.packet.SctpPacket;
import dev.yodel.sctp.packet.ShutdownChunk;
import dev.yodel.sctp.packet.SignalChunk;
import dev.yodel.sctp.packet.UnknownChunk;
import dev.yodel.sctp.state.Handshake;
import dev.yodel.sctp.state.Intake;
import org.jspecify.annotations.Nullable;

/** What does a chunk of the peer do to the association? It sends nothing itself. RFC 9260 3.3, 5.2, 8, 9. */
final class Incoming {
    private final Life life;
    private final Intake intake;

    Incoming(Life life) {
        this.life = life;
        this.intake = new Intake(life.counts, life.options.zeroChecksum());
    }

    /** Takes a packet of the peer. */
    void handlePacket(byte[] data, int offset, int length, long now) {
        life.counts.packetsReceived++;
        life.counts.bytesReceived += length;
        if (life.isClosed()) {
            return;
        }
        SctpPacket parsed = intake.take(data, offset, length, life.handshake.localTag(), life.handshake.peerTag());
        if (parsed == null) {
            return;
        }
        life.heard(now);
        for (Chunk chunk : parsed.chunks()) {
            if (!handleChunk(chunk, parsed.verificationTag(), now)) {
                break;
            }
        }
        Transfer current = life.transfer();
        if (current != null) {
            current.resets.progress(now);
            current.receiver.endOfPacket(life.timeout().smoothedNanos(), now);
        }
        life.progressShutdown(now);
    }

    /** Whether the chunks behind it may be processed. */
    private boolean handleChunk(Chunk chunk, int tag, long now) {
        if (chunk instanceof DataChunk data) {
            return handleData(data);
        }
        if (chunk instanceof InitChunk init) {
            handleInit(init, now);
            return false;
        }
        if (chunk instanceof OpaqueChunk opaque) {
            return handleOpaque(opaque, tag, now);
        }
        if (chunk instanceof SignalChunk signal) {
            handleSignal(signal, now);
            return !life.isClosed();
        }
        Transfer current = life.transfer();
        if (chunk instanceof UnknownChunk unknown) {
            return handleUnknown(unknown, current);
        }
        if (current == null) {
            return true;
        }
        if (chunk instanceof ShutdownChunk ending) {
            if (life.handshake.state() == SctpState.ESTABLISHED) {
                current.sender.handleShutdownAck(ending.cumulativeTsnAck(), now);
                life.shutdown.handleShutdown(now);
            }
            return true;
        }
        return life.isFine(current.handle(chunk, now));
    }

    /** RFC 9260 3.2: its two highest bits say whether the rest is read and whether it is reported. */
    private boolean handleUnknown(UnknownChunk unknown, @Nullable Transfer current) {
        life.counts.unknownChunks++;
        if (unknown.wantsReport() && current != null) {
            life.control.report(ErrorCause.quote(ErrorCause.UNRECOGNIZED_CHUNK, SctpPacket.bytes(unknown)));
        }
        return unknown.maySkip();
    }

    private boolean handleData(DataChunk chunk) {
        SctpState state = life.state();
        boolean takesData = state == SctpState.ESTABLISHED
                || state == SctpState.SHUTDOWN_PENDING
                || state == SctpState.SHUTDOWN_SENT;
        Transfer current = life.transfer();
        if (current == null || !takesData || !current.resets.lets(chunk.streamId(), chunk.tsn())) {
            life.counts.droppedChunks++;
            return true;
        }
        return life.isFine(current.receiver.handleData(chunk));
    }

    private void handleInit(InitChunk init, long now) {
        if (init.cookie() == null) {
            life.handshake.handleInit(init, life.state(), now);
            return;
        }
        Handshake.Opening opening = life.handshake.handleInitAck(init, now);
        if (opening != null) {
            life.begin(opening);
        }
    }

    private boolean handleOpaque(OpaqueChunk chunk, int tag, long now) {
        switch (chunk.type()) {
            case ChunkType.COOKIE_ECHO -> {
                return handleCookieEcho(chunk, tag, now);
            }
            case ChunkType.HEARTBEAT -> life.control.answer(new OpaqueChunk(ChunkType.HEARTBEAT_ACK, 0, chunk.value()));
            case ChunkType.HEARTBEAT_ACK -> {
                boolean isProbe = life.path.handleAck(chunk.value(), now);
                long roundTripNanos = isProbe ? -1 : life.heartbeat.handleAck(chunk.value(), now);
                if (roundTripNanos >= 0) {
                    life.timeout().measured(roundTripNanos);
                }
            }
            case ChunkType.ABORT -> {
                AbortCause cause = AbortCause.read(chunk.value());
                life.end(new SctpEvent.Failed(
                        SctpEvent.Reason.PEER_ABORTED,
                        "the peer aborted the association" + (cause.code() < 0 ? "" : ", " + cause.text()),
                        cause.code()));
                return false;
            }
            default -> {
                // RFC 9260 6.5.4: an ERROR of the peer asks for nothing, and is never answered (C15).
            }
        }
        return true;
    }

    private boolean handleCookieEcho(OpaqueChunk chunk, int tag, long now) {
        Handshake.Echo echo = life.handshake.handleCookieEcho(chunk.value(), tag, life.state(), now);
        if (echo instanceof Handshake.Echo.Accepted accepted) {
            if (accepted.restart()) {
                life.restart();
            }
            life.begin(accepted.opening());
            measureHandshake(now - accepted.startedAt());
            life.establish(now);
        } else if (echo instanceof Handshake.Echo.Again again && again.ends()) {
            life.establish(now);
        }
        return !(echo instanceof Handshake.Echo.Refused);
    }

    /** A longer one may be that of something that was sent again. */
    private void measureHandshake(long roundTripNanos) {
        if (roundTripNanos > 0 && roundTripNanos < life.timeout().nanos()) {
            life.timeout().measured(roundTripNanos);
        }
    }

    private void handleSignal(SignalChunk signal, long now) {
        switch (signal.type()) {
            case ChunkType.COOKIE_ACK -> {
                if (life.handshake.handleCookieAck()) {
                    measureHandshake(now - life.handshake.echoedAt());
                    life.establish(now);
                }
            }
            case ChunkType.SHUTDOWN_ACK -> {
                if (life.shutdown.isEndedByAck()) {
                    life.end(new SctpEvent.Closed());
                    life.control.add(new SignalChunk(ChunkType.SHUTDOWN_COMPLETE, 0));
                }
            }
            default -> {
                if (life.shutdown.isEndedByComplete()) {
                    life.end(new SctpEvent.Closed());
                }
            }
        }
    }
}
