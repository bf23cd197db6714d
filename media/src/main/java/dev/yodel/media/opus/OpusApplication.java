package dev.yodel.media.opus;

/** What an Opus encoder is tuned for (libopus' application). */
public enum OpusApplication {
    /** Speech: intelligibility first. */
    VOIP(2048),
    /** Music and mixed content: faithfulness first. */
    AUDIO(2049),
    /** No speech tools, 2.5 ms less delay. */
    RESTRICTED_LOWDELAY(2051);

    final int code;

    OpusApplication(int code) {
        this.code = code;
    }
}
