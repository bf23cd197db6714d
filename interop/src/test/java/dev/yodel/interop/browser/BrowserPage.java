package dev.yodel.interop.browser;

import com.google.gson.JsonElement;
import java.net.URI;
import java.util.List;

/** One open page of a real browser. */
public interface BrowserPage extends AutoCloseable {
    /**
     * Loads a page and waits until it is loaded.
     *
     * @param uri where
     */
    void navigate(URI uri);

    /**
     * Runs JavaScript in the page and waits for what it promises.
     *
     * @param expression an expression; if its value is a promise, it is awaited
     * @return the value as JSON
     * @throws AssertionError if it throws, is rejected, or takes longer than 30 s; with the page's console
     */
    JsonElement evaluate(String expression);

    /**
     * What the page wrote to its console, and its uncaught exceptions.
     *
     * @return oldest first
     */
    List<String> console();

    /** Ends the browser and removes its profile. */
    @Override
    void close();
}
