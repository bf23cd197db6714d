package dev.yodel.examples;

import dev.yodel.webrtc.PacketTap;
import dev.yodel.webrtc.PcapRecorder;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --pcap FILE}: what is sent and received, in the clear, for Wireshark. */
public final class PcapOption implements AutoCloseable {
    @Option(
            names = "--pcap",
            paramLabel = "FILE",
            description =
                    "Write all RTP, RTCP and SCTP packets in the clear into a capture file: whoever has it has the"
                            + " call. Wireshark: decode UDP port 5004 as RTP.")
    private @Nullable Path file;

    private @Nullable PcapRecorder recorder;

    /**
     * Creates the file, if one is wanted.
     *
     * @return null if none is
     * @throws IOException if it cannot be written
     */
    public @Nullable PacketTap open() throws IOException {
        final Path wanted = file;
        if (wanted != null && recorder == null) {
            recorder = PcapRecorder.to(wanted);
        }
        return recorder;
    }

    /** Ends the file. */
    @Override
    public void close() {
        final PcapRecorder open = recorder;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                System.err.println("the capture was not written: " + e.getMessage());
            }
        }
    }
}
