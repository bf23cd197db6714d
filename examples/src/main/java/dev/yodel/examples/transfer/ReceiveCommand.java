package dev.yodel.examples.transfer;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.signal.Meeting;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code yodel receive}: the files of whoever printed the code. */
@Command(
        name = "receive",
        description =
                "Receives what yodel send offers under a code. Nothing is overwritten; what was broken off goes on"
                        + " where it stopped, also in a new process.",
        mixinStandardHelpOptions = true)
public final class ReceiveCommand implements Callable<Integer> {
    private static final long FAREWELL_MILLIS = 5_000;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "CODE", description = "What yodel send printed.")
    private String code = "";

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "Where the files go (default: here).")
    private Path out = Path.of(".");

    @Mixin
    private TransferOptions where = new TransferOptions();

    @Override
    public Integer call() throws InterruptedException {
        final String parsed = TransferCode.parse(code);
        if (parsed == null) {
            spec.commandLine().getErr().println("this is no code: " + code);
            return ExitCode.USAGE;
        }
        final Progress progress = new Progress(spec.commandLine().getOut());
        try (PeerConnectionFactory factory = where.factory();
                Meeting meeting = where.meeting(factory, parsed, progress::say)) {
            final int files = receiveUntilDone(meeting, progress);
            progress.say("received " + files + (files == 1 ? " file, " : " files, ") + progress.summary()
                    + ", all hashes agree");
            return ExitCode.OK;
        } catch (IOException | IllegalArgumentException e) {
            spec.commandLine().getErr().println("receive: " + e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private int receiveUntilDone(Meeting meeting, Progress progress) throws IOException, InterruptedException {
        while (true) {
            try (Meeting.Link link = meeting.next(where.waitMillis())) {
                progress.say("connected");
                final Incoming incoming = new Incoming(link.channel(), out, progress);
                link.channel().onMessage(incoming::onMessage);
                CompletableFuture.anyOf(incoming.done(), link.broken()).join();
                if (incoming.done().isDone()) {
                    final int files = incoming.done().join();
                    // The sender hears the last word and closes.
                    await(link.broken());
                    return files;
                }
                incoming.stop();
                progress.say("broken off (" + link.broken().join() + "); waiting for the sender to come back");
            } catch (CompletionException e) {
                throw e.getCause() instanceof IOException io ? io : new IOException(String.valueOf(e.getCause()), e);
            }
        }
    }

    private static void await(CompletableFuture<@Nullable String> broken) throws InterruptedException {
        try {
            broken.get(FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
            // It was sent all the same.
            return;
        }
    }
}
