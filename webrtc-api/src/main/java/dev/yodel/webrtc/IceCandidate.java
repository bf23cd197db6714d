package dev.yodel.webrtc;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidateParseException;
import dev.yodel.ice.CandidateType;
import dev.yodel.ice.TcpType;
import dev.yodel.ice.TransportProtocol;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCIceCandidate: an address that a peer may be reached at, or the end of such addresses. The text is not judged
 * here: where it does not follow the grammar, its fields are null.
 *
 * @param candidate the text that begins with {@code candidate:} (RFC 8839 5.1); empty for the end of candidates
 * @param sdpMid the m-section it belongs to; null if only the index is known
 * @param sdpMLineIndex the number of the m-section, from 0; null if only the mid is known
 * @param usernameFragment the generation it belongs to; null if not known
 * @param relayProtocol how the TURN server was reached; null but for local relayed candidates
 * @param url the server that gave it; null but for local candidates from a server
 */
public record IceCandidate(
        String candidate,
        @Nullable String sdpMid,
        @Nullable Integer sdpMLineIndex,
        @Nullable String usernameFragment,
        @Nullable IceServerTransportProtocol relayProtocol,
        @Nullable String url) {
    /**
     * W3C's constructor.
     *
     * @throws IllegalArgumentException if neither the mid nor the index is told, or the index is out of 0 to 65535
     */
    public IceCandidate {
        Objects.requireNonNull(candidate, "candidate");
        if (sdpMid == null && sdpMLineIndex == null) {
            throw new IllegalArgumentException(
                    "a candidate needs sdpMid or sdpMLineIndex; for the end of all candidates"
                            + " call addIceCandidate() without argument");
        }
        if (sdpMLineIndex != null && (sdpMLineIndex < 0 || sdpMLineIndex > 0xffff)) {
            throw new IllegalArgumentException("sdpMLineIndex is 0 to 65535, was " + sdpMLineIndex);
        }
    }

    /**
     * A candidate of an m-section.
     *
     * @param candidate the text
     * @param sdpMid the m-section; null if only the index is known
     * @param sdpMLineIndex its number, from 0; null if only the mid is known
     * @throws IllegalArgumentException if neither the mid nor the index is told
     */
    public IceCandidate(String candidate, @Nullable String sdpMid, @Nullable Integer sdpMLineIndex) {
        this(candidate, sdpMid, sdpMLineIndex, null);
    }

    /**
     * A candidate of a generation of an m-section.
     *
     * @param candidate the text
     * @param sdpMid the m-section; null if only the index is known
     * @param sdpMLineIndex its number, from 0; null if only the mid is known
     * @param usernameFragment the generation; null if not known
     * @throws IllegalArgumentException if neither the mid nor the index is told
     */
    public IceCandidate(
            String candidate,
            @Nullable String sdpMid,
            @Nullable Integer sdpMLineIndex,
            @Nullable String usernameFragment) {
        this(candidate, sdpMid, sdpMLineIndex, usernameFragment, null, null);
    }

    private @Nullable Candidate parsed() {
        try {
            return candidate.isEmpty() ? null : Candidate.parse(candidate);
        } catch (CandidateParseException e) {
            // W3C: the fields of what does not follow the grammar are null.
            return null;
        }
    }

    /**
     * What candidates of the same type, base and server have in common.
     *
     * @return null if the text has none
     */
    public @Nullable String foundation() {
        Candidate parsed = parsed();
        return parsed == null ? null : parsed.foundation();
    }

    /**
     * What it is for.
     *
     * @return null if the text does not say
     */
    public @Nullable IceComponent component() {
        Candidate parsed = parsed();
        return switch (parsed == null ? 0 : parsed.component()) {
            case 1 -> IceComponent.RTP;
            case 2 -> IceComponent.RTCP;
            default -> null;
        };
    }

    /**
     * How much it is preferred (RFC 8445 5.1.2).
     *
     * @return 0 to 2^32-1; null if the text does not say
     */
    public @Nullable Long priority() {
        Candidate parsed = parsed();
        return parsed == null ? null : (Long) parsed.priority();
    }

    /**
     * Its address.
     *
     * @return an IP literal, or a name such as one of multicast DNS; null if the text has none
     */
    public @Nullable String address() {
        Candidate parsed = parsed();
        return parsed == null ? null : parsed.address();
    }

    /**
     * Datagrams or a stream.
     *
     * @return null if the text does not say
     */
    public @Nullable IceProtocol protocol() {
        Candidate parsed = parsed();
        if (parsed == null) {
            return null;
        }
        return parsed.protocol() == TransportProtocol.UDP ? IceProtocol.UDP : IceProtocol.TCP;
    }

    /**
     * Its port.
     *
     * @return 0 to 65535; null if the text has none
     */
    public @Nullable Integer port() {
        Candidate parsed = parsed();
        return parsed == null ? null : (Integer) parsed.port();
    }

    /**
     * Where it comes from.
     *
     * @return null if the text does not say
     */
    public @Nullable IceCandidateType type() {
        Candidate parsed = parsed();
        return parsed == null ? null : typeOf(parsed.type());
    }

    private static IceCandidateType typeOf(CandidateType type) {
        return switch (type) {
            case HOST -> IceCandidateType.HOST;
            case SRFLX -> IceCandidateType.SRFLX;
            case PRFLX -> IceCandidateType.PRFLX;
            case RELAY -> IceCandidateType.RELAY;
        };
    }

    /**
     * Who opens the stream.
     *
     * @return null for datagrams, or if the text does not say
     */
    public @Nullable IceTcpCandidateType tcpType() {
        Candidate parsed = parsed();
        TcpType type = parsed == null ? null : parsed.tcpType();
        if (type == null) {
            return null;
        }
        return switch (type) {
            case ACTIVE -> IceTcpCandidateType.ACTIVE;
            case PASSIVE -> IceTcpCandidateType.PASSIVE;
            case SO -> IceTcpCandidateType.SO;
        };
    }

    /**
     * The address behind a translated or relayed one.
     *
     * @return null if the text has none
     */
    public @Nullable String relatedAddress() {
        Candidate parsed = parsed();
        return parsed == null ? null : parsed.relatedAddress();
    }

    /**
     * The port behind a translated or relayed one.
     *
     * @return null if the text has none
     */
    public @Nullable Integer relatedPort() {
        Candidate parsed = parsed();
        return parsed == null || parsed.relatedAddress() == null ? null : (Integer) parsed.relatedPort();
    }

    /**
     * What is signaled of it.
     *
     * @return W3C's toJSON
     */
    public IceCandidateInit toJson() {
        return new IceCandidateInit(candidate, sdpMid, sdpMLineIndex, usernameFragment);
    }
}
