package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.rtp.ReceivedPacket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who was heard in the last ten seconds? W3C's getSynchronizationSources and getContributingSources. {@link #handlePacket}
 * on the loop, the rest from any thread.
 */
public final class HeardSources {
    /** The SSRC is another one than before. */
    static final int SSRC_CHANGED = 1;
    /** The CSRCs are other ones than before. */
    static final int CSRC_CHANGED = 2;

    private static final long MEMORY_NANOS = 10 * Time.SECOND;
    /** A peer may name 15 contributing sources in every packet, and change them. */
    private static final int MAX_SOURCES = 64;

    private static final int[] NOBODY = {};

    /**
     * Somebody who was heard.
     *
     * @param source SSRC or CSRC, 0 to 2^32-1
     * @param arrivalNanos when, by the loop's clock
     * @param rtpTimestamp of that packet
     * @param audioLevel in -dBov, 0 to 127, or -1
     */
    public record Source(long source, long arrivalNanos, long rtpTimestamp, int audioLevel) {}

    private static final class Entry {
        private final int source;
        private long arrivalNanos;
        private long rtpTimestamp;
        private int audioLevel = -1;

        Entry(int source) {
            this.source = source;
        }
    }

    // Guarded by this; the one heard last stands last.
    private final Map<Integer, Entry> synchronization = new LinkedHashMap<>();
    private final Map<Integer, Entry> contributing = new LinkedHashMap<>();
    private @Nullable Entry latest;
    private int[] latestContributing = NOBODY;

    /** Takes note of a packet; says what has changed. */
    synchronized int handlePacket(ReceivedPacket packet) {
        int ssrc = (int) packet.ssrc;
        Entry entry = latest;
        int changes = 0;
        if (entry == null || entry.source != ssrc) {
            entry = entry(synchronization, ssrc);
            latest = entry;
            changes = SSRC_CHANGED;
        } else if (!packet.restarted && (int) (packet.rtpTimestamp - entry.rtpTimestamp) < 0) {
            // W3C: in the order of their timestamps; what was overtaken changes nothing.
            return 0;
        }
        note(entry, packet, packet.audioLevel);
        int count = packet.packetLength == 0 ? 0 : packet.data[packet.packetOffset] & 0x0f;
        if (count > 0 || latestContributing.length > 0) {
            changes |= noteContributing(packet, count);
        }
        return changes;
    }

    private int noteContributing(ReceivedPacket packet, int count) {
        int[] sources = count == 0 ? NOBODY : new int[count];
        for (int i = 0; i < count; i++) {
            sources[i] = Bytes.i32(packet.data, packet.packetOffset + 12 + 4 * i);
            note(entry(contributing, sources[i]), packet, -1);
        }
        if (Arrays.equals(sources, latestContributing)) {
            return 0;
        }
        latestContributing = sources;
        return CSRC_CHANGED;
    }

    private static Entry entry(Map<Integer, Entry> entries, int source) {
        Entry entry = entries.remove(source);
        if (entry == null) {
            entry = new Entry(source);
            if (entries.size() == MAX_SOURCES) {
                Iterator<Entry> oldest = entries.values().iterator();
                oldest.next();
                oldest.remove();
            }
        }
        entries.put(source, entry);
        return entry;
    }

    private static void note(Entry entry, ReceivedPacket packet, int audioLevel) {
        entry.arrivalNanos = packet.arrivalNanos;
        entry.rtpTimestamp = packet.rtpTimestamp;
        entry.audioLevel = audioLevel;
    }

    /**
     * The streams that were heard.
     *
     * @param now the loop's time
     * @return the latest first
     */
    public List<Source> synchronization(long now) {
        return heard(synchronization, now);
    }

    /**
     * The contributing sources that were heard.
     *
     * @param now the loop's time
     * @return the latest first
     */
    public List<Source> contributing(long now) {
        return heard(contributing, now);
    }

    private synchronized List<Source> heard(Map<Integer, Entry> entries, long now) {
        List<Source> result = new ArrayList<>(entries.size());
        for (Entry entry : entries.values()) {
            if (now - entry.arrivalNanos <= MEMORY_NANOS) {
                result.add(new Source(
                        entry.source & 0xffff_ffffL, entry.arrivalNanos, entry.rtpTimestamp, entry.audioLevel));
            }
        }
        result.sort(Comparator.comparingLong(Source::arrivalNanos).reversed());
        return result;
    }
}
