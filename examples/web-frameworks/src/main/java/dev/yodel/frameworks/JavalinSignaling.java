package dev.yodel.frameworks;

import dev.yodel.webrtc.RtcException;
import io.javalin.Javalin;

final class JavalinSignaling {
    private JavalinSignaling() {}

    static Javalin create(Calls calls) {
        return Javalin.create(config -> {
            config.http.maxRequestSize = Calls.MAX_OFFER_BYTES;
            config.routes.post("/offer", context -> context.future(() -> calls.answer(context.body())
                    .thenAccept(answer -> context.contentType("application/sdp").result(answer))));
            config.routes.exception(RtcException.class, (e, context) -> context.status(400).result(String.valueOf(e.getMessage())));
        });
    }

    public static void main(String[] args) {
        Calls calls = new Calls();
        Javalin app = create(calls).start(8080);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> { app.stop(); calls.close(); }));
    }
}
