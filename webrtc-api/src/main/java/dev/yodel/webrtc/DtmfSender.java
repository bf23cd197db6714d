package dev.yodel.webrtc;

import dev.yodel.io.Registration;
import java.util.function.Consumer;

/**
 * W3C's RTCDTMFSender: sends telephone keys as events of RFC 4733, instead of the audio while a key is down. It makes no
 * sound. Any thread.
 *
 * @see <a href="https://www.w3.org/TR/webrtc/#rtcdtmfsender">WebRTC 1.0, 7; RFC 4733, RFC 7874</a>
 */
public interface DtmfSender {
    /**
     * Plays tones of 100 ms with gaps of 70 ms.
     *
     * @param tones see the long form
     */
    default void insertDTMF(String tones) {
        insertDTMF(tones, 100, 70);
    }

    /**
     * Plays tones. They replace what was still to be played; the tone that sounds is finished.
     *
     * @param tones {@code 0-9 A-D a-d # *} and {@code ,} for two seconds of nothing; empty to cancel
     * @param duration of a tone in milliseconds; brought into 40 to 6000
     * @param interToneGap milliseconds between tones; brought into 30 to 6000
     * @throws InvalidStateException if {@link #canInsertDTMF()} is false
     * @throws InvalidCharacterException if there is another character
     */
    void insertDTMF(String tones, int duration, int interToneGap);

    /**
     * Whether tones can be sent: the connection is connected, the sender has a track and may send, its encoding is
     * active, and telephone-event was negotiated.
     *
     * @return as of now
     */
    boolean canInsertDTMF();

    /**
     * What has not begun to play yet.
     *
     * @return the rest of the tones, in upper case
     */
    String toneBuffer();

    /**
     * W3C's tonechange: a tone begins, or all have been played.
     *
     * @param listener runs on the connection's lane
     * @return removes it
     */
    Registration onToneChange(Consumer<DtmfToneChangeEvent> listener);
}
