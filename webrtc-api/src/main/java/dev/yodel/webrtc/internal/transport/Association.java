package dev.yodel.webrtc.internal.transport;

import dev.yodel.dtls.DtlsEndpoint;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One of a transport's DTLS associations: what a description allowed it with, and whose hellos it has heard. It does
 * not know whether it is the one in force. Loop thread only.
 */
final class Association {
    /** What a description says of an association. */
    record Parameters(DtlsRole role, List<DtlsFingerprint> fingerprints) {
        Parameters {
            fingerprints = List.copyOf(fingerprints);
        }
    }

    private static final int MAX_RESTARTS = 8;
    /** From so many places of the peer may one hello come. */
    private static final int MAX_SOURCES = 16;

    private DtlsEndpoint endpoint;
    private @Nullable Parameters parameters;
    private boolean started;
    private boolean unasked;
    private boolean muted;
    private int restarts;
    /** Of the last ClientHello that came for it. */
    private byte @Nullable [] clientRandom;
    /** Of the ServerHello that its handshake goes on from. */
    private byte @Nullable [] serverRandom;
    /** From where the last hello came. Another transport of the peer may speak of its own handshake meanwhile. */
    private final Set<InetSocketAddress> helloFrom = new HashSet<>();
    /**
     * Whether that was before the last ICE restart: the same transport goes on from a place that it has not said
     * hello from.
     */
    private boolean helloBeforeRestart;

    /** An association that nothing has allowed yet; it keeps what comes early. */
    Association(DtlsEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    DtlsEndpoint endpoint() {
        return endpoint;
    }

    @Nullable
    Parameters parameters() {
        return parameters;
    }

    /** Says what it is to be started with. */
    void allow(Parameters wanted) {
        parameters = wanted;
    }

    boolean isAllowed() {
        return parameters != null && !started;
    }

    boolean isStarted() {
        return started;
    }

    /** Begins if that is allowed and was not done. */
    void start(long rttNanos, long now) {
        Parameters with = parameters;
        if (with != null && !started) {
            started = true;
            endpoint.start(with.role(), with.fingerprints(), rttNanos, now);
        }
    }

    boolean isServer() {
        Parameters with = parameters;
        return with != null && with.role() == DtlsRole.SERVER;
    }

    /** Whether it has begun, and ours is the client's part. */
    boolean isClient() {
        Parameters with = parameters;
        return started && with != null && with.role() == DtlsRole.CLIENT;
    }

    boolean isConnected() {
        return endpoint.state() == DtlsState.CONNECTED;
    }

    /** Whether only the peer has asked for it, by a hello, and no description has. */
    boolean isUnasked() {
        return unasked;
    }

    void setUnasked(boolean value) {
        unasked = value;
    }

    /** Whether another server than its own has answered: what it would repeat is not meant for that one. */
    boolean isMuted() {
        return muted;
    }

    void mute() {
        muted = true;
    }

    // ---- beginning anew ----

    boolean mayRestart() {
        return restarts < MAX_RESTARTS;
    }

    void forgetRestarts() {
        restarts = 0;
    }

    /** The peer has yet another transport: what was said with the one before is over. */
    void restart(DtlsEndpoint younger, long now) {
        restarts++;
        replace(younger, now);
        Parameters with = parameters;
        if (started && with != null) {
            younger.start(with.role(), with.fingerprints(), 0, now);
        }
    }

    /** Takes another endpoint instead of one that may have kept what a transport of the peer sent that is gone. */
    void replace(DtlsEndpoint younger, long now) {
        endpoint.close(now);
        endpoint = younger;
    }

    // ---- whose hellos it has heard ----

    boolean hasHeardClient() {
        return clientRandom != null;
    }

    /** Whether this hello is another client's than the last one; the first is nobody else's. */
    boolean isOfAnotherClient(byte[] random) {
        byte[] known = clientRandom;
        return known != null && !MessageDigest.isEqual(known, random);
    }

    void heardClient(byte[] random) {
        clientRandom = random;
    }

    void forgetSources() {
        helloFrom.clear();
    }

    /** Another ICE generation begins, and the peer with it at other places (RFC 8445 9). The handshake goes on. */
    void iceRestarted() {
        helloBeforeRestart = hasHeardClient();
    }

    void heardFrom(InetSocketAddress from) {
        helloBeforeRestart = false;
        if (helloFrom.size() < MAX_SOURCES) {
            helloFrom.add(from);
        }
    }

    boolean hasHeardFrom(InetSocketAddress from) {
        return helloBeforeRestart || helloFrom.contains(from);
    }

    boolean hasHeardServer() {
        return serverRandom != null;
    }

    void heardServer(byte[] random) {
        serverRandom = random;
    }

    boolean isOfAnotherServer(byte[] random) {
        byte[] known = serverRandom;
        return known != null && !MessageDigest.isEqual(known, random);
    }
}
