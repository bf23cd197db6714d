package dev.yodel.interop.programs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.architecture.SourceTree;
import dev.yodel.interop.browser.Polling;
import dev.yodel.interop.browser.Requirements;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of {@code README.md}, {@code examples/README.md}, {@code docs/*.md} and {@code ice-alone/README.md} as
 * they stand there, typed in an empty folder that has {@code yodel} in it; only {@code HOST}, the name of a STUN
 * server and the code of a transfer are filled in.
 */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class YodelCommandsTest {
    private static final int SECONDS = 90;
    private static final String PROMPT = "    ";
    private static final String TALKS = " --send tone --duration 5";
    private static final String KEY_STORE_PASSWORD = "changeit";

    private final String readme = SourceTree.read(SourceTree.root().resolve("examples/README.md"));
    private final List<String> commands = commands();
    private final List<String> left = new ArrayList<>(commands);
    private final List<ShellCommand> started = new ArrayList<>();
    /** One for all: a field that JUnit fills would be another one for each test. */
    private Path folder = Path.of("");

    @BeforeAll
    void prepare(@TempDir Path fresh) throws IOException {
        folder = fresh;
        if (!Files.exists(SourceTree.root().resolve("examples/target/yodel.jar"))) {
            Requirements.missing("examples/target/yodel.jar is not built; run mvn package");
        }
        Files.createSymbolicLink(folder.resolve("yodel"), SourceTree.root().resolve("yodel"));
    }

    @AfterEach
    void end() {
        started.forEach(ShellCommand::close);
        started.clear();
    }

    @AfterAll
    void nothingIsLeftOut() {
        assertThat(left).as("commands that no test here runs").isEmpty();
    }

    /** Without comments and in one line, also where they go on behind a backslash. */
    private static List<String> commands() {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> docs = Files.list(SourceTree.root().resolve("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).forEach(files::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (String other : List.of("README.md", "examples/README.md", "ice-alone/README.md")) {
            files.add(SourceTree.root().resolve(other));
        }
        List<String> found = new ArrayList<>();
        for (Path file : files) {
            String whole = SourceTree.read(file).replace("\\\n", " ");
            for (String line : whole.lines().toList()) {
                if (line.startsWith(PROMPT + "./yodel ") || line.startsWith(PROMPT + "java -cp \"$CP\" ")) {
                    int comment = line.indexOf(" # ");
                    found.add(String.join(
                            " ",
                            List.of((comment < 0 ? line : line.substring(0, comment))
                                    .strip()
                                    .split(" +", -1))));
                }
            }
        }
        return found;
    }

    /** Types the command that stands in a document. */
    private ShellCommand type(String command) {
        return run(written(command));
    }

    private String written(String command) {
        assertThat(commands).contains(command);
        left.removeIf(command::equals);
        return command;
    }

    private ShellCommand run(String line) {
        ShellCommand running = ShellCommand.start(line, folder, Map.of("YODEL_TLS_PASSWORD", KEY_STORE_PASSWORD));
        started.add(running);
        return running;
    }

    private static String await(ShellCommand command, String words) {
        try {
            return Polling.until(words, SECONDS, () -> command.lines().stream()
                    .filter(line -> line.contains(words))
                    .findFirst()
                    .orElse(null));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ", but: " + command.lines(), e);
        }
    }

    private static void awaitEnd(ShellCommand command) {
        Polling.until("the end of " + command.lines(), SECONDS, () -> command.isAlive() ? null : true);
        assertThat(command.exitCode()).as("%s", command.lines()).isZero();
    }

    private static int status(String uri) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** The film of the README, made by its command. */
    private void makeFilm() {
        Requirements.program("ffmpeg");
        int at = readme.indexOf("`ffmpeg ") + 1;
        awaitEnd(run(readme.substring(at, readme.indexOf('`', at)).replace("ffmpeg ", "ffmpeg -v error -y ")));
    }

    @Test
    void demo() {
        awaitEnd(type("./yodel demo --duration 10 --out out"));
        for (String file :
                List.of("heard-by-a.wav", "heard-by-b.wav", "heard-by-a.json", "heard-by-b.json", "call.svg")) {
            assertThat(folder.resolve("out").resolve(file)).isNotEmptyFile();
        }
    }

    @Test
    void rooms() throws Exception {
        await(type("./yodel rooms"), "open http://localhost:8080/ ");
        assertThat(status("http://localhost:8080/?room=kitchen")).isEqualTo(200);
        assertThat(status("http://localhost:8080/health")).isEqualTo(200);
    }

    @Test
    void callAndSignal() {
        await(type("./yodel signal"), "8080");
        type("./yodel call ws://localhost:8080/kitchen");
        awaitEnd(type("./yodel call ws://localhost:8080/kitchen --send tone --record heard.wav --duration 10"));
        // Without a microphone the other one sends silence: it is recorded all the same.
        assertThat(folder.resolve("heard.wav").toFile().length()).isGreaterThan(100_000);
    }

    @Test
    void serve() throws Exception {
        await(type("./yodel serve"), "http://localhost:8080/");
        assertThat(status("http://localhost:8080/")).isEqualTo(200);
    }

    @Test
    void whipAndWhep() {
        makeFilm();
        await(type("./yodel serve --whip --token sesame"), "whip");
        ShellCommand publisher =
                type("./yodel whip film.webm http://localhost:8080/whip/live --token sesame --repeat 0");
        await(publisher, "publishing");
        awaitEnd(type("./yodel whep http://localhost:8080/whep/live copy.webm --token sesame --duration 10"));
        assertThat(folder.resolve("copy.webm").toFile().length()).isGreaterThan(100_000);
    }

    /** The screen of a display that has nobody in front of it. */
    @Test
    void whipOfTheScreen() {
        Requirements.program("Xvfb");
        Requirements.program("ffprobe");
        ShellCommand display = run("exec Xvfb -displayfd 1 -nolisten tcp -screen 0 640x360x24 2>/dev/null");
        String number = Polling.until(
                "the display",
                SECONDS,
                () -> display.lines().isEmpty() ? null : display.lines().get(0));
        await(type("./yodel serve --whip --token sesame"), "whip");
        assertThat(readme).contains("`whip screen URL` shows the screen");
        await(
                run("DISPLAY=:" + number + " ./yodel whip screen http://localhost:8080/whip/screen --token sesame"),
                "publishing");
        awaitEnd(run("./yodel whep http://localhost:8080/whep/screen screen.webm --token sesame --duration 5"));
        ShellCommand probe = run("ffprobe -v error -count_frames -show_entries stream=width,height,nb_read_frames"
                + " -of csv=p=0 screen.webm");
        awaitEnd(probe);
        String[] found = probe.lines().get(0).split(",", -1);
        assertThat(found).startsWith("640", "360");
        assertThat(Integer.parseInt(found[2])).isGreaterThan(20);
    }

    @Test
    void playAndRecord() {
        makeFilm();
        await(type("./yodel signal"), "8080");
        ShellCommand recorder = type("./yodel record ws://localhost:8080/kitchen copy.webm");
        awaitEnd(type("./yodel play film.webm ws://localhost:8080/kitchen"));
        awaitEnd(recorder);
        assertThat(folder.resolve("copy.webm").toFile().length()).isGreaterThan(100_000);
    }

    @Test
    void sendAndReceive() throws IOException {
        Files.write(folder.resolve("holiday.mp4"), new byte[300_000]);
        Files.createDirectories(folder.resolve("photos"));
        Files.writeString(folder.resolve("photos/one.txt"), "a photo");
        await(run("./yodel signal --listen 0.0.0.0"), "8080");
        assertThat(readme).contains("`./yodel signal --listen 0.0.0.0`");
        ShellCommand sender = filled("./yodel send holiday.mp4 photos/ --signal ws://HOST:8080", "");
        String code = Polling.until("the code", SECONDS, () -> sender.lines().stream()
                .flatMap(line -> Stream.of(line.split("[ :,]", -1)))
                .filter(word -> word.length() == 9 && word.charAt(4) == '-')
                .findFirst()
                .orElse(null));
        ShellCommand receiver = filled("./yodel receive ab3k-9xqm --signal ws://HOST:8080 --out Downloads", code);
        awaitEnd(receiver);
        awaitEnd(sender);
        assertThat(receiver.lines()).anyMatch(line -> line.contains("all hashes agree"));
        assertThat(folder.resolve("Downloads/holiday.mp4")).hasSize(300_000);
        assertThat(folder.resolve("Downloads/photos/one.txt")).hasContent("a photo");
    }

    @Test
    void chat() {
        await(run("./yodel signal"), "8080");
        ShellCommand one = filled("./yodel chat ws://HOST:8080/kitchen", "");
        ShellCommand other = filled("./yodel chat ws://HOST:8080/kitchen", "");
        await(one, "connected");
        await(other, "connected");
        one.type("good morning");
        await(other, "> good morning");
    }

    /** Types a command of the README with a host and a code in it. */
    private ShellCommand filled(String command, String code) {
        return run(written(command).replace("HOST", "localhost").replace("ab3k-9xqm", code));
    }

    @Test
    void demoAsItIs() {
        awaitEnd(type("./yodel demo"));
    }

    /** The certificate's host is this machine; nobody trusts it, so no name is checked. */
    @Test
    void roomsForOthers() throws Exception {
        keyStore("keys.p12");
        ShellCommand rooms = type("./yodel rooms --listen 0.0.0.0 --tls-keystore keys.p12"
                + " --allow-origin https://meet.example.org:8080 --udp-port 40000 --tcp --public-address 203.0.113.5"
                + " --turn turn:USER:PASS@turn.example.org:3478 --record recordings");
        assertThat(await(rooms, "open ")).startsWith("open https://");
        assertThat(rooms.lines()).noneMatch(line -> line.contains("PASS"));
        ShellCommand health = run("curl --silent --insecure https://localhost:8080/health");
        await(health, "ok");
        assertThat(readme).contains("`/health`");
    }

    @Test
    void turn() throws Exception {
        await(type("./yodel turn --user alice:sesame --realm example.org"), "ready;");
    }

    /** By UDP and by TCP; over TLS too with a certificate that is trusted. */
    @Test
    void callsThroughTurn() throws Exception {
        ShellCommand turn = type("./yodel turn --listen 127.0.0.1 --port 3478 --tls-port 5349 --user alice:sesame"
                + " --realm example.org --allow-loopback-peers");
        await(turn, "ready;");
        ShellCommand doctor = type("./yodel doctor --stun 127.0.0.1:3478");
        Polling.until("the end of the doctor", SECONDS, () -> doctor.isAlive() ? null : true);
        assertThat(doctor.lines())
                .anyMatch(line -> line.contains("works: 127.0.0.1:3478 sees this machine as 127.0.0.1:"));
        await(type("./yodel signal"), "8080");
        String call = "./yodel call ws://localhost:8080/kitchen --relay-only --turn ";
        String first = call + "turn:alice:sesame@127.0.0.1:3478";
        assertRelayed(type(first), type(call + "\"turn:alice:sesame@127.0.0.1:3478?transport=tcp\"" + TALKS));
        String last = call + "\"turn:alice:sesame@127.0.0.1:3478?transport=udp\""
                + " --turn \"turns:alice:sesame@127.0.0.1:5349\"" + TALKS;
        // Nobody vouches for the key that the server has made: the other URL helps.
        ShellCommand calling = type(last);
        assertRelayed(run(first), calling);
        turn.close();
        awaitEnd(run(
                "rm -f turn.p12 && keytool -genkeypair -alias server -keyalg EC -dname CN=test -ext san=ip:127.0.0.1"
                        + " -storetype PKCS12 -storepass " + KEY_STORE_PASSWORD + " -keystore turn.p12"
                        + " && keytool -exportcert -rfc -alias server -storepass " + KEY_STORE_PASSWORD
                        + " -keystore turn.p12 -file turn.pem && keytool -importcert -noprompt -alias server -storepass "
                        + KEY_STORE_PASSWORD + " -keystore trust.p12 -file turn.pem"));
        await(
                run("./yodel turn --listen 127.0.0.1 --port 3480 --tls-port 5349 --tls-keystore turn.p12"
                        + " --user alice:sesame --realm example.org --allow-loopback-peers"),
                "ready;");
        // Nothing listens where the first URL leads now.
        String trusting = "JAVA_TOOL_OPTIONS='-Djavax.net.ssl.trustStore=trust.p12 -Djavax.net.ssl.trustStorePassword="
                + KEY_STORE_PASSWORD + "' ";
        assertRelayed(run(trusting + last), run(trusting + last));
    }

    /** The second ends by itself; the first may wait for another. */
    private static void assertRelayed(ShellCommand first, ShellCommand second) {
        awaitEnd(second);
        for (ShellCommand each : List.of(first, second)) {
            assertThat(each.lines()).as("%s", each.lines()).anyMatch(line -> line.contains("relay/relay"));
            assertThat(each.lines()).noneMatch(line -> line.contains("sesame"));
        }
        first.close();
    }

    @Test
    void callsWithAPublicAddress() throws Exception {
        await(type("./yodel signal"), "8080");
        type("./yodel call ws://localhost:8080/kitchen --udp-port 5000 --public-address 203.0.113.5:40000");
        ShellCommand calling =
                type("./yodel call ws://localhost:8080/kitchen --public-address 203.0.113.5 --send tone --duration 5");
        awaitEnd(calling);
        assertThat(calling.lines()).anyMatch(line -> line.contains("host/host") || line.contains("host/prflx"));
    }

    /** The address of the document is given to this machine, where this JVM may do so. */
    @Test
    void turnWithTls() throws Exception {
        if (System.getenv("YODEL_OUTER_NETWORK") == null) {
            Requirements.missing("no network of its own, so no address 203.0.113.5");
        }
        awaitEnd(run("ip addr add 203.0.113.5/32 dev lo"));
        try {
            keyStore("turn.p12");
            await(
                    type("./yodel turn --listen 203.0.113.5 --tls-port 5349 --tls-keystore turn.p12"
                            + " --user alice:sesame --realm example.org"),
                    "ready;");
            awaitEnd(run("keytool -printcert -sslserver 203.0.113.5:5349"));
        } finally {
            awaitEnd(run("ip addr del 203.0.113.5/32 dev lo"));
        }
    }

    /** Two programs with ICE alone, by the class path that the README makes. */
    @Test
    void iceAlone() {
        String text = SourceTree.read(SourceTree.root().resolve("ice-alone/README.md"));
        String prepare = text.lines()
                .filter(line -> line.startsWith(PROMPT + "CP="))
                .findFirst()
                .orElseThrow()
                .strip();
        await(run("./yodel turn --user alice:sesame --realm example.org"), "ready;");
        ShellCommand one = alone(prepare, "call");
        ShellCommand other = alone(prepare, "answer");
        String lineOfOne = lineAfter(one, "paste its line here:");
        String lineOfOther = lineAfter(other, "paste its line here:");
        one.type(lineOfOther);
        other.type(lineOfOne);
        await(one, "connected;");
        await(other, "connected;");
        one.type("hello");
        await(other, "> hello");
    }

    private ShellCommand alone(String prepare, String end) {
        String command = written("java -cp \"$CP\" ice-alone/HolePunch.java " + end + " stun.example.org:3478");
        ShellCommand running = ShellCommand.start(
                prepare + "; " + command.replace("stun.example.org", "127.0.0.1"), SourceTree.root());
        started.add(running);
        return running;
    }

    private static String lineAfter(ShellCommand command, String words) {
        await(command, words);
        return Polling.until("the line after it", SECONDS, () -> {
            List<String> lines = command.lines();
            for (int i = 0; i + 1 < lines.size(); i++) {
                if (lines.get(i).contains(words)) {
                    return lines.get(i + 1);
                }
            }
            return null;
        });
    }

    private void keyStore(String name) {
        awaitEnd(run("rm -f " + name
                + " && keytool -genkeypair -alias server -keyalg EC -dname CN=test -ext san=dns:localhost"
                + " -storetype PKCS12 -storepass " + KEY_STORE_PASSWORD + " -keystore " + name));
    }
}
