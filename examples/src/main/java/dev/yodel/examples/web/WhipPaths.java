package dev.yodel.examples.web;

import dev.yodel.whip.WhipRequest;
import dev.yodel.whip.WhipResponse;
import dev.yodel.whip.WhipServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Joins a {@link WhipServer} to Jetty: what is at its paths goes to it, after a look at the page that asks. */
final class WhipPaths extends Handler.Abstract {
    private final WhipServer server;
    private final OriginRule origins;

    WhipPaths(WhipServer server, OriginRule origins) {
        this.server = server;
        this.origins = origins;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws IOException {
        final String path = request.getHttpURI().getPath();
        if (!server.serves(path)) {
            return false;
        }
        final String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        if (!origins.allows(origin, request.getHeaders().get(HttpHeader.HOST))) {
            Response.writeError(request, response, callback, HttpStatus.FORBIDDEN_403, "this origin is not allowed");
            return true;
        }
        final Map<String, List<String>> headers = new TreeMap<>();
        for (final HttpField field : request.getHeaders()) {
            headers.put(field.getName(), List.of(field.getValue() == null ? "" : field.getValue()));
        }
        final byte[] body;
        try (InputStream in = Content.Source.asInputStream(request)) {
            body = in.readNBytes(server.maxBodyBytes() + 1);
        }
        server.handle(new WhipRequest(request.getMethod(), path, headers, body))
                .thenAccept(answer -> write(answer, response, callback));
        return true;
    }

    private static void write(WhipResponse answer, Response response, Callback callback) {
        response.setStatus(answer.status());
        answer.headers().forEach(header -> response.getHeaders().add(header.getKey(), header.getValue()));
        response.getHeaders().put("Cache-Control", "no-store");
        response.write(true, ByteBuffer.wrap(answer.body()), callback);
    }
}
