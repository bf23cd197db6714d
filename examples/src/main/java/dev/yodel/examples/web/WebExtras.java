package dev.yodel.examples.web;

import dev.yodel.whip.WhipServer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link WebServer} may have beside pages and WebSockets: TLS, WHIP, and short texts that are made when they
 * are asked for, such as those of a monitor.
 *
 * @param keyStore PKCS #12 or JKS with the server's key and certificates; null for no TLS
 * @param password the key store's
 * @param texts by request path
 * @param whip takes WHIP and WHEP at its own paths; null for none; stays the caller's
 */
public record WebExtras(@Nullable Path keyStore, String password, Map<String, Text> texts, @Nullable WhipServer whip) {
    /** Neither. */
    public static final WebExtras NONE = new WebExtras(null, "", Map.of(), null);

    /**
     * A text that is made anew for each request.
     *
     * @param contentType its type
     * @param content called on a thread of the server, must not block
     * @param good whether all is well, which is told by 200, or not, which is told by 503; must not block either
     */
    public record Text(String contentType, Supplier<String> content, BooleanSupplier good) {}

    /**
     * Makes extras.
     *
     * @param keyStore PKCS #12 or JKS with the server's key and certificates; null for no TLS
     * @param password the key store's
     * @param texts by request path
     * @param whip takes WHIP and WHEP at its own paths; null for none; stays the caller's
     */
    public WebExtras {
        texts = Map.copyOf(texts);
    }

    /**
     * The same with TLS.
     *
     * @param file PKCS #12 or JKS
     * @param secret its password
     * @return extras
     */
    public WebExtras withKeyStore(Path file, String secret) {
        return new WebExtras(file, secret, texts, whip);
    }

    /**
     * The same with WHIP and WHEP.
     *
     * @param server answers at its own paths; stays the caller's
     * @return extras
     */
    public WebExtras withWhip(WhipServer server) {
        return new WebExtras(keyStore, password, texts, server);
    }

    /**
     * The same with a further text.
     *
     * @param path of the request
     * @param contentType the text's
     * @param content makes it
     * @return extras
     */
    public WebExtras withText(String path, String contentType, Supplier<String> content) {
        return withText(path, contentType, content, () -> true);
    }

    /**
     * The same with a further text that says by its status, too, whether all is well.
     *
     * @param path of the request
     * @param contentType the text's
     * @param content makes it
     * @param good whether it is answered with 200 or with 503
     * @return extras
     */
    public WebExtras withText(String path, String contentType, Supplier<String> content, BooleanSupplier good) {
        final Map<String, Text> more = new HashMap<>(texts);
        more.put(path, new Text(contentType, content, good));
        return new WebExtras(keyStore, password, more, whip);
    }

    @Override
    public String toString() {
        return "WebExtras" + (keyStore == null ? "" : ", TLS") + ", " + texts.keySet();
    }
}
