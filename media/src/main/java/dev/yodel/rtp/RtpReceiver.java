package dev.yodel.rtp;

import dev.yodel.io.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One media section that receives: its parameters and the streams routed to it. It delivers nothing by itself, see
 * {@link RtpSession#pollEvent}. Same thread as its session.
 */
public final class RtpReceiver {
    private final int id;
    private ReceiveParameters parameters;
    private byte[] mid = Bytes.EMPTY;
    private boolean reportsArrivals;
    private boolean repeats;
    private boolean reportsStreams;
    private @Nullable RtpCodec[] codecs = new @Nullable RtpCodec[128];
    final List<ReceiveStream> streams = new ArrayList<>();

    RtpReceiver(int id, ReceiveParameters parameters) {
        this.id = id;
        this.parameters = parameters;
        update(parameters);
    }

    void update(ReceiveParameters changed) {
        parameters = changed;
        mid = changed.mid() == null ? Bytes.EMPTY : changed.mid().getBytes(StandardCharsets.UTF_8);
        reportsArrivals = RtpCodec.anyReports(changed.codecs());
        reportsStreams = RtpCodec.anyCongestionFeedback(changed.codecs());
        codecs = new @Nullable RtpCodec[128];
        repeats = false;
        for (RtpCodec codec : changed.codecs()) {
            repeats |= codec.nack();
            codecs[codec.payloadType()] = codec;
        }
    }

    /**
     * Its number, unique in the session and never used again.
     *
     * @return 1 and more
     */
    public int id() {
        return id;
    }

    /**
     * What was negotiated last.
     *
     * @return the parameters
     */
    public ReceiveParameters parameters() {
        return parameters;
    }

    /**
     * The streams of this section that anything came on. One that said BYE or fell silent stays, so that its last counts
     * can be read when the peer has hung up; it goes when descriptions no longer name it, when 1,024 later sources need its
     * place, or with the section.
     *
     * @return a fresh list of counts, one per source; repair streams are counted with what they repair
     */
    public List<ReceiveStreamStats> stats() {
        List<ReceiveStreamStats> result = new ArrayList<>(streams.size());
        for (ReceiveStream stream : streams) {
            if (!stream.repair && (stream.active || stream.sequence.started())) {
                result.add(stream.stats());
            }
        }
        return result;
    }

    /**
     * The sources that are active now, without repair streams.
     *
     * @return a fresh list, each 0 to 2^32-1
     */
    public List<Long> sources() {
        List<Long> result = new ArrayList<>(streams.size());
        for (ReceiveStream stream : streams) {
            if (stream.active && !stream.repair) {
                result.add(stream.unsignedSsrc());
            }
        }
        return result;
    }

    /** Whether arrivals are reported by source and number (RFC 8888). */
    boolean reportsStreams() {
        return reportsStreams;
    }

    boolean reportsArrivals() {
        return reportsArrivals;
    }

    /** Whether lost packets of a codec may be asked for: what wraps others does not say so for itself. */
    boolean repeats(RtpCodec codec) {
        return codec.nack() || (repeats && (codec.isVideoRed() || codec.isUlpfec()));
    }

    @Nullable
    RtpCodec codec(int payloadType) {
        return codecs[payloadType];
    }

    boolean hasMid(byte[] data, int offset, int length) {
        return length == mid.length
                && length > 0
                && java.util.Arrays.equals(data, offset, offset + length, mid, 0, length);
    }

    /** The stream that a retransmission stream repairs (RFC 4588 8, RFC 8852), or null if that is not clear. */
    @Nullable
    ReceiveStream repaired(ReceiveStream repair) {
        ReceiveStream only = null;
        int count = 0;
        for (int i = 0; i < streams.size(); i++) {
            ReceiveStream stream = streams.get(i);
            if (stream.repair || !stream.active) {
                continue;
            }
            Long announced = parameters.rtxSsrcs().get(stream.unsignedSsrc());
            if (announced != null && announced.intValue() == repair.ssrc) {
                return stream;
            }
            if (repair.rid != null && repair.rid.equals(stream.rid)) {
                return stream;
            }
            only = stream;
            count++;
        }
        return count == 1 ? only : null;
    }

    /** The announced rid that equals a range, or null. */
    @Nullable
    String rid(byte[] data, int offset, int length) {
        List<String> rids = parameters.rids();
        for (int i = 0; i < rids.size(); i++) {
            String rid = rids.get(i);
            if (rid.length() == length && equalsAscii(rid, data, offset)) {
                return rid;
            }
        }
        return null;
    }

    private static boolean equalsAscii(String text, byte[] data, int offset) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != data[offset + i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return "receiver " + id + " mid=" + parameters.mid() + " streams=" + streams.size();
    }
}
