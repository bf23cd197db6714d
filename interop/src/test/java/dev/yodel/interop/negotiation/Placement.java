package dev.yodel.interop.negotiation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whether our side said clearly to which section a source belongs: in its packets and in its descriptions. What a page
 * counts for another section all the same it has misplaced by itself; {@link PacketsBeforeTheAnswerTest} shows how. It
 * does not look at what the page received.
 */
final class Placement {
    private record Place(String mid, Set<Integer> payloadTypes, long knownNanos) {}

    private final SentPackets packets;
    /** By source, where our descriptions say that it belongs, and since when the page has them. */
    private final Map<Long, List<Place>> places = new HashMap<>();

    private @Nullable String offered;

    Placement(SentPackets packets) {
        this.packets = packets;
        packets.clear();
    }

    /** Our offer is about to be handed over. */
    void offer(String sdp) {
        packets.learn(sdp);
        offered = sdp;
    }

    /** Our answer is about to be handed over. */
    void answer(String sdp) {
        packets.learn(sdp);
        know(sdp);
    }

    /** The page's description has come; an answer means that it knows our offer. */
    void heard(String sdp, boolean answer) {
        packets.learn(sdp);
        if (answer && offered != null) {
            know(offered);
            offered = null;
        }
    }

    private void know(String sdp) {
        long now = System.nanoTime();
        for (String section : sdp.split("\r\nm=", -1)) {
            List<String> lines = section.lines().toList();
            String mid = lines.stream()
                    .filter(line -> line.startsWith("a=mid:"))
                    .map(line -> line.substring("a=mid:".length()))
                    .findFirst()
                    .orElse("");
            Set<Integer> payloadTypes = new TreeSet<>();
            lines.stream()
                    .filter(line -> line.startsWith("a=rtpmap:"))
                    .forEach(line ->
                            payloadTypes.add(Integer.valueOf(line.substring("a=rtpmap:".length(), line.indexOf(' ')))));
            lines.stream()
                    .filter(line -> line.startsWith("a=ssrc:"))
                    .map(line -> Long.valueOf(line.substring("a=ssrc:".length(), line.indexOf(' '))))
                    .distinct()
                    .forEach(ssrc -> places.computeIfAbsent(ssrc, added -> new ArrayList<>())
                            .add(new Place(mid, payloadTypes, now)));
        }
    }

    /**
     * What our side did wrong, or what does not fit Firefox's known fault, in words; empty if the page alone is at fault.
     *
     * @param ssrc a source of ours
     * @param mid the section that it belongs to
     * @param counted the section for which the page counts it
     */
    List<String> faults(long ssrc, String mid, String counted) {
        List<String> faults = new ArrayList<>();
        List<SentPackets.Run> runs = packets.runs(ssrc);
        List<Place> told = places.getOrDefault(ssrc, List.of());
        if (runs.isEmpty() || told.isEmpty()) {
            faults.add(runs.isEmpty() ? "it has sent nothing" : "no description has it");
            return faults;
        }
        long first = runs.get(0).firstNanos();
        long known = told.stream().mapToLong(Place::knownNanos).min().orElseThrow();
        // RFC 9429 5.2.1, RFC 5576 4.1: the source is named where it belongs, and nowhere else.
        if (!told.stream().allMatch(place -> place.mid().equals(mid))) {
            faults.add("descriptions have it in other sections");
        }
        // RFC 9143 15: the MID goes with the first packets, and until the peer surely has it.
        if (!runs.stream().allMatch(run -> mid.equals(run.mid()) || (run.mid() == null && run.firstNanos() > known))) {
            faults.add("its packets do not say where they belong");
        }
        if (!runs.stream().allMatch(run -> told.stream()
                .anyMatch(place -> place.payloadTypes().contains(run.payloadType())))) {
            faults.add("its packets have payload types that no description gives it");
        }
        if (first > known) {
            faults.add("its first packet came when the page knew it");
        }
        if (packets.sources().stream()
                .flatMap(source -> packets.runs(source).stream())
                .anyMatch(run -> counted.equals(run.mid()) && run.firstNanos() < first)) {
            faults.add("packets of the other section were sent before");
        }
        return faults;
    }

    /** What was sent, for a file. */
    List<String> story() {
        return packets.sources().stream()
                .sorted(Comparator.naturalOrder())
                .map(ssrc -> "we sent of " + ssrc + " " + packets.runs(ssrc) + ", told " + places.get(ssrc))
                .toList();
    }
}
