package dev.yodel.webrtc.internal.jsep;

import dev.yodel.ice.IceCredentials;
import dev.yodel.ice.IceRole;
import dev.yodel.webrtc.SignalingState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that negotiation knows about a connection. Seen from outside it never changes; see {@link TransceiverState}.
 */
public final class JsepState {
    final JsepOptions options;
    SignalingState signaling = SignalingState.STABLE;

    @Nullable
    Applied currentLocal;

    @Nullable
    Applied pendingLocal;

    @Nullable
    Applied currentRemote;

    @Nullable
    Applied pendingRemote;

    @Nullable
    Applied lastOffer;

    @Nullable
    Applied lastAnswer;

    /** What the two were made of: as long as that is the same, they still say what the connection wants. */
    List<Object> lastOfferBasis = List.of();

    List<Object> lastAnswerBasis = List.of();

    List<TransceiverState> transceivers = List.of();
    List<TransportState> transports = List.of();

    @Nullable
    RollbackPoint rollbackPoint;

    /** Whether the application has made a data channel; a rollback does not change it. */
    boolean dataWanted;

    DataState data = DataState.NONE;
    List<IceCredentials> credentialsToReplace = List.of();

    /** Credentials that were gathered for with another ICE configuration: the next offer has new ones. */
    List<IceCredentials> outdatedCredentials = List.of();

    List<String> usedMids = List.of();
    boolean negotiationNeeded;

    /** The stream of peers that name none; empty before one is needed. */
    String defaultStream = "";

    /** What header extension ids have ever been agreed to mean: they never mean anything else (RFC 8285 6). */
    List<HeaderExtension> knownExtensions = List.of();

    /** Our role on all transports (RFC 8445 6.1.1): the first exchange decides, a conflict may change it. */
    @Nullable
    IceRole iceRole;

    /** The mid that the last answer's BUNDLE group began with; empty if nothing is bundled. */
    String bundleTag = "";

    int nextTransceiverId;
    int nextTransportId;
    long nextVersion;

    private JsepState(JsepOptions options) {
        this.options = options;
    }

    /**
     * The state of a new connection.
     *
     * @param options what never changes
     * @return a stable state without transceivers
     */
    public static JsepState initial(JsepOptions options) {
        JsepState state = new JsepState(options);
        state.nextVersion = 1;
        return state;
    }

    /** A copy to compute in; its transceivers are copies too. */
    JsepState draft() {
        JsepState copy = new JsepState(options);
        copy.signaling = signaling;
        copy.currentLocal = currentLocal;
        copy.pendingLocal = pendingLocal;
        copy.currentRemote = currentRemote;
        copy.pendingRemote = pendingRemote;
        copy.lastOffer = lastOffer;
        copy.lastAnswer = lastAnswer;
        List<TransceiverState> copies = new ArrayList<>(transceivers.size());
        for (TransceiverState transceiver : transceivers) {
            copies.add(transceiver.copy());
        }
        copy.transceivers = copies;
        copy.transports = new ArrayList<>(transports);
        copy.rollbackPoint = rollbackPoint;
        copy.dataWanted = dataWanted;
        copy.data = data;
        copy.credentialsToReplace = credentialsToReplace;
        copy.outdatedCredentials = outdatedCredentials;
        copy.usedMids = usedMids;
        copy.negotiationNeeded = negotiationNeeded;
        copy.nextTransceiverId = nextTransceiverId;
        copy.nextTransportId = nextTransportId;
        copy.nextVersion = nextVersion;
        copy.defaultStream = defaultStream;
        copy.bundleTag = bundleTag;
        copy.iceRole = iceRole;
        copy.knownExtensions = knownExtensions;
        copy.lastOfferBasis = lastOfferBasis;
        copy.lastAnswerBasis = lastAnswerBasis;
        return copy;
    }

    /**
     * W3C's signaling state.
     *
     * @return the state
     */
    public SignalingState signaling() {
        return signaling;
    }

    /**
     * The local description in force.
     *
     * @return null before the first exchange is complete
     */
    public @Nullable Applied currentLocal() {
        return currentLocal;
    }

    /**
     * The local description that waits for its counterpart.
     *
     * @return null if there is none
     */
    public @Nullable Applied pendingLocal() {
        return pendingLocal;
    }

    /**
     * The remote description in force.
     *
     * @return null before the first exchange is complete
     */
    public @Nullable Applied currentRemote() {
        return currentRemote;
    }

    /**
     * The remote description that waits for its counterpart.
     *
     * @return null if there is none
     */
    public @Nullable Applied pendingRemote() {
        return pendingRemote;
    }

    /**
     * The newest local description.
     *
     * @return null if there is none
     */
    public @Nullable Applied local() {
        return pendingLocal != null ? pendingLocal : currentLocal;
    }

    /**
     * The newest remote description.
     *
     * @return null if there is none
     */
    public @Nullable Applied remote() {
        return pendingRemote != null ? pendingRemote : currentRemote;
    }

    /**
     * W3C's [[LastCreatedOffer]].
     *
     * @return null if there is none
     */
    public @Nullable Applied lastOffer() {
        return lastOffer;
    }

    /**
     * W3C's [[LastCreatedAnswer]].
     *
     * @return null if there is none
     */
    public @Nullable Applied lastAnswer() {
        return lastAnswer;
    }

    /**
     * W3C's set of transceivers, in the order of their making.
     *
     * @return an unmodifiable list
     */
    public List<TransceiverState> transceivers() {
        return java.util.Collections.unmodifiableList(transceivers);
    }

    /**
     * Looks a transceiver up.
     *
     * @param id its number
     * @return null if it is not in the set (any more)
     */
    public @Nullable TransceiverState transceiver(int id) {
        for (TransceiverState transceiver : transceivers) {
            if (transceiver.id == id) {
                return transceiver;
            }
        }
        return null;
    }

    /**
     * The transports in use.
     *
     * @return an unmodifiable list
     */
    public List<TransportState> transports() {
        return java.util.Collections.unmodifiableList(transports);
    }

    /**
     * Looks a transport up.
     *
     * @param id its number
     * @return null if it is not in use (any more)
     */
    public @Nullable TransportState transport(int id) {
        for (TransportState transport : transports) {
            if (transport.id() == id) {
                return transport;
            }
        }
        return null;
    }

    /**
     * Whether the application has made a data channel and nobody refused it.
     *
     * @return true if it is to be offered
     */
    public boolean dataWanted() {
        return dataWanted;
    }

    /**
     * What descriptions have done to data channels.
     *
     * @return never null
     */
    public DataState data() {
        return data;
    }

    /**
     * W3C's [[NegotiationNeeded]].
     *
     * @return true between the event and the next stable state
     */
    public boolean negotiationNeeded() {
        return negotiationNeeded;
    }

    void replaceTransport(TransportState value) {
        for (int i = 0; i < transports.size(); i++) {
            if (transports.get(i).id() == value.id()) {
                transports.set(i, value);
                return;
            }
        }
        transports.add(value);
    }

    @Nullable
    TransceiverState byIndex(int index) {
        for (TransceiverState transceiver : transceivers) {
            if (transceiver.association.index() == index && !transceiver.stopped) {
                return transceiver;
            }
        }
        return null;
    }

    /** The transport of a section; -1 if none is known. */
    int transportAt(int index) {
        TransceiverState transceiver = byIndex(index);
        if (transceiver != null) {
            return transceiver.association.transport();
        }
        return index >= 0 && data.index() == index ? data.transport() : -1;
    }

    /**
     * Whether a group begins with another section than the one that is negotiated. Chromium and Firefox tie a bundle's
     * transport to its first section, so they take another one then, with an ICE agent and a DTLS association of its own.
     */
    boolean movesTag(List<String> group) {
        return !bundleTag.isEmpty() && !group.isEmpty() && !group.get(0).equals(bundleTag);
    }

    boolean midUsed(String mid) {
        return usedMids.contains(mid);
    }

    void useMid(String mid) {
        if (!usedMids.contains(mid)) {
            List<String> all = new ArrayList<>(usedMids);
            all.add(mid);
            usedMids = List.copyOf(all);
        }
    }

    /** What an offer or an answer is made of, but for what one asks for. */
    List<Object> basis() {
        List<Object> basis = new ArrayList<>(negotiated());
        basis.set(5, List.copyOf(transceivers));
        basis.set(6, List.copyOf(transports));
        basis.add(dataWanted);
        return basis;
    }

    /** What a rollback must restore exactly, when the application has done nothing in between. */
    List<Object> negotiated() {
        return Arrays.asList(
                signaling,
                currentLocal,
                pendingLocal,
                currentRemote,
                pendingRemote,
                transceivers,
                transports,
                data,
                credentialsToReplace,
                outdatedCredentials);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JsepState that
                && negotiated().equals(that.negotiated())
                && Objects.equals(lastOffer, that.lastOffer)
                && Objects.equals(lastAnswer, that.lastAnswer)
                && negotiationNeeded == that.negotiationNeeded;
    }

    @Override
    public int hashCode() {
        return negotiated().hashCode();
    }

    @Override
    public String toString() {
        return signaling + ", " + transceivers + ", " + transports.size() + " transports";
    }
}
