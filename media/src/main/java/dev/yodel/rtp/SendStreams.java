package dev.yodel.rtp;

import dev.yodel.io.RandomSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which outgoing streams are there, which sources are ours, and under which number does a source begin? It sends and
 * reports nothing. Same thread as its session.
 */
final class SendStreams {
    private static final int MAX_STREAMS = 256;
    private static final int MAX_RETIRED = 4096;

    private final RtpSession session;
    private final TransmitQueue transmits;
    private final RandomSource random;
    private final int sessionSsrc;
    private final List<SendStream> streams = new ArrayList<>();
    private final SsrcMap<SendStream> sources = new SsrcMap<>();

    /** The next number of sources that were removed, the latest {@link #MAX_RETIRED}. */
    private final Map<Integer, Integer> retiredNumbers = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Integer> eldest) {
            return size() > MAX_RETIRED;
        }
    };

    /** None so far; {@code sessionSsrc} is the source of who only receives. */
    SendStreams(RtpSession session, TransmitQueue transmits, RandomSource random, int sessionSsrc) {
        this.session = session;
        this.transmits = transmits;
        this.random = random;
        this.sessionSsrc = sessionSsrc;
    }

    SendStream add(int id, SendStreamParameters parameters) {
        if (streams.size() == MAX_STREAMS) {
            throw new IllegalStateException("at most " + MAX_STREAMS + " outgoing streams on one transport");
        }
        if (isOwn((int) parameters.ssrc())) {
            throw new IllegalArgumentException("ssrc " + parameters.ssrc() + " is in use; take newSsrc()");
        }
        SendStream stream = new SendStream(
                id, session, transmits, parameters, firstSequence((int) parameters.ssrc()), random.nextInt());
        streams.add(stream);
        own(stream);
        return stream;
    }

    void remove(SendStream stream) {
        streams.remove(stream);
        stream.markRemoved();
        retire(stream);
        sources.clear();
        for (SendStream left : streams) {
            own(left);
        }
    }

    /** RFC 3550 8.2: the stream goes on under a fresh source. */
    void changeSource(SendStream stream, long fresh) {
        retire(stream);
        sources.remove(stream.ssrc);
        stream.changeSsrc((int) fresh, firstSequence((int) fresh));
        own(stream);
    }

    private void own(SendStream stream) {
        SendStreamParameters parameters = stream.parameters();
        sources.put(stream.ssrc, stream);
        if (parameters.rtxSsrc() != SendStreamParameters.NO_SSRC) {
            sources.put((int) parameters.rtxSsrc(), stream);
        }
        if (parameters.fecSsrc() != SendStreamParameters.NO_SSRC) {
            sources.put((int) parameters.fecSsrc(), stream);
        }
    }

    private void retire(SendStream stream) {
        SendStreamParameters parameters = stream.parameters();
        StreamProtection protection = stream.protection();
        retiredNumbers.put(stream.ssrc, stream.nextSequence());
        if (protection.nextRepairSequence() >= 0) {
            retiredNumbers.put((int) parameters.rtxSsrc(), protection.nextRepairSequence());
        }
        if (parameters.fecSsrc() != SendStreamParameters.NO_SSRC && protection.nextParitySequence() >= 0) {
            retiredNumbers.put((int) parameters.fecSsrc(), protection.nextParitySequence());
        }
    }

    /** Room below the first roll-over (RFC 3711 3.3.1), and above zero for a relay that starts with a reordered packet. */
    int firstSequence(int ssrc) {
        Integer next = retiredNumbers.get(ssrc);
        if (next != null) {
            // RFC 3711 9.1: the same source under the same keys must go on, or an index would be used twice.
            return next;
        }
        return 1024 + random.nextInt((1 << 15) - 1024);
    }

    boolean isOwn(int ssrc) {
        return ssrc == sessionSsrc || sources.get(ssrc) != null;
    }

    /** Whether a source was ours once. */
    boolean isRetired(int ssrc) {
        return retiredNumbers.containsKey(ssrc);
    }

    @Nullable
    SendStream get(int ssrc) {
        return sources.get(ssrc);
    }

    boolean contains(SendStream stream) {
        return streams.contains(stream);
    }

    /** All of them, not a copy. */
    List<SendStream> all() {
        return streams;
    }
}
