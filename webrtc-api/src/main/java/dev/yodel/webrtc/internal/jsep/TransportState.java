package dev.yodel.webrtc.internal.jsep;

import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.ice.IceCredentials;
import dev.yodel.ice.IceRole;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What negotiation has decided about one transport.
 *
 * @param id its number in the connection
 * @param local our ICE credentials
 * @param remote the peer's; null until a description brought them
 * @param iceRole our role, the same on all transports of a session; null until the first exchange
 * @param dtlsRole our role; null until negotiated
 * @param fingerprints of the peer's certificate
 * @param association how many DTLS associations have been negotiated on it, one after another (RFC 8842 5)
 * @param localCandidates candidate lines of the present credentials
 * @param gatheringComplete whether those are all
 * @param remoteCandidates candidate lines of the peer's present credentials
 * @param endOfRemoteCandidates whether those are all
 */
public record TransportState(
        int id,
        IceCredentials local,
        @Nullable IceCredentials remote,
        @Nullable IceRole iceRole,
        @Nullable DtlsRole dtlsRole,
        List<DtlsFingerprint> fingerprints,
        int association,
        List<String> localCandidates,
        boolean gatheringComplete,
        List<String> remoteCandidates,
        boolean endOfRemoteCandidates) {
    /** More remote candidates than this are not kept (threat I10). */
    static final int MAX_REMOTE_CANDIDATES = 256;

    public TransportState {
        fingerprints = List.copyOf(fingerprints);
        localCandidates = List.copyOf(localCandidates);
        remoteCandidates = List.copyOf(remoteCandidates);
    }

    /** A transport that begins to gather; its role is that of the session, if there is one. */
    static TransportState created(int id, IceCredentials local, @Nullable IceRole role) {
        return new TransportState(id, local, null, role, null, List.of(), 0, List.of(), false, List.of(), false);
    }

    /** The same in another role: there was a conflict. */
    TransportState withIceRole(IceRole role) {
        return new TransportState(
                id,
                local,
                remote,
                role,
                dtlsRole,
                fingerprints,
                association,
                localCandidates,
                gatheringComplete,
                remoteCandidates,
                endOfRemoteCandidates);
    }

    /** A restart gathers again (RFC 9429 4.1.18): what is kept is told again. */
    TransportState restarted(IceCredentials credentials) {
        return new TransportState(
                id,
                credentials,
                remote,
                iceRole,
                dtlsRole,
                fingerprints,
                association,
                List.of(),
                false,
                remoteCandidates,
                endOfRemoteCandidates);
    }

    TransportState withRemote(IceCredentials credentials, IceRole role) {
        boolean same = credentials.equals(remote);
        return new TransportState(
                id,
                local,
                credentials,
                role,
                dtlsRole,
                fingerprints,
                association,
                localCandidates,
                gatheringComplete,
                same ? remoteCandidates : List.of(),
                same && endOfRemoteCandidates);
    }

    /** Another association, or the first. */
    TransportState withDtls(DtlsRole role, List<DtlsFingerprint> prints) {
        return new TransportState(
                id,
                local,
                remote,
                iceRole,
                role,
                prints,
                association + 1,
                localCandidates,
                gatheringComplete,
                remoteCandidates,
                endOfRemoteCandidates);
    }

    TransportState withRemoteCandidates(List<String> more, boolean end) {
        List<String> all = new ArrayList<>(remoteCandidates);
        for (String candidate : more) {
            if (all.size() < MAX_REMOTE_CANDIDATES && !all.contains(candidate)) {
                all.add(candidate);
            }
        }
        return new TransportState(
                id,
                local,
                remote,
                iceRole,
                dtlsRole,
                fingerprints,
                association,
                localCandidates,
                gatheringComplete,
                all,
                endOfRemoteCandidates || end);
    }

    TransportState withLocalCandidate(String candidate) {
        if (localCandidates.contains(candidate)) {
            return this;
        }
        List<String> all = new ArrayList<>(localCandidates);
        all.add(candidate);
        return new TransportState(
                id,
                local,
                remote,
                iceRole,
                dtlsRole,
                fingerprints,
                association,
                all,
                gatheringComplete,
                remoteCandidates,
                endOfRemoteCandidates);
    }

    TransportState withGatheringComplete() {
        return new TransportState(
                id,
                local,
                remote,
                iceRole,
                dtlsRole,
                fingerprints,
                association,
                localCandidates,
                true,
                remoteCandidates,
                endOfRemoteCandidates);
    }
}
