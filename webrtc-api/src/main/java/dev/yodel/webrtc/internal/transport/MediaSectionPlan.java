package dev.yodel.webrtc.internal.transport;

import dev.yodel.rtp.ReceiveParameters;
import dev.yodel.rtp.SendStreamParameters;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one m-section of audio or video has negotiated, by value, with the two ends that its media goes to.
 *
 * @param mid the section's identification
 * @param send what we send, its codecs in the peer's order of preference; null if the direction forbids it
 * @param limits how much of it may leave
 * @param layers the simulcast layers behind the first one, which {@code send} is; none without simulcast
 * @param receive what we accept; null if the direction forbids it
 * @param remoteStreams ids of the peer's streams that its track belongs to
 * @param sender where local media comes from
 * @param receiver where remote media goes to
 */
public record MediaSectionPlan(
        String mid,
        @Nullable SendStreamParameters send,
        SendLimits limits,
        List<SendLayer> layers,
        @Nullable ReceiveParameters receive,
        List<String> remoteStreams,
        MediaSender sender,
        MediaReceiver receiver) {
    public MediaSectionPlan {
        layers = List.copyOf(layers);
        remoteStreams = List.copyOf(remoteStreams);
    }
}
