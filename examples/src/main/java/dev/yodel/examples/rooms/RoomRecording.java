package dev.yodel.examples.rooms;

import dev.yodel.webrtc.OggOpusRecorder;
import dev.yodel.webrtc.RtcException;
import dev.yodel.webrtc.WebmRecorder;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records a room without decoding anything: a folder for each recording, in it a WebM file for each person, with voice and
 * picture in time, and one for each screen; of who only speaks an Ogg file. Whoever switches the camera on later begins
 * another file, because a file's header names its tracks. Room's lane only; files are written on the tracks' lanes.
 */
final class RoomRecording {
    private static final Logger LOG = LoggerFactory.getLogger(RoomRecording.class);

    private final String room;
    private final RoomServices services;
    private final Map<String, Closeable> running = new HashMap<>();
    private final Map<String, Boolean> withPicture = new HashMap<>();
    private @Nullable Path folder;
    private int files;

    RoomRecording(String room, RoomServices services) {
        this.room = room;
        this.services = services;
    }

    boolean allowed() {
        return services.recordings() != null;
    }

    boolean running() {
        return folder != null;
    }

    /** Whether it has begun: not where its folder cannot be made. */
    boolean begin(Collection<Member> members) {
        final Path root = services.recordings();
        if (root == null) {
            return false;
        }
        final String time = Instant.ofEpochMilli(services.environment().wallClockMillis())
                .toString()
                .replace(":", "")
                .replace(".", "");
        // A room's name has letters, digits, dots, dashes and underscores; a dot in front must not lead elsewhere.
        final Path made = root.resolve("room-" + room + "-" + time);
        try {
            Files.createDirectories(made);
            folder = made;
            members.forEach(this::changed);
            return true;
        } catch (IOException e) {
            LOG.warn("room {} cannot be recorded: {}", room, e.toString());
            return false;
        }
    }

    /** Somebody came, or sends something else than before. */
    void changed(Member member) {
        if (folder == null) {
            return;
        }
        track(member, false, member.speaksAloud() || member.shows(false), member.shows(false));
        track(member, true, member.shows(true), true);
    }

    private void track(Member member, boolean screen, boolean wanted, boolean picture) {
        final String key = new SourceId(member.id(), screen).key();
        final boolean runs = running.containsKey(key);
        final boolean had = Boolean.TRUE.equals(withPicture.get(key));
        if (runs && (!wanted || (picture && !had))) {
            end(key, running.remove(key));
        }
        final Path into = folder;
        if (into == null || !wanted || running.containsKey(key)) {
            return;
        }
        final String file = member.id() + (screen ? "-screen-" : "-") + ++files;
        try {
            running.put(key, picture ? webm(into, file, member, screen) : ogg(into, file, member));
            withPicture.put(key, picture);
            services.recordingFiles().incrementAndGet();
        } catch (RtcException e) {
            LOG.warn("{} cannot be recorded: {}", member, e.toString());
        }
    }

    private static Closeable webm(Path into, String name, Member member, boolean screen) {
        final WebmRecorder recorder = WebmRecorder.to(into.resolve(name + ".webm"));
        if (!screen) {
            recorder.add(member.voiceTrack());
        }
        recorder.add(member.pictureTrack(screen));
        return recorder::close;
    }

    private static Closeable ogg(Path into, String name, Member member) {
        return OggOpusRecorder.of(into.resolve(name + ".ogg"), member.voiceTrack())::close;
    }

    /** Somebody left. */
    void end(String person) {
        for (final boolean screen : new boolean[] {false, true}) {
            final String key = new SourceId(person, screen).key();
            end(key, running.remove(key));
        }
    }

    void end() {
        Map.copyOf(running).forEach(this::end);
        running.clear();
        folder = null;
    }

    private void end(String key, @Nullable Closeable recorder) {
        withPicture.remove(key);
        if (recorder == null) {
            return;
        }
        // Closing writes what is left: not on the room's lane.
        services.environment().workers().execute(() -> {
            try {
                recorder.close();
            } catch (IOException e) {
                LOG.warn("the recording of {} in {} was not written: {}", key, room, e.toString());
            } finally {
                services.recordingFiles().decrementAndGet();
            }
        });
    }
}
