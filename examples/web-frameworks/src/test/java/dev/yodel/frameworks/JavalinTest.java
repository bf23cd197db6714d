package dev.yodel.frameworks;

import io.javalin.Javalin;
import java.net.URI;
import org.junit.jupiter.api.Test;

class JavalinTest {
    @Test
    void aCallIsAnswered() throws Exception {
        try (AdapterChecks checks = new AdapterChecks();
                Calls calls = new Calls()) {
            Javalin app = JavalinSignaling.create(calls).start("localhost", 0);
            try {
                checks.signaling(URI.create("http://localhost:" + app.port()));
            } finally {
                app.stop();
            }
        }
    }

    @Test
    void aPublisherComesByWhip() throws Exception {
        try (AdapterChecks checks = new AdapterChecks()) {
            Javalin app = Javalin.create(config -> JavalinWhip.addTo(config.routes, checks.whipServer()))
                    .start("localhost", 0);
            try {
                checks.whip(URI.create("http://localhost:" + app.port()));
            } finally {
                app.stop();
            }
        }
    }
}
