package dev.yodel.frameworks

import io.ktor.server.engine.embeddedServer
import io.ktor.server.netty.Netty
import io.ktor.server.routing.routing
import java.net.URI
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test

class KtorTest {
    @Test
    fun aCallIsAnsweredAndAPublisherComesByWhip() {
        AdapterChecks().use { checks ->
            val server = embeddedServer(Netty, port = 0, host = "localhost") {
                calls()
                routing { whip(checks.whipServer()) }
            }
            server.start()
            try {
                val port = runBlocking { server.engine.resolvedConnectors().first().port }
                val base = URI.create("http://localhost:$port")
                checks.signaling(base)
                checks.whip(base)
            } finally {
                server.stop(0, 2000)
            }
        }
    }
}
