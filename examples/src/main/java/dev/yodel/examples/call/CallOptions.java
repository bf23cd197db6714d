package dev.yodel.examples.call;

import dev.yodel.examples.video.VideoKind;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.Settings;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the user wants of a call.
 *
 * @param room the signaling server's WebSocket and room
 * @param send {@code tone}, {@code silence}, {@code caller}, {@code callee} or a WAV file; null for the microphone
 * @param record where what is heard goes, and what is seen if it is a WebM file; null for nowhere
 * @param video what to show; null for nothing
 * @param durationSeconds how long after it connected; 0 until somebody hangs up
 * @param waitSeconds how long to wait for the other side and for the connection; 0 for ever
 * @param configuration servers and policy of the connection
 * @param settings addresses and ports
 * @param stats where a line of statistics a second goes; null for nowhere
 * @param dump where a dump for webrtc-internals tools goes; null for nowhere
 * @param impairment how to spoil the call; null for not at all
 * @param json whether lines are JSON
 */
record CallOptions(
        URI room,
        @Nullable String send,
        @Nullable Path record,
        @Nullable VideoKind video,
        int durationSeconds,
        int waitSeconds,
        Configuration configuration,
        Settings settings,
        @Nullable Path stats,
        @Nullable Path dump,
        @Nullable Impairment impairment,
        boolean json) {
    /** Whether sound and picture are recorded as they come, else the sound alone, decoded. */
    boolean recordsWebm() {
        return record != null && record.toString().endsWith(".webm");
    }
}
