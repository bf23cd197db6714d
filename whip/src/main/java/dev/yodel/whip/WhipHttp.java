package dev.yodel.whip;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What does the client say by HTTP? Tokens, redirects and limits; it knows nothing of sessions. Any thread. */
final class WhipHttp {
    private static final int MAX_BODY_BYTES = 1 << 20;
    private static final int MAX_REDIRECTS = 5;
    private static final int SHOWN_CHARS = 300;

    private final HttpClient client;
    private final @Nullable String token;
    private final Duration timeout;

    WhipHttp(HttpClient client, @Nullable String token, Duration timeout) {
        this.client = client;
        this.token = token;
        this.timeout = timeout;
    }

    /** One request; a redirect of a POST is followed (RFC 9725 4.5), every other answer is given back. */
    CompletableFuture<HttpResponse<String>> send(
            String method, URI uri, @Nullable String contentType, @Nullable String ifMatch, String body) {
        return send(method, uri, contentType, ifMatch, body, 0);
    }

    private CompletableFuture<HttpResponse<String>> send(
            String method,
            URI uri,
            @Nullable String contentType,
            @Nullable String ifMatch,
            String body,
            int redirects) {
        final HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(timeout);
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        if (ifMatch != null) {
            request.header("If-Match", ifMatch);
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        request.method(
                method,
                body.isEmpty()
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        return client.sendAsync(request.build(), info -> new LimitedBody(MAX_BODY_BYTES))
                .handle((response, error) -> {
                    if (response == null) {
                        throw noAnswer(method, uri, error);
                    }
                    return response;
                })
                .thenCompose(response -> {
                    final URI next = redirect(method, uri, response);
                    if (next == null) {
                        return CompletableFuture.completedFuture(response);
                    }
                    if (redirects == MAX_REDIRECTS) {
                        throw new WhipException(response.statusCode(), "more than " + MAX_REDIRECTS + " redirects");
                    }
                    return send(method, next, contentType, ifMatch, body, redirects + 1);
                });
    }

    private static WhipException noAnswer(String method, URI uri, @Nullable Throwable thrown) {
        final Throwable error = thrown instanceof CompletionException && thrown.getCause() != null
                ? thrown.getCause()
                : thrown == null ? new IllegalStateException("no response") : thrown;
        final String words = error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
        return new WhipException(0, method + " " + uri + " was not answered: " + words, error);
    }

    private static @Nullable URI redirect(String method, URI from, HttpResponse<String> response) {
        final int status = response.statusCode();
        if (!method.equals("POST") || (status != 307 && status != 308)) {
            return null;
        }
        final URI to = from.resolve(location(response));
        final boolean plain = "http".equals(to.getScheme());
        if (!(plain || "https".equals(to.getScheme())) || (plain && "https".equals(from.getScheme()))) {
            throw new WhipException(status, "a redirect from " + from + " to " + to + " is not followed");
        }
        return to;
    }

    /** The {@code Location} of an answer. */
    static URI location(HttpResponse<String> response) {
        final String text = response.headers().firstValue("Location").orElse("");
        try {
            if (!text.isEmpty()) {
                return URI.create(text);
            }
        } catch (IllegalArgumentException e) {
            throw new WhipException(response.statusCode(), "the server's Location is no URI", e);
        }
        throw new WhipException(response.statusCode(), "the server gave no Location");
    }

    /** A refusal with what the server said about it, as far as it can be shown. */
    static WhipException refusal(String what, HttpResponse<String> response) {
        final StringBuilder shown = new StringBuilder();
        final String body = response.body();
        for (int i = 0; i < Math.min(body.length(), SHOWN_CHARS); i++) {
            shown.append(Character.isISOControl(body.charAt(i)) ? ' ' : body.charAt(i));
        }
        return new WhipException(
                response.statusCode(),
                what + " was refused with " + response.statusCode()
                        + (shown.isEmpty() ? "" : ": " + shown.toString().strip()));
    }
}
