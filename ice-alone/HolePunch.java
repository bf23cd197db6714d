import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.CandidateParseException;
import dev.yodel.ice.GatheringState;
import dev.yodel.ice.IceCredentials;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceState;
import dev.yodel.ice.StunServer;
import dev.yodel.ice.loop.IceConnection;
import dev.yodel.ice.loop.IceConnectionOptions;
import dev.yodel.io.Datagram;
import dev.yodel.io.Loop;
import dev.yodel.io.loop.NioEnvironment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Punches a UDP hole between two programs, with yodel-ice and yodel-io alone. Each side prints one line, which the other
 * side must get by any means: here by copy and paste. Then what is typed on one side appears on the other.
 *
 * <pre>java -cp CLASSPATH HolePunch.java call|answer [STUN-HOST:PORT]</pre>
 */
public final class HolePunch implements IceConnection.Listener {
    private final IceCredentials credentials;
    private final IceConnection connection;
    private final List<Candidate> candidates = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);

    private HolePunch(NioEnvironment environment, Loop loop, IceOptions options) {
        credentials = IceCredentials.generate(environment.random());
        connection = new IceConnection(environment, loop, new IceConnectionOptions(options, null), this);
        connection.gather(credentials);
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length < 1 || !List.of("call", "answer").contains(arguments[0])) {
            System.err.println("usage: HolePunch call|answer [STUN-HOST:PORT]");
            System.exit(2);
        }
        IceOptions.Builder options = IceOptions.builder();
        if (arguments.length > 1) {
            int colon = arguments[1].lastIndexOf(':');
            options.stunServers(List.of(new StunServer(
                    arguments[1].substring(0, colon), Integer.parseInt(arguments[1].substring(colon + 1)))));
        }
        try (NioEnvironment environment = NioEnvironment.builder().loops(1).start()) {
            Loop loop = environment.nextLoop();
            IceRole role = arguments[0].equals("call") ? IceRole.CONTROLLING : IceRole.CONTROLLED;
            HolePunch[] punch = new HolePunch[1];
            CountDownLatch made = new CountDownLatch(1);
            // Everything of a connection happens on its loop.
            loop.execute(() -> {
                punch[0] = new HolePunch(environment, loop, options.build());
                made.countDown();
            });
            made.await();
            Thread keyboard = new Thread(() -> punch[0].read(loop, role));
            keyboard.setDaemon(true);
            keyboard.start();
            punch[0].over.await();
        }
    }

    /** The other side's line first, then what is said. */
    private void read(Loop loop, IceRole role) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            String theirs = in.readLine();
            if (theirs != null) {
                loop.execute(() -> start(theirs.strip(), role));
            }
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                byte[] data = line.getBytes(StandardCharsets.UTF_8);
                loop.execute(() -> connection.send(data, 0, data.length));
            }
        } catch (IOException e) {
            System.err.println("cannot read: " + e.getMessage());
        }
        // Given after all that was said, so it comes after it.
        loop.execute(() -> {
            connection.close();
            over.countDown();
        });
    }

    private void start(String theirs, IceRole role) {
        try {
            String[] lines = new String(Base64.getDecoder().decode(theirs), StandardCharsets.UTF_8).split("\n");
            connection.start(role, new IceCredentials(lines[0], lines[1]));
            for (int i = 2; i < lines.length; i++) {
                connection.addRemoteCandidate(Candidate.parse(lines[i]));
            }
            connection.endOfRemoteCandidates();
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException | CandidateParseException e) {
            System.err.println("that is not the other side's line: " + e.getMessage());
            over.countDown();
        }
    }

    @Override
    public void onLocalCandidate(Candidate candidate) {
        candidates.add(candidate);
    }

    @Override
    public void onGatheringState(GatheringState state, String ufrag) {
        if (state == GatheringState.COMPLETE) {
            StringBuilder text = new StringBuilder(credentials.ufrag() + "\n" + credentials.password());
            candidates.forEach(candidate -> text.append('\n').append(candidate.toSdp()));
            System.out.println("give this line to the other side, and paste its line here:");
            System.out.println(Base64.getEncoder().encodeToString(text.toString().getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Override
    public void onSelectedPair(CandidatePair pair) {
        System.out.println("path: " + words(pair.local()) + " to " + words(pair.remote()));
    }

    private static String words(Candidate candidate) {
        return candidate.type().name().toLowerCase() + " " + candidate.address() + " port " + candidate.port();
    }

    @Override
    public void onState(IceState state) {
        if (state == IceState.CONNECTED) {
            System.out.println("connected; what you type is sent");
        } else if (state == IceState.FAILED) {
            System.out.println("no path: " + connection.failureReason());
            over.countDown();
        }
    }

    @Override
    public void onDatagram(Datagram datagram) {
        System.out.println(
                "> " + new String(datagram.data, datagram.offset, datagram.length, StandardCharsets.UTF_8));
    }
}
