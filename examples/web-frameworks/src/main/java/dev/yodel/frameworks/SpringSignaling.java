package dev.yodel.frameworks;

import dev.yodel.webrtc.RtcException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@Configuration
class CallsConfiguration {
    @Bean(destroyMethod = "close")
    Calls calls() { return new Calls(); }
}

@RestController
class OfferController {
    private final Calls calls;

    OfferController(Calls calls) { this.calls = calls; }

    @PostMapping(path = "/offer", consumes = "application/sdp", produces = "application/sdp")
    CompletableFuture<String> offer(InputStream body) throws IOException {
        return calls.answer(new String(body.readNBytes(Calls.MAX_OFFER_BYTES), StandardCharsets.UTF_8));
    }

    @ExceptionHandler(RtcException.class)
    ResponseEntity<String> refused(RtcException e) { return ResponseEntity.badRequest().body(e.getMessage()); }
}
