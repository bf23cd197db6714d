package dev.yodel.webrtc.internal.transport;

import dev.yodel.rtp.ReceivedPacket;
import dev.yodel.rtp.payload.TelephoneEvent;
import org.jspecify.annotations.Nullable;

/**
 * Which packet of a telephone event is the first one of another key (RFC 4733 2.5)? A press is several packets of one time,
 * any of which may be lost or late; a long one goes on under a later time. Loop thread only.
 */
final class HeardTones {
    /** RFC 4733 2.5.1.3: where the duration does not fit its field, the event goes on in another segment. */
    private static final int SEGMENT = 0xffff;

    private long ssrc = -1;
    private long rtpTimestamp;
    private int event;
    private boolean ended;

    /** The key that the peer has just pressed; null if the packet tells nothing new, or of no key. */
    @Nullable
    String take(ReceivedPacket packet) {
        if (!packet.codec.name().equalsIgnoreCase("telephone-event")) {
            return null;
        }
        TelephoneEvent report = TelephoneEvent.parse(packet.data, packet.payloadOffset, packet.payloadLength);
        if (report == null) {
            return null;
        }
        long later = (int) (packet.rtpTimestamp - rtpTimestamp);
        boolean known = packet.ssrc == ssrc;
        if (known && later <= 0) {
            ended |= later == 0 && report.end();
            return null;
        }
        boolean goesOn = known && later == SEGMENT && report.event() == event && !ended && !packet.marker;
        ssrc = packet.ssrc;
        rtpTimestamp = packet.rtpTimestamp;
        event = report.event();
        ended = report.end();
        char key = report.key();
        return goesOn || key == '?' ? null : String.valueOf(key);
    }
}
