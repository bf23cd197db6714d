package dev.yodel.sctp.state;

import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import dev.yodel.sctp.SctpOptions;
import dev.yodel.sctp.SctpState;
import dev.yodel.sctp.packet.Capabilities;
import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.ChunkType;
import dev.yodel.sctp.packet.ErrorCause;
import dev.yodel.sctp.packet.InitChunk;
import dev.yodel.sctp.packet.OpaqueChunk;
import dev.yodel.sctp.packet.SctpPacket;
import dev.yodel.sctp.packet.SignalChunk;
import dev.yodel.sctp.rx.ReceiveWindow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who are the two sides, and have they agreed? It sends and answers INIT and COOKIE ECHO in every state of the association
 * (simultaneous opening, restart), and knows tags, initial TSNs and what the peer can do. It holds no data. RFC 9260 5.
 */
public final class Handshake {
    /** The count of streams we take and send. */
    public static final int MAX_STREAMS = 65_535;

    private static final long COOKIE_LIFE_NANOS = 60 * Time.SECOND;

    /** How far it has come, with what is known then. */
    private sealed interface Stage {
        SctpState state();

        default int localTag() {
            return 0;
        }

        default int localTsn() {
            return 0;
        }

        default int peerTag() {
            return 0;
        }
    }

    private record Idle() implements Stage {
        @Override
        public SctpState state() {
            return SctpState.NEW;
        }
    }

    private record CookieWait(int localTag, int localTsn) implements Stage {
        @Override
        public SctpState state() {
            return SctpState.COOKIE_WAIT;
        }
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record CookieEchoed(int localTag, int localTsn, int peerTag, byte[] cookie) implements Stage {
        @Override
        public SctpState state() {
            return SctpState.COOKIE_ECHOED;
        }
    }

    private record Agreed(int localTag, int localTsn, int peerTag) implements Stage {
        @Override
        public SctpState state() {
            return SctpState.ESTABLISHED;
        }
    }

    /**
     * What the two sides have told each other: data may be exchanged from here on.
     *
     * @param capabilities what both can do
     * @param outboundStreams how many streams the peer takes of us
     * @param inboundStreams how many streams the peer sends on
     */
    public record Opening(
            int localTsn,
            int peerTsn,
            int peerWindowBytes,
            Capabilities capabilities,
            int outboundStreams,
            int inboundStreams) {
        public boolean isPartiallyReliable() {
            return capabilities.forwardTsn();
        }

        public boolean canResetStreams() {
            return capabilities.reConfig();
        }
    }

    /** What a COOKIE ECHO led to. */
    public sealed interface Echo {
        /** Forged, stale or of no use; the rest of the packet is not looked at. */
        record Refused() implements Echo {}

        /** It came before; {@code ends} if it ends the handshake on our side. */
        record Again(boolean ends) implements Echo {}

        /** An association begins, in place of another one if it is a restart. */
        record Accepted(Opening opening, boolean restart, long startedAt) implements Echo {}
    }

    private static final Echo REFUSED = new Echo.Refused();

    private final SctpOptions options;
    private final RandomSource random;
    private final byte[] cookieKey;
    private final Counts counts;
    private final ControlQueue control;
    private final Deadlines deadlines;
    private final Retry retry = new Retry();
    private Stage stage = new Idle();
    private boolean initDue;
    private long echoedAt;
    private int initsSent;

    public Handshake(
            SctpOptions options, RandomSource random, Counts counts, ControlQueue control, Deadlines deadlines) {
        this.options = options;
        this.random = random;
        this.cookieKey = random.bytes(32);
        this.counts = counts;
        this.control = control;
        this.deadlines = deadlines;
    }

    /** NEW to ESTABLISHED: what comes after the handshake is not known here. */
    public SctpState state() {
        return stage.state();
    }

    /** The tag of packets to us; 0 before there is one. */
    public int localTag() {
        return stage.localTag();
    }

    /** The tag of packets to the peer; 0 before it is known. */
    public int peerTag() {
        return stage.peerTag();
    }

    /** Begins, if nothing was begun. */
    public void connect(long now) {
        if (stage instanceof Idle) {
            stage = new CookieWait(nonZero(random), random.nextInt());
            initDue = true;
            deadlines.set(Timer.HANDSHAKE, now + retry.nanos());
        }
    }

    /**
     * Agrees at once, if nothing was begun, because both INITs were exchanged by other means; null if something was.
     * draft-hancke-tsvwg-snap.
     */
    public @Nullable Opening agree(InitChunk ours, InitChunk theirs) {
        if (!(stage instanceof Idle)) {
            return null;
        }
        stage = new Agreed(ours.initiateTag(), ours.initialTsn(), theirs.initiateTag());
        return opening(ours.initialTsn(), ours.capabilities(), theirs);
    }

    /** An INIT of ours with a fresh tag and TSN. */
    public static InitChunk freshInit(SctpOptions options, RandomSource random) {
        return ourInit(options, ourCapabilities(options, true), nonZero(random), random.nextInt(), List.of(), null);
    }

    /** Whether an INIT or INIT ACK can lead to an association. RFC 9260 3.3.2. */
    public static boolean isUsable(InitChunk init) {
        return init.initiateTag() != 0 && init.inboundStreams() != 0 && init.outboundStreams() != 0;
    }

    private static int nonZero(RandomSource random) {
        int value = random.nextInt();
        return value == 0 ? 1 : value;
    }

    /** Sends nothing more by itself; the tags stay known. */
    public void end() {
        initDue = false;
    }

    /** The INIT that is to be sent now, or null. */
    public @Nullable InitChunk pollInit() {
        if (!initDue) {
            return null;
        }
        initDue = false;
        // Pion before 1.8 reads no INIT with a parameter that it does not know, so every second one has none.
        boolean plain = initsSent++ % 2 == 1;
        return ourInit(options, ourCapabilities(options, !plain), stage.localTag(), stage.localTsn(), List.of(), null);
    }

    private static InitChunk ourInit(
            SctpOptions options,
            Capabilities capabilities,
            int tag,
            int tsn,
            List<byte[]> unrecognized,
            byte @Nullable [] sealed) {
        return new InitChunk(
                tag,
                ReceiveWindow.initialBytes(options),
                MAX_STREAMS,
                MAX_STREAMS,
                tsn,
                capabilities,
                unrecognized,
                sealed);
    }

    /** What we can do; zero checksums are not mentioned to a peer that may not understand the word. */
    private static Capabilities ourCapabilities(SctpOptions options, boolean mentionsZeroChecksum) {
        return new Capabilities(
                true, true, options.interleaving(), options.zeroChecksum() && mentionsZeroChecksum, true);
    }

    private static Opening opening(int localTsn, Capabilities ours, InitChunk theirs) {
        return new Opening(
                localTsn,
                theirs.initialTsn(),
                theirs.windowBytes(),
                ours.with(theirs.capabilities()),
                Math.min(MAX_STREAMS, theirs.inboundStreams()),
                Math.min(MAX_STREAMS, theirs.outboundStreams()));
    }

    /** Answers an INIT without remembering it. */
    public void handleInit(InitChunk init, SctpState state, long now) {
        if (!isUsable(init) || !control.takesInitAnswers()) {
            counts.droppedChunks++;
            return;
        }
        if (state == SctpState.SHUTDOWN_ACK_SENT) {
            control.add(new SignalChunk(ChunkType.SHUTDOWN_ACK, 0));
            return;
        }
        boolean opening = state == SctpState.COOKIE_WAIT || state == SctpState.COOKIE_ECHOED;
        // RFC 9260 5.2.1: a simultaneous opening keeps our tag; 5.2.2: anything else gets a fresh one.
        int tag = opening ? stage.localTag() : nonZero(random);
        int tsn = opening ? stage.localTsn() : random.nextInt();
        Capabilities ours = ourCapabilities(options, init.capabilities().zeroChecksum());
        StateCookie fresh = new StateCookie(
                now,
                tag,
                init.initiateTag(),
                tsn,
                init.initialTsn(),
                init.windowBytes(),
                init.inboundStreams(),
                init.outboundStreams(),
                ours.with(init.capabilities()),
                stage.localTag(),
                stage.peerTag());
        // RFC 9260 3.2.1: the peer hears of its parameters that are not known here.
        control.answerInit(
                init.initiateTag(), ourInit(options, ours, tag, tsn, init.unrecognized(), fresh.seal(cookieKey)));
    }

    /** Takes the answer to our INIT; what was agreed on, or null if it is of no use. */
    public @Nullable Opening handleInitAck(InitChunk ack, long now) {
        byte[] sealed = ack.cookie();
        if (!(stage instanceof CookieWait waiting) || !isUsable(ack) || sealed == null) {
            return null;
        }
        // C06: a cookie that does not fit into a packet cannot be returned.
        if (sealed.length + SctpPacket.HEADER_BYTES + Chunk.HEADER_BYTES > options.packetBytes()) {
            counts.badCookies++;
            return null;
        }
        echoedAt = now;
        stage = new CookieEchoed(waiting.localTag, waiting.localTsn, ack.initiateTag(), sealed);
        retry.restart();
        initDue = false;
        control.add(new OpaqueChunk(ChunkType.COOKIE_ECHO, 0, sealed));
        for (byte[] parameter : ack.unrecognized()) {
            // RFC 9260 3.2.1: of an INIT ACK the complaint goes with the COOKIE ECHO.
            control.answer(new OpaqueChunk(
                    ChunkType.ERROR, 0, ErrorCause.quote(ErrorCause.UNRECOGNIZED_PARAMETERS, parameter)));
        }
        deadlines.set(Timer.HANDSHAKE, now + retry.nanos());
        return opening(waiting.localTsn, ourCapabilities(options, true), ack);
    }

    /** Takes a COOKIE ECHO by the table of RFC 9260 5.2.4; {@code state} is the association's. */
    public Echo handleCookieEcho(byte[] cookie, int tag, SctpState state, long now) {
        StateCookie opened = StateCookie.open(cookieKey, cookie);
        if (opened == null || opened.localTag() != tag) {
            counts.badCookies++;
            return REFUSED;
        }
        boolean sameLocal = opened.localTag() == stage.localTag();
        boolean samePeer = opened.peerTag() == stage.peerTag();
        if (sameLocal && samePeer && stage.peerTag() != 0) {
            // D: our answer was lost.
            control.answer(new SignalChunk(ChunkType.COOKIE_ACK, 0));
            return new Echo.Again(agree());
        }
        boolean isRestart = !sameLocal
                && !samePeer
                && state.compareTo(SctpState.ESTABLISHED) >= 0
                && state != SctpState.SHUTDOWN_ACK_SENT
                && opened.tieLocal() == stage.localTag()
                && opened.tiePeer() == stage.peerTag();
        boolean isSimultaneous = sameLocal && state.compareTo(SctpState.ESTABLISHED) < 0;
        boolean isStale = now - opened.createdAt() > COOKIE_LIFE_NANOS;
        if (isStale || !(stage instanceof Idle || isSimultaneous || isRestart)) {
            // C: an old cookie of ours.
            counts.badCookies++;
            return REFUSED;
        }
        stage = new Agreed(opened.localTag(), opened.localTsn(), opened.peerTag());
        finish();
        control.clearChunks();
        control.answer(new SignalChunk(ChunkType.COOKIE_ACK, 0));
        return new Echo.Accepted(
                new Opening(
                        opened.localTsn(),
                        opened.peerTsn(),
                        opened.peerWindow(),
                        opened.capabilities(),
                        Math.min(MAX_STREAMS, opened.outboundStreams()),
                        Math.min(MAX_STREAMS, opened.inboundStreams())),
                isRestart,
                opened.createdAt());
    }

    /** When the first COOKIE ECHO was sent. */
    public long echoedAt() {
        return echoedAt;
    }

    /** Takes a COOKIE ACK; whether it ends the handshake. */
    public boolean handleCookieAck() {
        return agree();
    }

    private boolean agree() {
        if (!(stage instanceof CookieEchoed echoed)) {
            return false;
        }
        stage = new Agreed(echoed.localTag, echoed.localTsn, echoed.peerTag);
        finish();
        return true;
    }

    private void finish() {
        initDue = false;
        deadlines.set(Timer.HANDSHAKE, Time.NEVER);
    }

    /** No answer came; why to give up, or null to go on. */
    public @Nullable String expire(long now) {
        if (!retry.again()) {
            return "no answer after " + Retry.MAX_TRIES + " retransmissions";
        }
        deadlines.set(Timer.HANDSHAKE, now + retry.nanos());
        if (stage instanceof CookieEchoed echoed) {
            control.add(new OpaqueChunk(ChunkType.COOKIE_ECHO, 0, echoed.cookie));
        } else {
            initDue = true;
        }
        return null;
    }
}
