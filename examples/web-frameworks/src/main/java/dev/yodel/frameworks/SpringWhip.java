package dev.yodel.frameworks;

import dev.yodel.whip.WhipRequest;
import dev.yodel.whip.WhipServer;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class SpringWhip {
    private final WhipServer server;

    SpringWhip(WhipServer server) { this.server = server; }

    @RequestMapping({"/whip/**", "/whep/**"})
    CompletableFuture<ResponseEntity<byte[]>> whip(HttpServletRequest request, @RequestHeader HttpHeaders headers) throws IOException {
        byte[] body = request.getInputStream().readNBytes(server.maxBodyBytes() + 1);
        Map<String, List<String>> given = new TreeMap<>();
        headers.forEach(given::put);
        return server.handle(new WhipRequest(request.getMethod(), request.getRequestURI(), given, body)).thenApply(answer -> {
            var response = ResponseEntity.status(answer.status());
            answer.headers().forEach(header -> response.header(header.getKey(), header.getValue()));
            return response.body(answer.body());
        });
    }
}
