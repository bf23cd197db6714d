package dev.yodel.examples.transfer;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.signal.Meeting;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code yodel send}: files and folders to whoever has the code. */
@Command(
        name = "send",
        description =
                "Sends files and folders directly to another machine. It prints a code; there run: yodel receive CODE."
                        + " If the connection or the receiver dies it goes on when the receiver comes back.",
        mixinStandardHelpOptions = true)
public final class SendCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "What to send.")
    private List<Path> files = List.of();

    @Option(names = "--code", paramLabel = "CODE", description = "The code of a transfer that was broken off here.")
    private @Nullable String code;

    @Mixin
    private TransferOptions where = new TransferOptions();

    @Override
    public Integer call() throws InterruptedException {
        final String wanted = code;
        final String chosen = wanted == null ? TransferCode.fresh() : TransferCode.parse(wanted);
        if (chosen == null) {
            spec.commandLine().getErr().println("this is no code: " + wanted);
            return ExitCode.USAGE;
        }
        final Progress progress = new Progress(spec.commandLine().getOut());
        try (PeerConnectionFactory factory = where.factory();
                Meeting meeting = where.meeting(factory, chosen, progress::say)) {
            final Outgoing outgoing = new Outgoing(files, chosen, progress);
            progress.say("code: " + chosen);
            progress.say("on the other machine: yodel receive " + chosen + " --signal " + where.server() + "   ("
                    + outgoing.files() + (outgoing.files() == 1 ? " file, " : " files, ")
                    + Progress.size(outgoing.bytes()) + ")");
            sendUntilDone(meeting, outgoing, progress);
            progress.say("sent " + progress.summary() + ", all hashes agree");
            return ExitCode.OK;
        } catch (IOException | IllegalArgumentException e) {
            spec.commandLine().getErr().println("send: " + e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private void sendUntilDone(Meeting meeting, Outgoing outgoing, Progress progress)
            throws IOException, InterruptedException {
        while (true) {
            try (Meeting.Link link = meeting.next(where.waitMillis())) {
                progress.say("connected");
                outgoing.restart();
                link.channel().onMessage(message -> outgoing.onText(message.isText() ? message.text() : ""));
                link.broken().thenAccept(outgoing::onBroken);
                outgoing.send(link.channel());
                return;
            } catch (Outgoing.Interrupted e) {
                progress.say("broken off (" + e.getMessage() + "); waiting for the receiver to come back");
            }
        }
    }
}
