package dev.yodel.frameworks;

import dev.yodel.whip.WhipRequest;
import dev.yodel.whip.WhipServer;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

final class JavalinWhip {
    private JavalinWhip() {}

    static void addTo(RoutesConfig routes, WhipServer server) {
        Handler whip = context -> {
            byte[] body = context.bodyInputStream().readNBytes(server.maxBodyBytes() + 1);
            Map<String, List<String>> headers = new HashMap<>();
            context.headerMap().forEach((name, value) -> headers.put(name, List.of(value)));
            context.future(() -> server.handle(new WhipRequest(context.method().name(), context.path(), headers, body))
                    .thenAccept(answer -> {
                        context.status(answer.status());
                        answer.headers().forEach(header -> context.res().addHeader(header.getKey(), header.getValue()));
                        context.result(answer.body());
                    }));
        };
        for (HandlerType type : List.of(HandlerType.POST, HandlerType.PATCH, HandlerType.DELETE, HandlerType.OPTIONS, HandlerType.GET)) {
            routes.addHttpHandler(type, "/whip/*", whip);
            routes.addHttpHandler(type, "/whep/*", whip);
        }
    }
}
