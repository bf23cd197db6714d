package dev.yodel.webrtc.internal.transport;

import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsState;
import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.IceState;
import dev.yodel.ice.IceStats;
import dev.yodel.media.loop.AudioReceivePipeline;
import dev.yodel.rtp.LossReports;
import dev.yodel.rtp.ReceiveParameters;
import dev.yodel.rtp.ReceiveStreamStats;
import dev.yodel.rtp.SendStreamParameters;
import dev.yodel.rtp.SendStreamStats;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A transport as it was at one moment, for statistics. Immutable but for the counters, which are a copy.
 *
 * @param ice candidates and pairs
 * @param selectedPair the pair in use, null before the first
 * @param iceState ICE's state
 * @param dtlsState DTLS's state
 * @param association what the handshake agreed on, null before
 * @param media the sections
 * @param data association and channels, null without
 * @param counters bytes, packets, refusals
 * @param iceNanos from the start of the checks to the first pair that worked, -1 if there is none
 * @param dtlsNanos from there to the end of the handshake, -1 if it did not end
 * @param streamReports packets of feedback by source and number (RFC 8888), null without it
 * @param targetBps what congestion control allows to be sent, -1 before it says so
 */
public record TransportSnapshot(
        IceStats ice,
        @Nullable CandidatePair selectedPair,
        IceState iceState,
        DtlsState dtlsState,
        DtlsEvent.@Nullable Connected association,
        List<Media> media,
        @Nullable DataSnapshot data,
        TransportCounters counters,
        long iceNanos,
        long dtlsNanos,
        @Nullable StreamReports streamReports,
        long targetBps) {
    /**
     * Packets of feedback by source and number (RFC 8888).
     *
     * @param sent by us
     * @param received from the peer
     */
    public record StreamReports(long sent, long received) {}

    /**
     * One section.
     *
     * @param mid its identification
     * @param sendParameters what is sent, null for nothing
     * @param sent counts of the outgoing stream, null for none
     * @param receiveParameters what is expected, null for nothing
     * @param received counts of each incoming stream
     * @param heard what jitter buffer and decoder counted, null while nobody listens to decoded audio
     * @param dropped frames, packets and audio that could not be sent
     * @param sentPictures what is known of the pictures that were sent, null for none
     * @param receivedPictures pictures whose last packet has come
     * @param assembled what is known of pictures of several packets, null while nobody takes pictures
     * @param sentLosses what the peer's feedback by source and number said of what is sent, null without such feedback
     * @param receivedLosses what ours said of what is received, by source; empty without such feedback
     * @param targetBps what it may send, -1 before somebody said so
     */
    public record Media(
            String mid,
            @Nullable SendStreamParameters sendParameters,
            @Nullable SendStreamStats sent,
            @Nullable ReceiveParameters receiveParameters,
            List<ReceiveStreamStats> received,
            AudioReceivePipeline.@Nullable Stats heard,
            long dropped,
            PictureCount.@Nullable Snapshot sentPictures,
            long receivedPictures,
            PictureAssembly.@Nullable Snapshot assembled,
            @Nullable LossReports sentLosses,
            Map<Long, LossReports> receivedLosses,
            long targetBps) {}
}
