package dev.yodel.examples;

import dev.yodel.examples.call.CallCommand;
import dev.yodel.examples.chat.ChatCommand;
import dev.yodel.examples.demo.DemoCommand;
import dev.yodel.examples.doctor.DoctorCommand;
import dev.yodel.examples.files.PlayCommand;
import dev.yodel.examples.files.RecordCommand;
import dev.yodel.examples.rooms.LoadCommand;
import dev.yodel.examples.rooms.RoomsCommand;
import dev.yodel.examples.serve.ServeCommand;
import dev.yodel.examples.signal.SignalCommand;
import dev.yodel.examples.transfer.ReceiveCommand;
import dev.yodel.examples.transfer.SendCommand;
import dev.yodel.examples.turn.TurnCommand;
import dev.yodel.examples.whip.WhepCommand;
import dev.yodel.examples.whip.WhipCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command {@code yodel}. */
@Command(
        name = "yodel",
        description = "WebRTC for the JVM: calls, chats and files between programs and browsers.",
        mixinStandardHelpOptions = true,
        versionProvider = Yodel.Version.class,
        subcommands = {
            DemoCommand.class,
            ServeCommand.class,
            RoomsCommand.class,
            LoadCommand.class,
            SignalCommand.class,
            CallCommand.class,
            ChatCommand.class,
            SendCommand.class,
            ReceiveCommand.class,
            PlayCommand.class,
            RecordCommand.class,
            TurnCommand.class,
            WhipCommand.class,
            WhepCommand.class,
            DoctorCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Yodel {
    /** Reads the version from the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            final String version = Yodel.class.getPackage().getImplementationVersion();
            return new String[] {"yodel " + (version == null ? "(not packaged)" : version)};
        }
    }

    private Yodel() {}

    /**
     * Runs one command and ends the JVM with its exit code.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /**
     * The parser of the command line, for tests too.
     *
     * @return a fresh one
     */
    public static CommandLine commandLine() {
        return new CommandLine(new Yodel())
                .setExitCodeExceptionMapper(
                        failure -> failure instanceof CommandLine.ParameterException ? ExitCode.USAGE : ExitCode.FAILED)
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    final String message = failure.getMessage();
                    line.getErr()
                            .println(line.getCommandName() + ": "
                                    + (message == null ? failure.getClass().getName() : message));
                    return ExitCode.FAILED;
                });
    }
}
