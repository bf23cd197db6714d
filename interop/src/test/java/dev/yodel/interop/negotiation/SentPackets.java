package dev.yodel.interop.negotiation;

import dev.yodel.io.Bytes;
import dev.yodel.io.FilteredEnvironment;
import dev.yodel.io.RtpHeader;
import dev.yodel.rtp.HeaderExtensionIds;
import dev.yodel.rtp.HeaderExtensionReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What our sources put on the wire: payload types and MIDs, which SRTP leaves in the clear (RFC 3711 3.1). It knows the
 * numbers of the MID's extension from the descriptions that it is shown.
 */
final class SentPackets implements FilteredEnvironment.Filter {
    /** Packets of one source in a row that say the same; {@code mid} is null where they have none. */
    record Run(long firstNanos, int payloadType, @Nullable String mid) {}

    private static final int MOST_RUNS = 100;

    private final Set<Integer> midIds = ConcurrentHashMap.newKeySet();
    private final Map<Long, List<Run>> sources = new TreeMap<>();

    /** Forgets everything. */
    synchronized void clear() {
        midIds.clear();
        sources.clear();
    }

    /** Learns by which number packets carry the MID. */
    void learn(String sdp) {
        sdp.lines()
                .filter(line -> line.startsWith("a=extmap:") && line.endsWith(" " + HeaderExtensionIds.MID))
                .map(line -> line.substring("a=extmap:".length()).split("[ /]", 2)[0])
                .forEach(id -> midIds.add(Integer.valueOf(id)));
    }

    @Override
    public boolean passes(byte[] data, int offset, int length, InetSocketAddress remote) {
        if (RtpHeader.headerLength(data, offset, length) > 0 && !RtpHeader.isRtcp(data, offset, length)) {
            see(data, offset, length);
        }
        return true;
    }

    private synchronized void see(byte[] data, int offset, int length) {
        long ssrc = Integer.toUnsignedLong(RtpHeader.ssrc(data, offset));
        int payloadType = RtpHeader.payloadType(data, offset);
        String mid = mid(data, offset, length);
        List<Run> runs = sources.computeIfAbsent(ssrc, added -> new ArrayList<>());
        Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
        boolean same = last != null
                && last.payloadType() == payloadType
                && String.valueOf(last.mid()).equals(String.valueOf(mid));
        if (!same && runs.size() < MOST_RUNS) {
            runs.add(new Run(System.nanoTime(), payloadType, mid));
        }
    }

    private @Nullable String mid(byte[] data, int offset, int length) {
        if ((data[offset] & 0x10) == 0) {
            return null;
        }
        int extension = offset + RtpHeader.FIXED_LENGTH + 4 * (data[offset] & 0x0f);
        int end = offset + RtpHeader.headerLength(data, offset, length);
        HeaderExtensionReader reader = new HeaderExtensionReader();
        reader.wrap(Bytes.u16(data, extension), data, extension + 4, end - extension - 4);
        while (reader.next()) {
            if (midIds.contains(reader.id())) {
                return new String(data, reader.offset(), reader.length(), StandardCharsets.UTF_8);
            }
        }
        return null;
    }

    /** What a source has sent so far, oldest first. */
    synchronized List<Run> runs(long ssrc) {
        return List.copyOf(sources.getOrDefault(ssrc, List.of()));
    }

    /** All sources that have sent. */
    synchronized Set<Long> sources() {
        return Set.copyOf(sources.keySet());
    }
}
