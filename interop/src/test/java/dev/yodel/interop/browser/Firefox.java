package dev.yodel.interop.browser;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** One page of a headless Firefox in a network namespace of its own, driven by WebDriver BiDi. */
public final class Firefox implements BrowserPage {
    private static final String LISTENING = "WebDriver BiDi listening on ws://";

    private final List<AutoCloseable> toClose;
    private final JsonSocket biDi;
    private final String context;
    private final List<String> console = new CopyOnWriteArrayList<>();

    private Firefox(URI uri, BrowserProcess process, List<AutoCloseable> toClose) {
        this.toClose = toClose;
        biDi = new JsonSocket(uri, this::onEvent, process::lastWords);
        final JsonObject capabilities = new JsonObject();
        capabilities.add("capabilities", new JsonObject());
        call("session.new", capabilities);
        final JsonArray events = new JsonArray();
        events.add("log.entryAdded");
        final JsonObject subscription = new JsonObject();
        subscription.add("events", events);
        call("session.subscribe", subscription);
        context = call("browsingContext.getTree", new JsonObject())
                .getAsJsonArray("contexts")
                .get(0)
                .getAsJsonObject()
                .get("context")
                .getAsString();
    }

    /**
     * Starts a browser with a fresh profile inside a namespace, or skips the test where there is none.
     *
     * @param namespace where it runs; stays the caller's
     * @param preferences further ones: JavaScript literals by name
     * @return its page
     */
    public static Firefox start(NetworkNamespace namespace, Map<String, String> preferences) {
        return start(namespace, preferences, null);
    }

    /**
     * Starts a browser that trusts an authority, or skips the test where certutil is missing (libnss3-tools).
     *
     * @param namespace where it runs; stays the caller's
     * @param preferences further ones: JavaScript literals by name
     * @param authority its certificate as PEM; null for none
     * @return its page
     */
    public static Firefox start(NetworkNamespace namespace, Map<String, String> preferences, @Nullable Path authority) {
        final Path program = Requirements.program("firefox-esr", "firefox");
        final Path profile = BrowserProcess.newProfile("firefox");
        writePreferences(profile, namespace, preferences);
        if (authority != null) {
            trust(profile, authority);
        }
        final List<AutoCloseable> toClose = new ArrayList<>();
        final ServerSocket door = door(toClose);
        final int port = door.getLocalPort();
        final List<String> command = new ArrayList<>(namespace.prefix());
        command.addAll(List.of(
                program.toString(),
                "--headless",
                "--no-remote",
                "--profile",
                profile.toString(),
                "--remote-debugging-port=" + port,
                "about:blank"));
        final BrowserProcess process = BrowserProcess.start(command, profile);
        toClose.add(process);
        try {
            Polling.until("Firefox's WebDriver BiDi", 60, () -> {
                if (!process.isAlive()) {
                    throw new AssertionError("Firefox ended");
                }
                return process.log().contains(LISTENING) ? true : null;
            });
            toClose.add(0, relay(namespace, port));
            LoopbackRelay.daemon(
                    () -> LoopbackRelay.serve(door, new InetSocketAddress(namespace.innerAddress(), port)));
            return new Firefox(URI.create("ws://127.0.0.1:" + port + "/session"), process, toClose);
        } catch (RuntimeException | Error e) {
            final String log = process.log();
            closeAll(toClose);
            throw new AssertionError("Firefox did not start: " + e + "\n" + log, e);
        }
    }

    private static void trust(Path profile, Path authority) {
        final String certutil = Requirements.program("certutil").toString();
        final String database = "sql:" + profile;
        Requirements.succeeds("a certificate database", certutil, "-N", "--empty-password", "-d", database);
        Requirements.succeeds(
                "a trusted authority",
                certutil,
                "-A",
                "-n",
                "authority",
                "-t",
                "C,,",
                "-d",
                database,
                "-i",
                authority.toString());
    }

    private static ServerSocket door(List<AutoCloseable> toClose) {
        try {
            final ServerSocket door = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
            toClose.add(door);
            return door;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void writePreferences(Path profile, NetworkNamespace namespace, Map<String, String> more) {
        final StringBuilder lines = new StringBuilder();
        final List<Map.Entry<String, String>> all = new ArrayList<>(List.of(
                Map.entry("media.navigator.streams.fake", "true"),
                Map.entry("media.navigator.permission.disabled", "true"),
                Map.entry("media.autoplay.default", "0"),
                Map.entry("media.autoplay.blocking_policy", "0"),
                Map.entry("media.autoplay.block-webaudio", "false"),
                Map.entry("media.getusermedia.insecure.enabled", "true"),
                Map.entry("media.devices.insecure.enabled", "true"),
                Map.entry("dom.securecontext.allowlist", "\"" + namespace.outerAddress() + "\""),
                Map.entry("media.gmp-manager.updateEnabled", "false"),
                Map.entry("app.update.enabled", "false"),
                Map.entry("browser.shell.checkDefaultBrowser", "false"),
                Map.entry("browser.startup.page", "0"),
                Map.entry("datareporting.policy.dataSubmissionEnabled", "false"),
                Map.entry("toolkit.telemetry.enabled", "false"),
                Map.entry("network.captive-portal-service.enabled", "false"),
                Map.entry("network.connectivity-service.enabled", "false"),
                Map.entry("services.settings.server", "\"http://127.0.0.1:1\"")));
        all.addAll(more.entrySet());
        all.forEach(entry -> lines.append("user_pref(\"")
                .append(entry.getKey())
                .append("\", ")
                .append(entry.getValue())
                .append(");\n"));
        try {
            Files.writeString(profile.resolve("user.js"), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static AutoCloseable relay(NetworkNamespace namespace, int port) {
        final List<String> command = new ArrayList<>(namespace.prefix());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx16m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LoopbackRelay.class.getName(),
                namespace.innerAddress(),
                Integer.toString(port)));
        try {
            final Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (process.getInputStream().read() < 0) {
                throw new AssertionError("the relay did not start");
            }
            return process::destroyForcibly;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void onEvent(JsonObject event) {
        if (event.has("method") && event.get("method").getAsString().equals("log.entryAdded")) {
            final JsonObject entry = event.getAsJsonObject("params");
            console.add(entry.get("level").getAsString() + ": " + entry.get("text"));
        }
    }

    private JsonObject call(String method, JsonObject params) {
        final JsonObject answer = biDi.call(method, params, null);
        if (!answer.has("result")) {
            throw new AssertionError("WebDriver BiDi: " + answer + "\nconsole: " + console);
        }
        return answer.getAsJsonObject("result");
    }

    @Override
    public void navigate(URI uri) {
        final JsonObject params = new JsonObject();
        params.addProperty("context", context);
        params.addProperty("url", uri.toString());
        params.addProperty("wait", "complete");
        call("browsingContext.navigate", params);
    }

    @Override
    public JsonElement evaluate(String expression) {
        final JsonObject target = new JsonObject();
        target.addProperty("context", context);
        final JsonObject params = new JsonObject();
        // BiDi has its own notation for values; a JSON text saves us from it.
        params.addProperty("expression", "(async () => JSON.stringify(await (" + expression + ")))()");
        params.add("target", target);
        params.addProperty("awaitPromise", true);
        params.addProperty("userActivation", true);
        final JsonObject answer = call("script.evaluate", params);
        if (!answer.get("type").getAsString().equals("success")) {
            throw new AssertionError(answer.getAsJsonObject("exceptionDetails").get("text") + "\nin: " + expression
                    + "\nconsole: " + console);
        }
        final JsonObject value = answer.getAsJsonObject("result");
        return value.has("value") ? JsonParser.parseString(value.get("value").getAsString()) : JsonNull.INSTANCE;
    }

    @Override
    public List<String> console() {
        return List.copyOf(console);
    }

    @Override
    public void close() {
        biDi.close();
        closeAll(toClose);
    }

    private static void closeAll(List<AutoCloseable> all) {
        for (final AutoCloseable one : all) {
            try {
                one.close();
            } catch (Exception e) {
                System.err.println("while closing Firefox: " + e);
            }
        }
    }
}
