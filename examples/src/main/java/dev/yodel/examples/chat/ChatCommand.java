package dev.yodel.examples.chat;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.PeerOptions;
import dev.yodel.examples.RoomOption;
import dev.yodel.examples.signal.Meeting;
import dev.yodel.webrtc.DataChannelState;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RtcException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code yodel chat}: what is typed here appears there, and the other way round. */
@Command(
        name = "chat",
        description = "Sends each line of standard input to the other peer in a room, and prints the lines of that one."
                + " The other may be a browser: the signaling server's page /chat.",
        mixinStandardHelpOptions = true)
public final class ChatCommand implements Callable<Integer> {
    /** The channel's label, which the page uses too. */
    static final String LABEL = "chat";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "URL",
            converter = RoomOption.class,
            description = "The signaling server and room: ws://host:port/room")
    private URI room = RoomOption.NONE;

    @Mixin
    private PeerOptions peer = new PeerOptions();

    @Override
    public Integer call() throws InterruptedException {
        final PrintWriter out = spec.commandLine().getOut();
        try (PeerConnectionFactory factory = peer.factory();
                Meeting meeting =
                        new Meeting(factory, peer.configuration(), room, LABEL, note -> say(out, "* " + note))) {
            say(out, "* waiting for the other side in " + room);
            final Meeting.Link link = meeting.next(1000L * peer.waitSeconds());
            link.channel().onMessage(message -> say(out, "> " + (message.isText() ? message.text() : "(binary)")));
            say(out, "* connected; end with Ctrl-D");
            final Thread typing = new Thread(() -> type(link), "yodel-chat-input");
            typing.setDaemon(true);
            typing.start();
            say(out, "* " + link.broken().join());
            return ExitCode.OK;
        } catch (IOException | IllegalArgumentException e) {
            spec.commandLine().getErr().println("chat: " + e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private static void say(PrintWriter out, String line) {
        out.println(line);
        out.flush();
    }

    /** Sends what is typed until the input ends; then everything that was sent still arrives. */
    private static void type(Meeting.Link link) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (link.channel().readyState() != DataChannelState.OPEN) {
                    return;
                }
                link.channel().sendAsync(line).join();
            }
        } catch (IOException | RtcException | java.util.concurrent.CompletionException e) {
            // The link is broken, or soon will be: its own word about that is the better one.
            return;
        }
        link.channel().close();
    }
}
