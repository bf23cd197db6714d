package dev.yodel.frameworks

import dev.yodel.webrtc.RtcException
import io.ktor.http.ContentType
import io.ktor.http.HttpStatusCode
import io.ktor.server.application.Application
import io.ktor.server.application.ApplicationStopped
import io.ktor.server.request.receiveChannel
import io.ktor.server.response.respond
import io.ktor.server.response.respondText
import io.ktor.server.routing.post
import io.ktor.server.routing.routing
import io.ktor.utils.io.readRemaining
import kotlinx.coroutines.future.await
import kotlinx.io.readString

fun Application.calls() {
    val calls = Calls()
    monitor.subscribe(ApplicationStopped) { calls.close() }
    routing {
        post("/offer") {
            val offer = call.receiveChannel().readRemaining(Calls.MAX_OFFER_BYTES.toLong()).readString()
            try {
                call.respondText(calls.answer(offer).await(), ContentType("application", "sdp"))
            } catch (e: RtcException) {
                call.respond(HttpStatusCode.BadRequest, e.message ?: "refused")
            }
        }
    }
}
