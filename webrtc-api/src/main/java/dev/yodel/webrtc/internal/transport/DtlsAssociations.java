package dev.yodel.webrtc.internal.transport;

import dev.yodel.dtls.DtlsEndpoint;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFailure;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which DTLS association is in force? The first one, and after a description asked for another the old one until the new
 * one stands (RFC 8842 5.5): peers that keep theirs all the same (they cannot say so without {@code a=tls-id}) lose
 * nothing. A client may begin another one without any description (RFC 6347 4.2.8). It knows no ICE and no state of W3C's.
 * Loop thread only.
 */
final class DtlsAssociations {
    private record Parameters(DtlsRole role, List<DtlsFingerprint> fingerprints) {}

    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_HELLO = 2;
    /** Behind the record's header, the message's type and its length. */
    private static final int MESSAGE_NUMBER_AT = 13 + 4;

    private static final int FRAGMENT_OFFSET_AT = MESSAGE_NUMBER_AT + 2;
    /** Behind the headers of record and message, and the version. */
    private static final int RANDOM_AT = 13 + 12 + 2;

    private static final int RANDOM_BYTES = 32;
    private static final int MAX_RESTARTS = 8;
    /** From so many places of the peer may one hello come. */
    private static final int MAX_SOURCES = 16;

    /** How often a client may begin anew without being asked to: what it costs us is a handshake. */
    private static final long UNASKED_NANOS = Time.SECOND;

    /** How long a client's handshake may be silent after packets have taken another way. */
    private static final long SILENT_NANOS = 2 * Time.SECOND;

    private final TransportOptions options;
    private final Runnable wake;
    private DtlsEndpoint current;
    private @Nullable Parameters parameters;
    private boolean started;
    /** Whether more than one was asked for. */
    private boolean several;

    private boolean currentOver;

    private @Nullable DtlsEndpoint next;
    private @Nullable Parameters nextParameters;
    private boolean nextStarted;
    private boolean nextMustStand;
    /** Whether only the peer's ClientHello said that there is to be another association. */
    private boolean nextUnasked;

    private long nextUnaskedAt = Long.MIN_VALUE;
    /** Of the last ClientHello that came for the association that is to follow, and for the one in force. */
    private byte @Nullable [] helloRandom;

    private byte @Nullable [] currentRandom;
    /** From where that hello came. Another transport of the peer may speak of its own handshake meanwhile. */
    private final Set<InetSocketAddress> helloFrom = new HashSet<>();

    /** When a client looks whether another transport of the peer waits for its hello; {@link Time#NEVER} if there is no doubt. */
    private long lookAt = Time.NEVER;
    /** Whether a word of the peer's handshake has come to us as a client, and whether packets take another way since. */
    private boolean heardAsClient;

    private boolean moved;
    /** Of the server's hello that the first handshake goes on from. */
    private byte @Nullable [] serverRandom;
    /** Whether another server than that has answered: what the first handshake would repeat is not meant for it. */
    private boolean given;

    private int restarts;
    private boolean replaced;
    /** Has a farewell to send. */
    private @Nullable DtlsEndpoint retired;

    DtlsAssociations(TransportOptions options, Runnable wake) {
        this.options = options;
        this.wake = wake;
        this.current = endpoint();
    }

    private DtlsEndpoint endpoint() {
        return options.dtlsFactory().create(options.dtls(), options.environment(), options.loop(), wake);
    }

    /**
     * Allows the first handshake, or another one.
     *
     * @param mustStand whether the old association may not go on if the new one fails
     */
    void allow(DtlsRole role, List<DtlsFingerprint> fingerprints, boolean mustStand, long now) {
        Parameters wanted = new Parameters(role, List.copyOf(fingerprints));
        boolean first = parameters == null;
        several |= !first;
        lookAt = Time.NEVER;
        heardAsClient = false;
        moved = false;
        if (!started) {
            if (!first) {
                // It may have kept what a transport of the peer sent that is gone.
                current.close(now);
                current = endpoint();
            }
            parameters = wanted;
            return;
        }
        boolean unasked = nextUnasked;
        nextUnasked = false;
        DtlsEndpoint older = next;
        if (older != null && helloRandom != null && wanted.role() == DtlsRole.SERVER && wanted.equals(nextParameters)) {
            // The peer's hello was faster than its description. If it has yet another transport, that says hello too.
            nextMustStand = mustStand || (nextMustStand && !unasked);
            restarts = 0;
            return;
        }
        if (older != null) {
            older.close(now);
        } else if (current.state() != DtlsState.CONNECTED) {
            current.close(now);
            currentOver = true;
        }
        next = endpoint();
        nextParameters = wanted;
        nextStarted = false;
        helloRandom = null;
        helloFrom.clear();
        restarts = 0;
        nextMustStand = mustStand || (nextMustStand && older != null && !unasked);
    }

    /** Whether the first handshake may begin as soon as there is a path. */
    boolean isAllowed() {
        return parameters != null && !started;
    }

    /** Whether another handshake waits for a path. */
    boolean isAnotherAllowed() {
        return nextParameters != null && !nextStarted;
    }

    /** Begins what is allowed. There is a path to the peer, of the generation that the descriptions speak of. */
    void start(long rttNanos, long now) {
        Parameters first = parameters;
        DtlsEndpoint following = next;
        Parameters second = nextParameters;
        if (!started && first != null) {
            started = true;
            current.start(first.role(), first.fingerprints(), rttNanos, now);
        } else if (following != null && second != null && !nextStarted) {
            nextStarted = true;
            following.start(second.role(), second.fingerprints(), rttNanos, now);
        }
    }

    /**
     * Records of the peer: of the association in force, or of the handshake that is to follow it.
     *
     * @param from where they came from
     * @param present whether that is where the peer is since the last ICE restart: handshakes of a transport that the peer
     *     has given up since must not mix with that of its new one
     */
    void handleDatagram(byte[] data, int offset, int length, InetSocketAddress from, boolean present, long now) {
        if (several && !present && isOfHandshake(data, offset, length)) {
            return;
        }
        if (present && isHello(CLIENT_HELLO, data, offset, length)) {
            beginUnaskedIfDue(randomOf(data, offset), now);
        }
        if (present && isOfHandshake(data, offset, length)) {
            heardAsClient = true;
            if (moved) {
                lookAt = Time.after(now, SILENT_NANOS);
            }
            if (isHello(SERVER_HELLO, data, offset, length)) {
                heardServer(randomOf(data, offset));
            }
        }
        if (present && next != null && (nextStarted || isOfHandshake(data, offset, length))) {
            feedNext(data, offset, length, from, now);
        }
        if (!given) {
            current.handleDatagram(data, offset, length, now);
        }
    }

    private void heardServer(byte[] random) {
        byte[] known = serverRandom;
        if (isFirstUnderWay() || known == null) {
            serverRandom = random;
        } else if (next != null && !currentOver && current.state() != DtlsState.CONNECTED) {
            given |= !MessageDigest.isEqual(known, random);
        }
    }

    private static byte[] randomOf(byte[] data, int offset) {
        return Arrays.copyOfRange(data, offset + RANDOM_AT, offset + RANDOM_AT + RANDOM_BYTES);
    }

    /**
     * RFC 6347 4.2.8: a client that has lost its end, or has moved it, begins anew from the same place. The association that
     * stands goes on until the client has shown by a whole handshake that it is the same peer.
     */
    private void beginUnaskedIfDue(byte[] random, long now) {
        Parameters last = parameters;
        if (next != null || last == null || last.role() != DtlsRole.SERVER || !started) {
            return;
        }
        byte[] known = currentRandom;
        boolean shaking = current.state() != DtlsState.CONNECTED && current.state() != DtlsState.CLOSED;
        if (known == null || shaking) {
            currentRandom = random;
            return;
        }
        if (!MessageDigest.isEqual(known, random)) {
            beginUnasked(last, now);
        }
    }

    /** Another association under the parameters of the one in force. */
    private void beginUnasked(Parameters last, long now) {
        if (now < nextUnaskedAt) {
            return;
        }
        nextUnaskedAt = Time.after(now, UNASKED_NANOS);
        several = true;
        nextUnasked = true;
        nextMustStand = false;
        nextParameters = last;
        helloRandom = null;
        helloFrom.clear();
        restarts = 0;
        DtlsEndpoint younger = endpoint();
        next = younger;
        nextStarted = true;
        younger.start(last.role(), last.fingerprints(), 0, now);
    }

    /** Whether a handshake is under way that nobody but the peer asked for. */
    boolean isUnasked() {
        return next != null && nextUnasked;
    }

    /** The handshake that is to follow takes no word of a transport that the peer has given up meanwhile. */
    private void feedNext(byte[] data, int offset, int length, InetSocketAddress from, long now) {
        Parameters wanted = nextParameters;
        if (isOfHandshake(data, offset, length) && data[offset] == ALERT) {
            // Nobody has signed it.
            return;
        }
        if (isHello(CLIENT_HELLO, data, offset, length)) {
            byte[] random = randomOf(data, offset);
            byte[] known = helloRandom;
            boolean ofClient = wanted != null && wanted.role() == DtlsRole.SERVER;
            if (ofClient && known != null && !MessageDigest.isEqual(known, random) && restarts < MAX_RESTARTS) {
                restarts++;
                restartNext(now);
                helloFrom.clear();
            }
            helloRandom = random;
            if (helloFrom.size() < MAX_SOURCES) {
                helloFrom.add(from);
            }
        } else if (wanted != null && wanted.role() == DtlsRole.SERVER && !helloFrom.contains(from)) {
            // The peer kept the ICE generation and took another transport: the older one's flights are not meant, nor
            // kept
            // until the new one says hello.
            return;
        }
        DtlsEndpoint following = next;
        if (following != null) {
            // Endpoints decrypt in place, and only one of them can.
            byte[] copy = Arrays.copyOfRange(data, offset, offset + length);
            following.handleDatagram(copy, 0, length, now);
        }
    }

    /** The peer has yet another transport. */
    private void restartNext(long now) {
        DtlsEndpoint older = next;
        Parameters wanted = nextParameters;
        if (older == null || wanted == null) {
            return;
        }
        older.close(now);
        DtlsEndpoint younger = endpoint();
        next = younger;
        if (nextStarted) {
            younger.start(wanted.role(), wanted.fingerprints(), 0, now);
        }
    }

    /** RFC 6347 4.2.2: the beginning of a hello whose message number is 0; its fragment offset is 0 too. */
    private static boolean isHello(int type, byte[] data, int offset, int length) {
        return length >= RANDOM_AT + RANDOM_BYTES
                && data[offset] == HANDSHAKE
                && data[offset + 13] == type
                && Bytes.u16(data, offset + MESSAGE_NUMBER_AT) == 0
                && Bytes.u24(data, offset + FRAGMENT_OFFSET_AT) == 0;
    }

    /** Whether it matters where a handshake's records come from. */
    boolean isParticular() {
        return several;
    }

    /** RFC 6347 4.1: the epoch stands after type and version, and is 0 before there are keys. */
    private static boolean isOfHandshake(byte[] data, int offset, int length) {
        return length > 4 && data[offset + 3] == 0 && data[offset + 4] == 0;
    }

    boolean send(byte[] data, int offset, int length, long now) {
        return current.send(data, offset, length, now);
    }

    /** Farewells last: a peer that is through with its handshake by then does not heed them. */
    int pollTransmit(byte[] into, int offset) {
        int length = current.pollTransmit(into, offset);
        while (given && length > 0) {
            length = current.pollTransmit(into, offset);
        }
        DtlsEndpoint following = next;
        if (length == 0 && following != null) {
            length = following.pollTransmit(into, offset);
        }
        DtlsEndpoint old = retired;
        if (length == 0 && old != null) {
            length = old.pollTransmit(into, offset);
            retired = length == 0 ? null : old;
        }
        return length;
    }

    /** The next event of the association in force; {@link #tookOver} tells if that is another one since. */
    @Nullable
    DtlsEvent pollEvent(long now) {
        for (DtlsEvent event = current.pollEvent(); event != null; event = current.pollEvent()) {
            boolean end = event instanceof DtlsEvent.Failed || event instanceof DtlsEvent.Closed;
            currentOver |= end;
            if (!end || next == null || nextUnasked) {
                if (event instanceof DtlsEvent.Closed) {
                    lookForAnother(now);
                }
                return event;
            }
        }
        DtlsEndpoint following = next;
        DtlsEvent event = following == null ? null : following.pollEvent();
        if (following == null || event == null) {
            return null;
        }
        if (event instanceof DtlsEvent.Connected) {
            takeOver(following, now);
            return event;
        }
        if (beganAgain(event, now)) {
            return null;
        }
        // The peer kept its association, unless that is over or was to be replaced by all means.
        next = null;
        nextParameters = null;
        if (nextUnasked) {
            nextUnasked = false;
            return currentOver ? new DtlsEvent.Closed() : null;
        }
        if (nextMustStand) {
            current.close(now);
        }
        return currentOver || nextMustStand ? event : null;
    }

    /**
     * A client's handshake in which the answer of a transport that the peer has given up mixed with that of its present one broke
     * a rule. It begins anew, and the refusal is not sent: the present one has done nothing wrong.
     */
    private boolean beganAgain(DtlsEvent event, long now) {
        boolean broken = event instanceof DtlsEvent.Failed failed && failed.reason() == DtlsFailure.HANDSHAKE_FAILED;
        if (!broken || !isClient(nextParameters, nextStarted) || restarts >= MAX_RESTARTS) {
            return false;
        }
        restarts++;
        heardAsClient = false;
        restartNext(now);
        return true;
    }

    /**
     * A peer that keeps its ICE credentials when it takes another transport may have shaken hands with us on one that it gives up
     * then; its new one waits for our hello.
     */
    private void lookForAnother(long now) {
        Parameters last = parameters;
        if (!several || next != null || last == null || last.role() != DtlsRole.CLIENT) {
            return;
        }
        if (now < nextUnaskedAt) {
            lookAt = nextUnaskedAt;
        } else {
            beginUnasked(last, now);
        }
    }

    /**
     * Packets take another way from now on. If the peer has given up the transport that has answered our hello, nobody there
     * knows of the handshake, and it is silent from then on.
     */
    void pathChanged(long now) {
        if (heardAsClient && (isClient(nextParameters, nextStarted) || isFirstUnderWay())) {
            moved = true;
            lookAt = Time.after(now, SILENT_NANOS);
        }
    }

    private static boolean isClient(@Nullable Parameters of, boolean begun) {
        return begun && of != null && of.role() == DtlsRole.CLIENT;
    }

    /** Whether the only handshake is under way, and ours is the client's part. */
    private boolean isFirstUnderWay() {
        return next == null && isClient(parameters, started) && current.state() != DtlsState.CONNECTED && !currentOver;
    }

    private void lookIfDue(long now) {
        if (now < lookAt) {
            return;
        }
        lookAt = Time.NEVER;
        moved = false;
        Parameters last = parameters;
        if (next != null) {
            if (isClient(nextParameters, nextStarted) && restarts < MAX_RESTARTS) {
                restarts++;
                heardAsClient = false;
                restartNext(now);
            }
        } else if (currentOver) {
            lookForAnother(now);
        } else if (last != null && isFirstUnderWay()) {
            // Beside the one that is silent, which a peer that has not moved may still end.
            heardAsClient = false;
            beginUnasked(last, now);
            nextUnasked = false;
        }
    }

    private void takeOver(DtlsEndpoint following, long now) {
        current.close(now);
        retired = given ? null : current;
        given = false;
        serverRandom = null;
        current = following;
        parameters = nextParameters;
        currentRandom = helloRandom;
        next = null;
        nextParameters = null;
        nextUnasked = false;
        currentOver = false;
        lookAt = Time.NEVER;
        replaced = true;
    }

    /** Whether another association took over with the last event; true once. */
    boolean tookOver() {
        boolean result = replaced;
        replaced = false;
        return result;
    }

    /** Whether the last one that took over, or will, was another peer's, or the peer's under another certificate. */
    boolean isOfAnother() {
        return nextMustStand;
    }

    /** Whether ICE hears the peer: handshakes that it does not hear then are worth repeating. */
    void handlePath(boolean answers) {
        current.handlePath(answers);
        DtlsEndpoint following = next;
        if (following != null) {
            following.handlePath(answers);
        }
    }

    void handleTimeout(long now) {
        current.handleTimeout(now);
        DtlsEndpoint following = next;
        if (following != null) {
            following.handleTimeout(now);
        }
        lookIfDue(now);
    }

    long nextTimeout() {
        DtlsEndpoint following = next;
        long own = Time.min(lookAt, current.nextTimeout());
        return following == null ? own : Time.min(own, following.nextTimeout());
    }

    void close(long now) {
        lookAt = Time.NEVER;
        current.close(now);
        DtlsEndpoint following = next;
        if (following != null) {
            following.close(now);
        }
    }
}
