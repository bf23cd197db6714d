package dev.yodel.interop.wpt;

import dev.yodel.io.Environment;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * One test file in a context of its own: makes the window, runs the scripts in one task, and waits until testharness.js
 * is done or the deadline has passed. What was not reported by then stays unreported.
 */
public final class Page {
    static final String REPORT = "dev/yodel/report.js";
    static final String DRIVER = "dev/yodel/testdriver.js";

    private static final HostAccess ACCESS = HostAccess.newBuilder()
            .allowAccessAnnotatedBy(HostAccess.Export.class)
            .allowArrayAccess(true)
            .allowListAccess(true)
            .allowBufferAccess(true)
            .build();
    private static final String[] STATUS = {"PASS", "FAIL", "TIMEOUT", "NOTRUN", "PRECONDITION_FAILED"};

    /** What a subtest gave. */
    record Outcome(String status, String message) {}

    private final TestFile file;
    private final Path root;
    private final Suite suite;
    private final Map<String, Outcome> outcomes = Collections.synchronizedMap(new LinkedHashMap<>());
    private final CountDownLatch completed = new CountDownLatch(1);
    private final long startNanos = System.nanoTime();
    /** With its parts of a millisecond: what came just now is not to lie in a page's future. */
    private final double startMillis = ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now()) / 1e6;

    private volatile String harness = "TIMEOUT the deadline passed";

    /** What pages share. */
    record Suite(
            Engine engine,
            Environment environment,
            ApiClasses classes,
            ScheduledExecutorService clock,
            String definitions,
            int timeoutMultiplier) {}

    Page(TestFile file, Path root, Suite suite) {
        this.file = file;
        this.root = root;
        this.suite = suite;
    }

    /** A context that sees of Java only what is exported. */
    static Context newContext(Engine engine) {
        return Context.newBuilder("js")
                .engine(engine)
                .allowHostAccess(ACCESS)
                .option("js.ecmascript-version", "staging")
                .build();
    }

    /** The status of the whole file in testharness.js's words. */
    String harness() {
        return harness;
    }

    Map<String, Outcome> outcomes() {
        synchronized (outcomes) {
            return new LinkedHashMap<>(outcomes);
        }
    }

    void run() throws InterruptedException {
        long deadlineSeconds = (file.isLong() ? 60L : 10L) * suite.timeoutMultiplier() + 5;
        try (ScriptThread thread = new ScriptThread(file.path());
                PeerConnectionFactory factory = PeerConnectionFactory.builder()
                        .environment(suite.environment())
                        .settings(Settings.builder().singleLane(thread).build())
                        .build();
                SyntheticMedia media = new SyntheticMedia(suite.clock())) {
            Context context = newContext(suite.engine());
            ScriptHost host = new ScriptHost(suite.classes(), factory, thread, media);
            thread.execute(() -> load(context, host));
            if (!completed.await(deadlineSeconds, TimeUnit.SECONDS)) {
                // A script that runs for ever is broken off.
                context.close(true);
            } else {
                thread.runAndWait(() -> context.close(true), 2_000);
            }
        }
    }

    private void load(Context context, ScriptHost host) {
        try {
            Value parse = context.eval("js", "JSON.parse");
            Value env = context.eval("js", "(host, page) => ({ host: Object.create(null), page })")
                    .execute();
            Value members = env.getMember("host");
            Value bind = context.eval(
                    "js", "(to, from, names) => { for (const n of names) { to[n] = (...a) => from[n](...a); } }");
            bind.executeVoid(members, host, exported(ScriptHost.class));
            bind.executeVoid(members, this, exported(Page.class));
            run(context, "events.js").executeVoid(env);
            run(context, "conversions.js").executeVoid(env, parse.execute(suite.definitions()));
            run(context, "window.js").executeVoid(env, parse.execute(description()));
            run(context, "bindings.js").executeVoid(env);
            for (TestFile.Script script : file.scripts()) {
                eval(context, env, script);
            }
            Value steps = env.getMember("loaded").execute();
            for (long i = 0; i < steps.getArraySize(); i++) {
                steps.getArrayElement(i).executeVoid();
            }
        } catch (PolyglotException e) {
            if (!e.isCancelled()) {
                harness = "ERROR " + e.getMessage() + at(e);
                completed.countDown();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String at(PolyglotException e) {
        return e.getSourceLocation() == null ? "" : " at " + e.getSourceLocation();
    }

    /** A script that throws is an error event of the window; the scripts after it still run. */
    private void eval(Context context, Value env, TestFile.Script script) throws IOException {
        try {
            switch (script.path()) {
                case REPORT -> run(context, "report.js").executeVoid(env, suite.timeoutMultiplier());
                case DRIVER -> run(context, "testdriver.js").executeVoid();
                default ->
                    context.eval(Source.newBuilder("js", script.text(), script.path())
                            .build());
            }
        } catch (PolyglotException e) {
            if (e.isCancelled()) {
                throw e;
            }
            Value error = e.getGuestObject() == null
                    ? context.eval("js", "Error").newInstance(e.getMessage() + at(e))
                    : e.getGuestObject();
            env.getMember("report").executeVoid(error);
        }
    }

    static Object[] exported(Class<?> type) {
        return java.util.Arrays.stream(type.getDeclaredMethods())
                .filter(m -> m.isAnnotationPresent(HostAccess.Export.class))
                .map(java.lang.reflect.Method::getName)
                .distinct()
                .toArray();
    }

    /** A script of the bridge: its value is a function. */
    static Value run(Context context, String name) throws IOException {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no resource " + name);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return context.eval(Source.newBuilder("js", text, "bridge/" + name).build());
        }
    }

    private String description() {
        StringBuilder json = new StringBuilder("{\"title\":").append(Json.quote(file.title()));
        json.append(",\"path\":").append(Json.quote("/" + file.path())).append(",\"elements\":[");
        String separator = "";
        for (TestFile.Element element : file.elements()) {
            json.append(separator).append("{\"name\":").append(Json.quote(element.name()));
            json.append(",\"attributes\":")
                    .append(Json.object(element.attributes()))
                    .append('}');
            separator = ",";
        }
        return json.append("]}").toString();
    }

    // What the window asks for.

    @HostAccess.Export
    public double timeOrigin() {
        return startMillis;
    }

    @HostAccess.Export
    public double now() {
        return (System.nanoTime() - startNanos) / 1e6;
    }

    @HostAccess.Export
    public void collectGarbage() {
        System.gc();
    }

    @HostAccess.Export
    public @Nullable String file(String address) {
        String folder = file.path().substring(0, file.path().lastIndexOf('/') + 1);
        Path found = TestFile.locate(root, folder, address);
        try {
            return found == null ? null : Files.readString(found);
        } catch (IOException e) {
            return null;
        }
    }

    @HostAccess.Export
    public byte[] encode(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @HostAccess.Export
    public String decode(Value buffer) {
        ByteBuffer bytes = ByteBuffer.allocate((int) buffer.getBufferSize());
        buffer.readBuffer(0, bytes.array(), 0, bytes.capacity());
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    @HostAccess.Export
    public void result(String name, int status, String message) {
        outcomes.put(name, new Outcome(STATUS[status], message));
    }

    @HostAccess.Export
    public void completed(int status, String message) {
        harness = switch (status) {
            case 0 -> "OK";
            case 2 -> "TIMEOUT " + message;
            default -> "ERROR " + message;
        };
        completed.countDown();
    }

    /** Errors that leave a task of the page: what a browser would report to the window. */
    static OutputStream nowhere() {
        return OutputStream.nullOutputStream();
    }
}
