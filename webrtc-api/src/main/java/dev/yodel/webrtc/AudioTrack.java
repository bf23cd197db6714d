package dev.yodel.webrtc;

import dev.yodel.media.audio.PcmFrame;
import dev.yodel.webrtc.internal.transport.LocalAudioTrack;

/**
 * A local track that takes raw audio of any chunk size, rate and channel count and encodes, paces and timestamps it by
 * itself, with the codec that the connection negotiated (Opus by libopus where there is one, else G.711 in pure Java).
 * Any thread; {@link #write} never blocks.
 */
public interface AudioTrack extends MediaStreamTrack {
    /**
     * A track that sends Opus (RFC 7587), and G.711 to a peer without Opus.
     *
     * @param id the track's id
     * @return a live track
     */
    static AudioTrack opus(String id) {
        return new LocalAudioTrack(id, true);
    }

    /**
     * A track that sends G.711 (RFC 3551) whatever else the peer knows: no native code.
     *
     * @param id the track's id
     * @return a live track
     */
    static AudioTrack g711(String id) {
        return new LocalAudioTrack(id, false);
    }

    /**
     * Gives audio to the track. A second of it is kept at most; what is more is dropped and counted.
     *
     * @param frame any length, rate and channel count; owned by the track from now on
     * @throws InvalidStateException if the track has ended
     */
    void write(PcmFrame frame);

    /**
     * Audio that was written and dropped because nothing took it.
     *
     * @return milliseconds since the track was made
     */
    long droppedMillis();
}
