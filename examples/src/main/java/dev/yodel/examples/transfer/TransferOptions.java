package dev.yodel.examples.transfer;

import dev.yodel.examples.NetworkOptions;
import dev.yodel.examples.RoomOption;
import dev.yodel.examples.signal.Meeting;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.net.URI;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where and how the two ends of a transfer meet. */
final class TransferOptions {
    /** The label of the channel that files go through. */
    private static final String LABEL = "yodel-transfer";

    @Option(
            names = "--signal",
            paramLabel = "URL",
            required = true,
            converter = RoomOption.Server.class,
            description = "The signaling server: ws://host:port")
    private URI server = RoomOption.NONE;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "How long to wait for the other side; 0 for ever.")
    private int wait;

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    /** The signaling server. */
    URI server() {
        return server;
    }

    /** How long to wait for the other side, 0 for ever. */
    long waitMillis() {
        return 1000L * wait;
    }

    /** A factory with the network settings of the command line, which throws IllegalArgumentException if they are wrong. */
    PeerConnectionFactory factory() {
        return PeerConnectionFactory.builder().settings(network.settings()).build();
    }

    /** The meeting in the room of a code. */
    Meeting meeting(PeerConnectionFactory factory, String code, Consumer<String> notes) {
        return new Meeting(factory, network.configuration(), TransferCode.room(server, code), LABEL, notes);
    }
}
