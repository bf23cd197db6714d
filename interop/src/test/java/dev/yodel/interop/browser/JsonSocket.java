package dev.yodel.interop.browser;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Commands with numbers, answers with the same numbers, and events without: what DevTools and WebDriver BiDi share. */
final class JsonSocket implements AutoCloseable {
    private static final long ANSWER_WITHIN_SECONDS = 40;

    private final Map<Integer, CompletableFuture<JsonObject>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger lastId = new AtomicInteger();
    private final Consumer<JsonObject> events;
    private final Supplier<String> lastWords;
    private final WebSocket socket;
    /** Why the connection ended: a later command only knows that it has. */
    private volatile @Nullable Throwable end;

    /**
     * Connects.
     *
     * @param uri where the browser listens
     * @param events takes what is no answer; must not throw
     * @param lastWords what the browser itself says, for failure messages
     */
    JsonSocket(URI uri, Consumer<JsonObject> events, Supplier<String> lastWords) {
        this.events = events;
        this.lastWords = lastWords;
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .connectTimeout(Duration.ofSeconds(20))
                .buildAsync(uri, new Incoming())
                .join();
    }

    /** Sends a command and waits for its answer; the session is DevTools' and may be null. */
    JsonObject call(String method, JsonObject params, @Nullable String session) {
        final int id = lastId.incrementAndGet();
        final JsonObject command = new JsonObject();
        command.addProperty("id", id);
        command.addProperty("method", method);
        command.add("params", params);
        if (session != null) {
            command.addProperty("sessionId", session);
        }
        final CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        try {
            socket.sendText(command.toString(), true).get(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS);
            return answer.get(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw noAnswer(method, e);
        } finally {
            waiting.remove(id);
        }
    }

    private AssertionError noAnswer(String method, Exception e) {
        final Throwable why = end;
        if (why != null && why != e.getCause()) {
            e.addSuppressed(why);
        }
        return new AssertionError(
                "the browser did not answer " + method + ": " + e
                        + (why == null ? "; the connection stands" : "; the connection ended by " + why) + "; "
                        + lastWords.get(),
                e);
    }

    private void ended(Throwable why) {
        if (end == null) {
            end = why;
        }
        waiting.values().forEach(answer -> answer.completeExceptionally(why));
    }

    @Override
    public void close() {
        socket.abort();
    }

    private final class Incoming implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                final JsonObject message =
                        JsonParser.parseString(text.toString()).getAsJsonObject();
                text.setLength(0);
                deliver(message);
            }
            from.request(1);
            return null;
        }

        private void deliver(JsonObject message) {
            if (message.has("id") && !message.get("id").isJsonNull()) {
                final CompletableFuture<JsonObject> answer =
                        waiting.get(message.get("id").getAsInt());
                if (answer != null) {
                    answer.complete(message);
                }
            } else {
                events.accept(message);
            }
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            ended(error);
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            ended(new IllegalStateException("the browser closed the connection: " + code + " " + reason));
            return null;
        }
    }
}
