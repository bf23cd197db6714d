package dev.yodel.ice;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What does an agent say of itself: statistics for programs, and a reason for people. Reads only. */
final class AgentReport {
    private AgentReport() {}

    static IceStats stats(
            Gatherer gatherer, @Nullable IceSession session, @Nullable CandidatePair selected, int changes) {
        List<IceStats.PairStats> pairs = new ArrayList<>();
        List<IceStats.CandidateStats> remote = new ArrayList<>();
        if (session != null) {
            for (Pair pair : session.list().pairs()) {
                if (pair.base.isOpen()) {
                    pairs.add(IceStats.of(pair));
                }
            }
            for (RemoteCandidate candidate : session.remotes().all()) {
                remote.add(new IceStats.CandidateStats(IceStats.id("R", candidate.candidate), candidate.candidate, ""));
            }
        }
        String selectedId = selected == null ? null : selected.id();
        return new IceStats(
                List.copyOf(pairs), gatherer.candidates().stats(), List.copyOf(remote), selectedId, changes);
    }

    static String failureReason(Gatherer gatherer, @Nullable IceSession session, IceCounters counters, boolean works) {
        if (session == null) {
            return "gathering was not begun";
        }
        if (works) {
            return "a pair works";
        }
        StringBuilder text = new StringBuilder(120);
        text.append(
                session.lastFailure().equals("consent expired")
                        ? "the peer stopped answering for 30 s"
                        : "no pair worked");
        text.append(": ").append(gatherer.candidates().entries().size()).append(" local, ");
        text.append(session.remotes().all().size()).append(" remote, ");
        text.append(counters.checksSent()).append(" checks sent, ");
        text.append(counters.checksAnswered()).append(" answered");
        if (counters.unauthenticatedRequests() > 0) {
            text.append(", ").append(counters.unauthenticatedRequests()).append(" checks with wrong credentials came");
        }
        if (counters.ignoredRemoteCandidates() > 0) {
            text.append(", ").append(counters.ignoredRemoteCandidates()).append(" remote candidates not usable");
        }
        if (counters.refusedAddresses() > 0) {
            text.append(", ").append(counters.refusedAddresses()).append(" remote addresses refused by policy");
        }
        return text.append("; ").append(gatherer.turnSummary()).toString();
    }
}
