package dev.yodel.interop.browser;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A page of a headless Chromium, driven by the DevTools protocol. */
public final class Chromium implements BrowserPage {
    private final BrowserProcess process;
    private final URI devToolsUri;
    private final boolean first;
    private final JsonSocket devTools;
    private final String session;
    private final List<String> console = new CopyOnWriteArrayList<>();
    private volatile CompletableFuture<Void> loaded = new CompletableFuture<>();

    private Chromium(BrowserProcess process, URI devToolsUri, boolean first) {
        this.process = process;
        this.devToolsUri = devToolsUri;
        this.first = first;
        devTools = new JsonSocket(devToolsUri, this::onEvent, process::lastWords);
        final JsonObject target = new JsonObject();
        target.addProperty("url", "about:blank");
        target.addProperty("newWindow", !first);
        final String targetId = result(devTools.call("Target.createTarget", target, null))
                .get("targetId")
                .getAsString();
        final JsonObject attach = new JsonObject();
        attach.addProperty("targetId", targetId);
        attach.addProperty("flatten", true);
        session = result(devTools.call("Target.attachToTarget", attach, null))
                .get("sessionId")
                .getAsString();
        call("Runtime.enable", new JsonObject());
        call("Page.enable", new JsonObject());
        call("Inspector.enable", new JsonObject());
    }

    /**
     * Starts a browser with a fresh profile, or skips the test where there is none.
     *
     * @param flags further ones
     * @return its page
     */
    public static Chromium start(String... flags) {
        final Path program = Requirements.program("chromium", "chromium-browser", "google-chrome");
        final Path profile = BrowserProcess.newProfile("chromium");
        final List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--enable-logging=stderr",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--autoplay-policy=no-user-gesture-required",
                "--user-data-dir=" + profile,
                "--remote-debugging-port=0"));
        command.addAll(List.of(flags));
        command.add("about:blank");
        final BrowserProcess process = BrowserProcess.start(command, profile);
        try {
            return new Chromium(process, devToolsUri(process), true);
        } catch (RuntimeException | Error e) {
            final String log = process.log();
            process.close();
            throw new AssertionError("Chromium did not start: " + e + "\n" + log, e);
        }
    }

    /**
     * Opens a further page of the same browser, in a window of its own. It is closed with the browser.
     *
     * @return the page
     */
    public Chromium newPage() {
        return new Chromium(process, devToolsUri, false);
    }

    /**
     * What the page looks like.
     *
     * @param width of the window, in pixels
     * @param height of the window, in pixels
     * @return a PNG
     */
    public byte[] screenshot(int width, int height) {
        final JsonObject size = new JsonObject();
        size.addProperty("width", width);
        size.addProperty("height", height);
        size.addProperty("deviceScaleFactor", 1);
        size.addProperty("mobile", false);
        call("Emulation.setDeviceMetricsOverride", size);
        final String png =
                call("Page.captureScreenshot", new JsonObject()).get("data").getAsString();
        return Base64.getDecoder().decode(png);
    }

    /**
     * Presses and releases a key, as a person at the keyboard does.
     *
     * @param key its name in the DOM: {@code Tab}, {@code Enter}, {@code Escape}, or {@code " "}
     */
    public void press(String key) {
        final JsonObject event = new JsonObject();
        final int code =
                switch (key) {
                    case "Tab" -> 9;
                    case "Enter" -> 13;
                    case "Escape" -> 27;
                    case " " -> 32;
                    default -> throw new IllegalArgumentException(key);
                };
        event.addProperty("key", key);
        event.addProperty("code", key.equals(" ") ? "Space" : key);
        event.addProperty("windowsVirtualKeyCode", code);
        event.addProperty("type", key.equals("Enter") || key.equals(" ") ? "keyDown" : "rawKeyDown");
        if (key.equals("Enter") || key.equals(" ")) {
            event.addProperty("text", key.equals(" ") ? " " : "\r");
        }
        call("Input.dispatchKeyEvent", event);
        event.addProperty("type", "keyUp");
        event.remove("text");
        call("Input.dispatchKeyEvent", event);
    }

    /**
     * Shows the page as its user likes it.
     *
     * @param dark whether they like it dark
     */
    public void prefersDark(boolean dark) {
        final JsonObject feature = new JsonObject();
        feature.addProperty("name", "prefers-color-scheme");
        feature.addProperty("value", dark ? "dark" : "light");
        final JsonArray features = new JsonArray();
        features.add(feature);
        final JsonObject media = new JsonObject();
        media.add("features", features);
        call("Emulation.setEmulatedMedia", media);
    }

    private static URI devToolsUri(BrowserProcess process) {
        final Path file = process.profile().resolve("DevToolsActivePort");
        return Polling.until("Chromium's DevTools", 30, () -> {
            if (!process.isAlive()) {
                throw new AssertionError("Chromium ended");
            }
            try {
                final List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
                return lines.size() < 2 ? null : URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1));
            } catch (IOException e) {
                return null;
            }
        });
    }

    private void onEvent(JsonObject event) {
        final JsonObject params = event.getAsJsonObject("params");
        switch (event.get("method").getAsString()) {
            case "Runtime.consoleAPICalled" -> {
                final StringBuilder line = new StringBuilder(params.get("type").getAsString()).append(':');
                for (final JsonElement argument : params.getAsJsonArray("args")) {
                    final JsonObject value = argument.getAsJsonObject();
                    line.append(' ').append(value.has("value") ? value.get("value") : value.get("description"));
                }
                console.add(line.toString());
            }
            case "Runtime.exceptionThrown" ->
                console.add("exception: " + text(params.getAsJsonObject("exceptionDetails")));
            case "Inspector.targetCrashed" -> console.add("exception: the page's process crashed");
            case "Inspector.detached" -> console.add("exception: DevTools were detached: " + params);
            case "Page.loadEventFired" -> loaded.complete(null);
            default -> {}
        }
    }

    private JsonObject call(String method, JsonObject params) {
        return result(devTools.call(method, params, session));
    }

    private static JsonObject result(JsonObject answer) {
        if (answer.has("error")) {
            throw new AssertionError("DevTools: " + answer.get("error"));
        }
        return answer.getAsJsonObject("result");
    }

    private static String text(JsonObject details) {
        if (details.has("exception") && details.getAsJsonObject("exception").has("description")) {
            return details.getAsJsonObject("exception").get("description").getAsString();
        }
        return details.toString();
    }

    @Override
    public void navigate(URI uri) {
        loaded = new CompletableFuture<>();
        final JsonObject params = new JsonObject();
        params.addProperty("url", uri.toString());
        final JsonObject answer = call("Page.navigate", params);
        if (answer.has("errorText")) {
            throw new AssertionError(uri + " cannot be loaded: " + answer.get("errorText"));
        }
        loaded.orTimeout(30, TimeUnit.SECONDS).join();
        // The event may have been that of the page before, which was still loading.
        Polling.until(
                "the page " + uri,
                30,
                () -> evaluate("location.href !== 'about:blank' && document.readyState === 'complete'")
                                .getAsBoolean()
                        ? true
                        : null);
    }

    @Override
    public JsonElement evaluate(String expression) {
        final JsonObject params = new JsonObject();
        params.addProperty("expression", expression);
        params.addProperty("awaitPromise", true);
        params.addProperty("returnByValue", true);
        params.addProperty("userGesture", true);
        final JsonObject answer;
        try {
            answer = call("Runtime.evaluate", params);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\nin: " + expression + "\nconsole: " + console, e);
        }
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(
                    text(answer.getAsJsonObject("exceptionDetails")) + "\nin: " + expression + "\nconsole: " + console);
        }
        final JsonElement value = answer.getAsJsonObject("result").get("value");
        return value == null ? JsonNull.INSTANCE : value;
    }

    @Override
    public List<String> console() {
        return List.copyOf(console);
    }

    @Override
    public void close() {
        devTools.close();
        if (first) {
            process.close();
        }
    }
}
