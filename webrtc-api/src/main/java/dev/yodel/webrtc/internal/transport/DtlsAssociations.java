package dev.yodel.webrtc.internal.transport;

import dev.yodel.dtls.DtlsEndpoint;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFailure;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.io.Time;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which DTLS association is in force? The first one, and after a description asked for another the old one until the new
 * one stands (RFC 8842 5.5): peers that keep theirs all the same (they cannot say so without {@code a=tls-id}) lose
 * nothing. A client may begin another one without any description (RFC 6347 4.2.8). It knows no ICE and no state of W3C's.
 * Loop thread only.
 */
final class DtlsAssociations {
    /** How often a client may begin anew without being asked to: what it costs us is a handshake. */
    private static final long UNASKED_NANOS = Time.SECOND;

    private final TransportOptions options;
    private final Runnable wake;
    private final SilenceWatch watch = new SilenceWatch();
    private Association current;
    private boolean currentOver;
    private @Nullable Association next;
    private boolean nextMustStand;
    private long nextUnaskedAt = Long.MIN_VALUE;
    /** Whether more than one was asked for. */
    private boolean several;

    private boolean replaced;
    /** Has a farewell to send. */
    private @Nullable DtlsEndpoint retired;

    DtlsAssociations(TransportOptions options, Runnable wake) {
        this.options = options;
        this.wake = wake;
        this.current = new Association(endpoint());
    }

    private DtlsEndpoint endpoint() {
        return options.dtlsFactory().create(options.dtls(), options.environment(), options.loop(), wake);
    }

    // ---- what descriptions ask for ----

    /**
     * Allows the first handshake, or another one.
     *
     * @param mustStand whether the old association may not go on if the new one fails
     */
    void allow(DtlsRole role, List<DtlsFingerprint> fingerprints, boolean mustStand, long now) {
        Association.Parameters wanted = new Association.Parameters(role, fingerprints);
        boolean first = current.parameters() == null;
        several |= !first;
        watch.reset();
        if (!current.isStarted()) {
            if (!first) {
                current.replace(endpoint(), now);
            }
            current.allow(wanted);
            return;
        }
        Association older = next;
        boolean asked = older != null && !older.isUnasked();
        if (older != null && older.hasHeardClient() && older.isServer() && wanted.equals(older.parameters())) {
            // The peer's hello was faster than its description. If it has yet another transport, that says hello too.
            older.setUnasked(false);
            older.forgetRestarts();
            nextMustStand = mustStand || (nextMustStand && asked);
            return;
        }
        if (older != null) {
            older.endpoint().close(now);
        } else if (!current.isConnected()) {
            current.endpoint().close(now);
            currentOver = true;
        }
        Association younger = new Association(endpoint());
        younger.allow(wanted);
        next = younger;
        nextMustStand = mustStand || (nextMustStand && asked);
    }

    /** Whether the first handshake may begin as soon as there is a path. */
    boolean isAllowed() {
        return current.isAllowed();
    }

    /** Whether another handshake waits for a path. */
    boolean isAnotherAllowed() {
        Association following = next;
        return following != null && following.isAllowed();
    }

    /** Begins what is allowed. There is a path to the peer, of the generation that the descriptions speak of. */
    void start(long rttNanos, long now) {
        Association following = next;
        if (current.isAllowed()) {
            current.start(rttNanos, now);
        } else if (following != null) {
            following.start(rttNanos, now);
        }
    }

    // ---- what comes from the peer ----

    /**
     * Records of the peer: of the association in force, or of the handshake that is to follow it.
     *
     * @param from where they came from
     * @param present whether that is where the peer is since the last ICE restart: handshakes of a transport that the peer
     *     has given up since must not mix with that of its new one
     */
    void handleDatagram(byte[] data, int offset, int length, InetSocketAddress from, boolean present, long now) {
        boolean ofHandshake = PlainRecord.isIn(data, offset, length);
        if (several && !present && ofHandshake) {
            return;
        }
        if (present && PlainRecord.isHello(PlainRecord.CLIENT_HELLO, data, offset, length)) {
            beginUnaskedIfDue(PlainRecord.randomOf(data, offset), now);
        }
        if (present && ofHandshake) {
            watch.heard(now);
            if (PlainRecord.isHello(PlainRecord.SERVER_HELLO, data, offset, length)) {
                heardServer(PlainRecord.randomOf(data, offset));
            }
        }
        Association following = next;
        if (present && following != null && (following.isStarted() || ofHandshake)) {
            feed(following, data, offset, length, from, now);
        }
        if (!current.isMuted()) {
            current.endpoint().handleDatagram(data, offset, length, now);
        }
    }

    private void heardServer(byte[] random) {
        if (isFirstUnderWay() || !current.hasHeardServer()) {
            current.heardServer(random);
        } else if (next != null && !currentOver && !current.isConnected() && current.isOfAnotherServer(random)) {
            current.mute();
        }
    }

    /**
     * RFC 6347 4.2.8: a client that has lost its end, or has moved it, begins anew from the same place. The
     * association that stands goes on until the client has shown by a whole handshake that it is the same peer.
     */
    private void beginUnaskedIfDue(byte[] random, long now) {
        if (next != null || !current.isStarted() || !current.isServer()) {
            return;
        }
        boolean shaking = !current.isConnected() && current.endpoint().state() != DtlsState.CLOSED;
        if (shaking || !current.hasHeardClient()) {
            current.heardClient(random);
        } else if (current.isOfAnotherClient(random)) {
            beginAnother(true, now);
        }
    }

    /**
     * Begins another association under the parameters of the one in force, which goes on.
     *
     * @param unasked whether it says nothing if it fails
     */
    private void beginAnother(boolean unasked, long now) {
        Association.Parameters parameters = current.parameters();
        if (parameters == null || now < nextUnaskedAt) {
            return;
        }
        nextUnaskedAt = Time.after(now, UNASKED_NANOS);
        several = true;
        nextMustStand = false;
        Association younger = new Association(endpoint());
        younger.allow(parameters);
        younger.setUnasked(unasked);
        next = younger;
        younger.start(0, now);
    }

    /** Whether a handshake is under way that nobody but the peer asked for. */
    boolean isUnasked() {
        Association following = next;
        return following != null && following.isUnasked();
    }

    /** The handshake that is to follow takes no word of a transport that the peer has given up meanwhile. */
    private void feed(Association following, byte[] data, int offset, int length, InetSocketAddress from, long now) {
        if (PlainRecord.isAlert(data, offset, length)) {
            // Nobody has signed it.
            return;
        }
        if (PlainRecord.isHello(PlainRecord.CLIENT_HELLO, data, offset, length)) {
            byte[] random = PlainRecord.randomOf(data, offset);
            if (following.isServer() && following.isOfAnotherClient(random) && following.mayRestart()) {
                following.restart(endpoint(), now);
                following.forgetSources();
            }
            following.heardClient(random);
            following.heardFrom(from);
        } else if (following.isServer() && !following.hasHeardFrom(from)) {
            // The peer kept the ICE generation and took another transport: the older one's flights are not meant, nor
            // kept until the new one says hello.
            return;
        }
        // Endpoints decrypt in place, and only one of them can.
        byte[] copy = Arrays.copyOfRange(data, offset, offset + length);
        following.endpoint().handleDatagram(copy, 0, length, now);
    }

    /** Whether it matters where a handshake's records come from. */
    boolean isParticular() {
        return several;
    }

    // ---- what goes to the peer ----

    boolean send(byte[] data, int offset, int length, long now) {
        return current.endpoint().send(data, offset, length, now);
    }

    /** Farewells last: a peer that is through with its handshake by then does not heed them. */
    int pollTransmit(byte[] into, int offset) {
        int length = current.endpoint().pollTransmit(into, offset);
        while (current.isMuted() && length > 0) {
            length = current.endpoint().pollTransmit(into, offset);
        }
        Association following = next;
        if (length == 0 && following != null) {
            length = following.endpoint().pollTransmit(into, offset);
        }
        DtlsEndpoint old = retired;
        if (length == 0 && old != null) {
            length = old.pollTransmit(into, offset);
            retired = length == 0 ? null : old;
        }
        return length;
    }

    // ---- which one is in force ----

    /** The next event of the association in force; {@link #tookOver} tells if that is another one since. */
    @Nullable
    DtlsEvent pollEvent(long now) {
        DtlsEndpoint inForce = current.endpoint();
        for (DtlsEvent event = inForce.pollEvent(); event != null; event = inForce.pollEvent()) {
            boolean end = event instanceof DtlsEvent.Failed || event instanceof DtlsEvent.Closed;
            currentOver |= end;
            if (!end || next == null || isUnasked()) {
                if (event instanceof DtlsEvent.Closed) {
                    lookForAnother(now);
                }
                return event;
            }
        }
        Association following = next;
        DtlsEvent event = following == null ? null : following.endpoint().pollEvent();
        if (following == null || event == null) {
            return null;
        }
        if (event instanceof DtlsEvent.Connected) {
            takeOver(following, now);
            return event;
        }
        if (isOfMixedAnswers(event, following)) {
            watch.begin();
            following.restart(endpoint(), now);
            return null;
        }
        // The peer kept its association, unless that is over or was to be replaced by all means.
        next = null;
        if (following.isUnasked()) {
            return currentOver ? new DtlsEvent.Closed() : null;
        }
        if (nextMustStand) {
            current.endpoint().close(now);
        }
        return currentOver || nextMustStand ? event : null;
    }

    /**
     * A client's handshake in which the answer of a transport that the peer has given up mixed with that of its
     * present one broke a rule. It begins anew, and the refusal is not sent: the present one has done nothing wrong.
     */
    private static boolean isOfMixedAnswers(DtlsEvent event, Association following) {
        return event instanceof DtlsEvent.Failed failed
                && failed.reason() == DtlsFailure.HANDSHAKE_FAILED
                && following.isClient()
                && following.mayRestart();
    }

    private void takeOver(Association following, long now) {
        current.endpoint().close(now);
        retired = current.isMuted() ? null : current.endpoint();
        following.setUnasked(false);
        current = following;
        next = null;
        currentOver = false;
        watch.stop();
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

    // ---- a client beside a peer that has taken another transport ----

    /**
     * A peer that keeps its ICE credentials when it takes another transport may have shaken hands with us on one that
     * it gives up then; its new one waits for our hello.
     */
    private void lookForAnother(long now) {
        if (!several || next != null || !current.isClient()) {
            return;
        }
        if (now < nextUnaskedAt) {
            watch.lookAt(nextUnaskedAt);
        } else {
            beginAnother(true, now);
        }
    }

    /** Another ICE generation begins. */
    void iceRestarted() {
        Association following = next;
        if (following != null) {
            following.iceRestarted();
        }
    }

    /**
     * Packets take another way from now on. If the peer has given up the transport that has answered our hello,
     * nobody there knows of the handshake, and it is silent from then on.
     */
    void pathChanged(long now) {
        Association following = next;
        if (isFirstUnderWay() || (following != null && following.isClient())) {
            watch.pathChanged(now);
        }
    }

    /** Whether the only handshake is under way, and ours is the client's part. */
    private boolean isFirstUnderWay() {
        return next == null && current.isClient() && !current.isConnected() && !currentOver;
    }

    private void lookIfDue(long now) {
        if (!watch.isDue(now)) {
            return;
        }
        Association following = next;
        if (following != null) {
            if (following.isClient() && following.mayRestart()) {
                watch.begin();
                following.restart(endpoint(), now);
            }
        } else if (currentOver) {
            lookForAnother(now);
        } else if (isFirstUnderWay()) {
            // Beside the one that is silent, which a peer that has not moved may still end.
            watch.begin();
            beginAnother(false, now);
        }
    }

    // ---- time ----

    /** Whether ICE hears the peer: handshakes that it does not hear then are worth repeating. */
    void handlePath(boolean answers, long now) {
        current.endpoint().handlePath(answers, now);
        Association following = next;
        if (following != null) {
            following.endpoint().handlePath(answers, now);
        }
    }

    void handleTimeout(long now) {
        current.endpoint().handleTimeout(now);
        Association following = next;
        if (following != null) {
            following.endpoint().handleTimeout(now);
        }
        lookIfDue(now);
    }

    long nextTimeout() {
        Association following = next;
        long own = Time.min(watch.nextTimeout(), current.endpoint().nextTimeout());
        return following == null ? own : Time.min(own, following.endpoint().nextTimeout());
    }

    void close(long now) {
        watch.stop();
        current.endpoint().close(now);
        Association following = next;
        if (following != null) {
            following.endpoint().close(now);
        }
    }
}
