package dev.yodel.webrtc;

import dev.yodel.io.Registration;
import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.internal.transport.LocalEncodedTrack;

/**
 * A local track that sends frames which are encoded already: no codec and no native code is involved. The connection
 * packetizes, numbers, timestamps and protects them. It does not pace: a frame is sent when it is written. Any thread.
 */
public interface EncodedTrack extends MediaStreamTrack {
    /**
     * A track of Opus frames (RFC 7587), 48 kHz clock.
     *
     * @param id the track's id
     * @return a live track
     */
    static EncodedTrack opus(String id) {
        return new LocalEncodedTrack(MediaKind.AUDIO, id, "opus", 48_000);
    }

    /**
     * A track of G.711 mu-law bytes (RFC 3551), 8 kHz clock.
     *
     * @param id the track's id
     * @return a live track
     */
    static EncodedTrack pcmu(String id) {
        return new LocalEncodedTrack(MediaKind.AUDIO, id, "PCMU", 8_000);
    }

    /**
     * A track of G.711 A-law bytes (RFC 3551), 8 kHz clock.
     *
     * @param id the track's id
     * @return a live track
     */
    static EncodedTrack pcma(String id) {
        return new LocalEncodedTrack(MediaKind.AUDIO, id, "PCMA", 8_000);
    }

    /**
     * A track of G.722 bytes at 64 kbit/s: 16 kHz sound under an 8 kHz clock (RFC 3551 4.5.2).
     *
     * @param id the track's id
     * @return a live track
     */
    static EncodedTrack g722(String id) {
        return new LocalEncodedTrack(MediaKind.AUDIO, id, "G722", 8_000);
    }

    /**
     * A track of VP8 frames (RFC 7741).
     *
     * @param id the track's id
     * @return a live track
     */
    static EncodedTrack vp8(String id) {
        return new LocalEncodedTrack(MediaKind.VIDEO, id, "VP8", 90_000);
    }

    /**
     * A track of VP9 frames of one spatial layer (RFC 9628).
     *
     * @param id the track's id
     * @return a live track
     */
    static EncodedTrack vp9(String id) {
        return new LocalEncodedTrack(MediaKind.VIDEO, id, "VP9", 90_000);
    }

    /**
     * A track of H.264 access units, with start codes (Annex B) or lengths of four bytes (AVCC) (RFC 6184). The
     * parameter sets that came last are repeated in front of key frames that come without.
     *
     * @param id the track's id
     * @return a live track
     */
    static EncodedTrack h264(String id) {
        return new LocalEncodedTrack(MediaKind.VIDEO, id, "H264", 90_000);
    }

    /**
     * A track of H.265 access units, with start codes (Annex B) or lengths of four bytes (RFC 7798). The parameter
     * sets that came last are repeated in front of key frames that come without.
     *
     * @param id the track's id
     * @return a live track
     */
    static EncodedTrack h265(String id) {
        return new LocalEncodedTrack(MediaKind.VIDEO, id, "H265", 90_000);
    }

    /**
     * A track of AV1 temporal units in the low-overhead format, OBUs with sizes (RTP Payload Format For AV1).
     *
     * @param id the track's id
     * @return a live track
     */
    static EncodedTrack av1(String id) {
        return new LocalEncodedTrack(MediaKind.VIDEO, id, "AV1", 90_000);
    }

    /**
     * Sends a frame now. Before the connection stands, without a sender, while disabled, or when the codec was not
     * negotiated the frame is dropped and counted: a live source never waits.
     *
     * @param frame the frame; its array must not be written to afterwards
     * @throws InvalidStateException if the track has ended
     */
    void write(EncodedFrame frame);

    /**
     * Frames that were written and could not be sent.
     *
     * @return a count since the track was made
     */
    long droppedFrames();

    /**
     * A receiver asks for a key frame (PLI or FIR, RFC 4585 and 5104); at most one call in 300 ms.
     *
     * @param listener runs on the connection's lane
     * @return removes the listener
     */
    Registration onKeyFrameRequest(Runnable listener);
}
