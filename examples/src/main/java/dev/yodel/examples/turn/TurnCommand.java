package dev.yodel.examples.turn;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.KeyStoreOptions;
import dev.yodel.ice.loop.TurnServerSocket;
import dev.yodel.ice.turn.AddressRange;
import dev.yodel.ice.turn.PeerPolicy;
import dev.yodel.ice.turn.TurnCredentials;
import dev.yodel.ice.turn.TurnServerOptions;
import dev.yodel.io.Loop;
import dev.yodel.io.loop.NioEnvironment;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code yodel turn}: a STUN and TURN server until it is interrupted. */
@Command(
        name = "turn",
        description = "Runs a STUN and TURN server: UDP and TCP on one port, TLS on another if it has a key.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            " 0:it ran",
            " 1:an address or port cannot be had, or the key store cannot be read",
            " 2:the command line is wrong",
            " 130:interrupted by Ctrl-C"
        })
public final class TurnCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--listen",
            paramLabel = "ADDR",
            description = "Address to listen on, and to relay from; may be given again. Default: all addresses of this"
                    + " machine. Two addresses of one family let clients discover their NAT's behaviour (RFC 5780).")
    private List<String> listen = List.of();

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "3478",
            description = "UDP and TCP port; 0 takes free ones (default: ${DEFAULT-VALUE}).")
    private int port = 3478;

    @Option(
            names = "--tls-port",
            paramLabel = "N",
            defaultValue = "-1",
            description = "TLS port, usually 5349; 0 takes a free one. Default: none. Without --tls-keystore its key is"
                    + " made at each start, and no client believes it that was not told to.")
    private int tlsPort = -1;

    @Mixin
    private KeyStoreOptions keys = new KeyStoreOptions();

    @Option(
            names = "--user",
            paramLabel = "NAME:PASS",
            description = "Who may relay; may be given again. The environment variable YODEL_TURN_USER is one too.")
    private List<String> users = List.of();

    @Option(
            names = "--secret",
            paramLabel = "SECRET",
            defaultValue = "${env:YODEL_TURN_SECRET:-}",
            description = "Secret shared with a web service that gives out users for a while (EXPIRY:NAME with"
                    + " base64 of HMAC-SHA1). Default: the environment variable YODEL_TURN_SECRET.")
    private String secret = "";

    @Option(
            names = "--realm",
            paramLabel = "R",
            defaultValue = "yodel",
            description = "The realm of the users (default: ${DEFAULT-VALUE}).")
    private String realm = "yodel";

    @Option(
            names = "--allow-loopback-peers",
            description = "Let relays reach this machine's own loopback: for tests only.")
    private boolean allowLoopbackPeers;

    @Option(
            names = "--allow-peer",
            paramLabel = "RANGE",
            description = "Let relays reach these addresses too, such as 10.1.0.0/16; by default only public ones.")
    private List<String> allowedPeers = List.of();

    @Option(names = "--deny-peer", paramLabel = "RANGE", description = "Never let relays reach these addresses.")
    private List<String> deniedPeers = List.of();

    @Option(
            names = "--external-address",
            paramLabel = "ADDR[/LOCAL]",
            description =
                    "The address that peers reach this machine by, where it stands behind a one-to-one NAT; may be"
                            + " given again, with the local address it stands for.")
    private List<String> external = List.of();

    @Option(
            names = "--relay-ports",
            paramLabel = "FIRST-LAST",
            defaultValue = "49152-65535",
            description = "Ports of relays (default: ${DEFAULT-VALUE}).")
    private String relayPorts = "49152-65535";

    @Option(
            names = "--max-kbps",
            paramLabel = "N",
            defaultValue = "0",
            description = "Most kilobits per second of one relay in each direction; 0 for no limit.")
    private long maxKbps;

    @Option(names = "--quiet", description = "Print no line for each relay that comes and goes.")
    private boolean quiet;

    @Override
    public Integer call() throws Exception {
        final PrintWriter err = spec.commandLine().getErr();
        final TurnAddresses addresses;
        final TurnServerOptions.Builder options;
        final boolean discovery;
        try (NioEnvironment environment = NioEnvironment.builder().loops(1).start()) {
            try {
                addresses = TurnAddresses.of(listen, external, environment.networkAddresses());
                options = options(addresses);
                discovery = listen.size() > 1 && addresses.canDiscover();
            } catch (IllegalArgumentException e) {
                err.println(e.getMessage());
                return ExitCode.USAGE;
            }
            final TlsKeys tls;
            final Path file = keys.file();
            try {
                tls = tlsPort < 0
                        ? null
                        : file == null ? TlsKeys.make(addresses.listen()) : TlsKeys.load(file, keys.password());
            } catch (IOException | GeneralSecurityException e) {
                err.println((file == null ? "cannot make a key: " : "cannot read the key store " + file + ": ")
                        + e.getMessage());
                return ExitCode.FAILED;
            }
            return serve(environment, options.build(), addresses, tls, discovery);
        }
    }

    private TurnServerOptions.Builder options(TurnAddresses addresses) {
        if (port < 0 || port > 65_535 || tlsPort > 65_535) {
            throw new IllegalArgumentException("--port and --tls-port are numbers from 0 to 65535");
        }
        if (maxKbps < 0 || maxKbps > 100_000_000) {
            throw new IllegalArgumentException("--max-kbps is a number from 0 to 100000000");
        }
        final int dash = relayPorts.indexOf('-');
        try {
            return TurnServerOptions.builder()
                    .realm(realm)
                    .credentials(credentials())
                    .relayAddresses(addresses.relays())
                    .peerPolicy(policy())
                    .maxBitrateBps(maxKbps * 1_000)
                    .ports(
                            Integer.parseInt(dash < 0 ? relayPorts : relayPorts.substring(0, dash)),
                            Integer.parseInt(dash < 0 ? relayPorts : relayPorts.substring(dash + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--relay-ports looks like 49152-65535, not " + relayPorts, e);
        }
    }

    private TurnCredentials credentials() {
        final Map<String, String> passwords = new LinkedHashMap<>();
        final List<String> all = new ArrayList<>(users);
        final String fromEnvironment = System.getenv("YODEL_TURN_USER");
        if (fromEnvironment != null) {
            all.add(fromEnvironment);
        }
        for (final String user : all) {
            final int colon = user.indexOf(':');
            if (colon < 1 || colon == user.length() - 1) {
                throw new IllegalArgumentException("--user looks like NAME:PASS");
            }
            passwords.put(user.substring(0, colon), user.substring(colon + 1));
        }
        if (passwords.isEmpty() == secret.isEmpty()) {
            throw new IllegalArgumentException(
                    "who may relay? Give --user NAME:PASS, or --secret SECRET, and not both");
        }
        return secret.isEmpty() ? TurnCredentials.of(passwords) : TurnCredentials.timeLimited(secret);
    }

    private PeerPolicy policy() {
        PeerPolicy policy = PeerPolicy.PUBLIC;
        if (allowLoopbackPeers) {
            policy = policy.allowingLoopback();
        }
        for (final String range : allowedPeers) {
            policy = policy.allowing(AddressRange.parse(range));
        }
        for (final String range : deniedPeers) {
            policy = policy.denying(AddressRange.parse(range));
        }
        return policy;
    }

    private int serve(
            NioEnvironment environment,
            TurnServerOptions options,
            TurnAddresses addresses,
            @Nullable TlsKeys tls,
            boolean discovery)
            throws InterruptedException {
        final TurnConsole console = new TurnConsole(spec.commandLine().getOut(), quiet);
        final Loop loop = environment.nextLoop();
        try {
            final TurnServerSocket server = onLoop(loop, () -> {
                final TurnServerSocket made = new TurnServerSocket(environment, loop, options, console);
                for (final InetAddress address : addresses.listen()) {
                    new TurnPorts(made, console).open(address, port, tlsPort, tls == null ? null : tls.context());
                }
                if (discovery) {
                    new TurnPorts(made, console).openAlternates(addresses.discovery(), port);
                }
                return made;
            });
            if (tls != null && !tls.ownFingerprint().isEmpty()) {
                console.signedItself(tls.ownFingerprint());
            }
            console.started(options, addresses);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(loop, server), "yodel-turn-end"));
            new CountDownLatch(1).await();
            return ExitCode.OK;
        } catch (ExecutionException e) {
            final Throwable cause = e.getCause() == null ? e : e.getCause();
            spec.commandLine().getErr().println(cause.getMessage());
            return cause instanceof IllegalArgumentException ? ExitCode.USAGE : ExitCode.FAILED;
        } catch (TimeoutException e) {
            spec.commandLine().getErr().println("the sockets did not open within 10 s");
            return ExitCode.FAILED;
        }
    }

    private static void end(Loop loop, TurnServerSocket server) {
        try {
            onLoop(loop, () -> {
                server.close();
                return true;
            });
        } catch (ExecutionException | TimeoutException e) {
            System.err.println("the server did not end well: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T onLoop(Loop loop, Callable<T> work)
            throws ExecutionException, InterruptedException, TimeoutException {
        final FutureTask<T> task = new FutureTask<>(work);
        loop.execute(task);
        return task.get(10, TimeUnit.SECONDS);
    }
}
