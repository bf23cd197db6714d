package dev.yodel.ice;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What an {@link IceAgent} tells its owner, or asks of it. Immutable. */
public sealed interface IceEvent {
    /**
     * Bind a UDP socket, and answer with {@link IceAgent#handleOpened} or {@link IceAgent#handleClosed}.
     *
     * @param socketId the agent's name for it
     * @param local address of ours, port 0 to let the system choose
     * @param shareable whether it is for peers, so that connections may share one port; false for a server's own
     */
    record OpenUdp(int socketId, InetSocketAddress local, boolean shareable) implements IceEvent {}

    /**
     * Open a stream, and answer with {@link IceAgent#handleOpened} once it can take data, after TLS's handshake, or with
     * {@link IceAgent#handleClosed}.
     *
     * @param socketId the agent's name for it
     * @param tls whether TLS runs on it
     * @param local address of ours, port 0 to let the system choose; another port is that of a {@link Listen} with {@code
     *     shared}, and is shared with it
     * @param remote where to; unresolved if a proxy is to resolve it
     * @param hostName the name that the certificate must have, null without TLS
     * @param proxyAddress where to connect instead of {@code remote}, null without a proxy
     * @param proxy what to say there, null without a proxy
     */
    record OpenStream(
            int socketId,
            boolean tls,
            InetSocketAddress local,
            InetSocketAddress remote,
            @Nullable String hostName,
            @Nullable InetSocketAddress proxyAddress,
            @Nullable StreamProxy proxy)
            implements IceEvent {}

    /**
     * Listen for streams of peers (RFC 6544), and answer with {@link IceAgent#handleOpened} or {@link
     * IceAgent#handleClosed}; what is accepted is told by {@link IceAgent#handleAccepted}.
     *
     * @param socketId the agent's name for it
     * @param local address of ours
     * @param shared whether streams are opened from this port too: it is for this agent alone then
     */
    record Listen(int socketId, InetSocketAddress local, boolean shared) implements IceEvent {}

    /**
     * Close a socket; the id is not used again.
     *
     * @param socketId which
     */
    record Close(int socketId) implements IceEvent {}

    /**
     * Resolve a name, and answer with {@link IceAgent#handleResolved}: multicast DNS for {@code .local} names, the
     * system's resolver for a configured server's name.
     *
     * @param lookupId the agent's name for the look-up
     * @param name host name
     */
    record ResolveName(int lookupId, String name) implements IceEvent {}

    /**
     * A local candidate to be signaled; also after gathering was complete, when an interface or a server comes back.
     *
     * @param candidate with the user fragment of its generation
     */
    record LocalCandidate(Candidate candidate) implements IceEvent {}

    /**
     * Answer for a name in multicast DNS, until it is withdrawn; a candidate that bears it follows.
     *
     * @param name {@code <uuid>.local}
     * @param address of ours
     */
    record PublishName(String name, InetAddress address) implements IceEvent {}

    /**
     * Answer for a name no more.
     *
     * @param name from {@link PublishName}
     */
    record WithdrawName(String name) implements IceEvent {}

    /**
     * W3C icecandidateerror.
     *
     * @param local our address, null if none was in use
     * @param url the server's, empty if the fault is local
     * @param errorCode STUN error code, 701 if the server was not reached
     * @param errorText in words
     */
    record CandidateError(@Nullable InetSocketAddress local, String url, int errorCode, String errorText)
            implements IceEvent {}

    /**
     * Gathering went on.
     *
     * @param state the new state
     * @param ufrag the generation's user fragment
     */
    record GatheringStateChanged(GatheringState state, String ufrag) implements IceEvent {}

    /**
     * The state changed.
     *
     * @param state the new state
     */
    record StateChanged(IceState state) implements IceEvent {}

    /**
     * Data goes to another pair from now on.
     *
     * @param pair the pair
     */
    record SelectedPairChanged(CandidatePair pair) implements IceEvent {}

    /**
     * A role conflict was resolved against us.
     *
     * @param role the new role
     */
    record RoleChanged(IceRole role) implements IceEvent {}

    /**
     * Bytes that the peer attached to a check. Not sent yet.
     *
     * @param bytes owned by the receiver
     * @param authenticated whether the check's integrity was right
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    record PiggybackReceived(byte[] bytes, boolean authenticated) implements IceEvent {}
}
