package dev.yodel.webrtc.internal;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.GatheringState;
import dev.yodel.ice.IceCredentials;
import dev.yodel.ice.IceState;
import dev.yodel.io.Registration;
import dev.yodel.webrtc.IceCandidate;
import dev.yodel.webrtc.IceCandidatePair;
import dev.yodel.webrtc.IceComponent;
import dev.yodel.webrtc.IceGathererState;
import dev.yodel.webrtc.IceParameters;
import dev.yodel.webrtc.IceRole;
import dev.yodel.webrtc.IceServerTransportProtocol;
import dev.yodel.webrtc.IceTransport;
import dev.yodel.webrtc.IceTransportState;
import dev.yodel.webrtc.internal.jsep.TransportState;
import dev.yodel.webrtc.internal.transport.ListenerList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCIceTransport, and a transport's candidates in the words of the API. States change on the connection's lane; any
 * thread reads them. It commands nothing.
 */
final class IceTransportImpl implements IceTransport {
    private final int id;
    private final PeerConnectionImpl connection;
    private final ListenerList<IceTransport> stateListeners = new ListenerList<>();
    private final ListenerList<IceTransport> gatheringListeners = new ListenerList<>();
    private final ListenerList<IceTransport> pairListeners = new ListenerList<>();
    private volatile IceTransportState state = IceTransportState.NEW;
    private volatile IceGathererState gatherer = IceGathererState.NEW;
    private volatile IceRole role = IceRole.UNKNOWN;
    private volatile @Nullable IceCandidatePair pair;
    private volatile @Nullable String lastMid;
    private volatile @Nullable Integer lastIndex;
    /** The servers that candidates came from. */
    private final Map<String, String> urls = new ConcurrentHashMap<>();

    IceTransportImpl(int id, PeerConnectionImpl connection) {
        this.id = id;
        this.connection = connection;
    }

    void changeRole(dev.yodel.ice.IceRole value) {
        role = value == dev.yodel.ice.IceRole.CONTROLLING ? IceRole.CONTROLLING : IceRole.CONTROLLED;
    }

    void changeState(IceState value) {
        state = switch (value) {
            case NEW -> IceTransportState.NEW;
            case CHECKING -> IceTransportState.CHECKING;
            case CONNECTED -> IceTransportState.CONNECTED;
            case COMPLETED -> IceTransportState.COMPLETED;
            case DISCONNECTED -> IceTransportState.DISCONNECTED;
            case FAILED -> IceTransportState.FAILED;
            case CLOSED -> IceTransportState.CLOSED;
        };
    }

    void changeGathering(GatheringState value) {
        gatherer = switch (value) {
            case NEW -> IceGathererState.NEW;
            case GATHERING -> IceGathererState.GATHERING;
            case COMPLETE -> IceGathererState.COMPLETE;
        };
    }

    /** Another pair is used; its ends as they were signaled. */
    void changePair(CandidatePair value) {
        TransportState now = connection.transportState(id);
        List<String> ours = now == null ? List.of() : now.localCandidates();
        List<String> theirs = now == null ? List.of() : now.remoteCandidates();
        pair = new IceCandidatePair(
                outer(asSignaled(value.local().toSdp(), ours), ufrag(true)),
                outer(asSignaled(value.remote().toSdp(), theirs), ufrag(false)));
        pairListeners.fire(this);
    }

    void fireState() {
        stateListeners.fire(this);
    }

    void fireGathering() {
        gatheringListeners.fire(this);
    }

    /** Remembers which server a candidate came from. */
    void from(Candidate candidate, String url) {
        if (!url.isEmpty()) {
            urls.put(candidate.toSdp(), url);
        }
    }

    /** A candidate in the words of the API; its section is the one that it is, or was last, signaled with. */
    IceCandidate outer(String line, @Nullable String ufrag) {
        String mid = connection.midOf(id);
        Integer index = connection.indexOf(id);
        if (mid == null && index == null) {
            mid = lastMid;
            index = lastIndex;
        } else {
            lastMid = mid;
            lastIndex = index;
        }
        if (mid == null && index == null) {
            index = 0;
        }
        String url = urls.get(line);
        return new IceCandidate(line, mid, index, ufrag, relayProtocol(url), url);
    }

    private static @Nullable IceServerTransportProtocol relayProtocol(@Nullable String url) {
        if (url == null || !url.startsWith("turn")) {
            return null;
        }
        if (url.startsWith("turns:")) {
            return IceServerTransportProtocol.TLS;
        }
        return url.endsWith("transport=tcp") ? IceServerTransportProtocol.TCP : IceServerTransportProtocol.UDP;
    }

    /** The line as it was signaled, which may say more than a check needs; the line itself if it never was. */
    private static String asSignaled(String line, List<String> signaled) {
        for (String known : signaled) {
            if (known.startsWith(line + " ")) {
                return known;
            }
        }
        return line;
    }

    private @Nullable String ufrag(boolean local) {
        TransportState now = connection.transportState(id);
        IceCredentials credentials = now == null ? null : local ? now.local() : now.remote();
        return credentials == null ? null : credentials.ufrag();
    }

    @Override
    public IceRole role() {
        return role;
    }

    @Override
    public IceComponent component() {
        return IceComponent.RTP;
    }

    @Override
    public IceTransportState state() {
        return state;
    }

    @Override
    public IceGathererState gatheringState() {
        return gatherer;
    }

    @Override
    public List<IceCandidate> getLocalCandidates() {
        TransportState now = connection.transportState(id);
        return now == null ? List.of() : candidates(now.localCandidates(), now.local());
    }

    @Override
    public List<IceCandidate> getRemoteCandidates() {
        TransportState now = connection.transportState(id);
        return now == null ? List.of() : candidates(now.remoteCandidates(), now.remote());
    }

    private List<IceCandidate> candidates(List<String> lines, @Nullable IceCredentials credentials) {
        String ufrag = credentials == null ? null : credentials.ufrag();
        return lines.stream().map(line -> outer(line, ufrag)).toList();
    }

    @Override
    public @Nullable IceCandidatePair getSelectedCandidatePair() {
        return pair;
    }

    @Override
    public @Nullable IceParameters getLocalParameters() {
        TransportState now = connection.transportState(id);
        return now == null ? null : parameters(now.local());
    }

    @Override
    public @Nullable IceParameters getRemoteParameters() {
        TransportState now = connection.transportState(id);
        return now == null ? null : parameters(now.remote());
    }

    private @Nullable IceParameters parameters(@Nullable IceCredentials credentials) {
        return credentials == null ? null : new IceParameters(credentials.ufrag(), credentials.password());
    }

    @Override
    public Registration onStateChange(Runnable listener) {
        return stateListeners.add(transport -> listener.run());
    }

    @Override
    public Registration onGatheringStateChange(Runnable listener) {
        return gatheringListeners.add(transport -> listener.run());
    }

    @Override
    public Registration onSelectedCandidatePairChange(Runnable listener) {
        return pairListeners.add(transport -> listener.run());
    }

    @Override
    public String toString() {
        return "ICE transport " + id + " " + state + " " + role;
    }
}
