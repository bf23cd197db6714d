package dev.yodel.webrtc.internal.jsep;

import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.ice.IceCredentials;
import dev.yodel.sdp.Setup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an m-section says about its transport.
 *
 * @param credentials ICE user fragment and password; null if the section has none of its own
 * @param fingerprints of the writer's certificate, possibly none
 * @param setup which DTLS role the writer takes; null if not told
 * @param candidates candidate lines beginning with {@code candidate:}
 * @param endOfCandidates whether no more candidates follow
 * @param lite whether the writer is an ICE lite implementation
 * @param cryptex whether the writer takes encrypted header extensions (RFC 9335)
 */
public record TransportModel(
        @Nullable IceCredentials credentials,
        List<DtlsFingerprint> fingerprints,
        @Nullable Setup setup,
        List<String> candidates,
        boolean endOfCandidates,
        boolean lite,
        boolean cryptex) {
    /** Nothing said. */
    public static final TransportModel NONE = new TransportModel(null, List.of(), null, List.of(), false, false, false);

    public TransportModel {
        fingerprints = List.copyOf(fingerprints);
        candidates = List.copyOf(candidates);
    }

    TransportModel withCandidates(List<String> value, boolean end) {
        return new TransportModel(credentials, fingerprints, setup, value, end, lite, cryptex);
    }

    /** Without the candidates and passwords: fit for logs. */
    @Override
    public String toString() {
        return "TransportModel[ufrag=" + (credentials == null ? "none" : credentials.ufrag()) + ", setup=" + setup
                + ", " + candidates.size() + " candidates]";
    }
}
