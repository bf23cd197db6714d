package dev.yodel.frameworks

import dev.yodel.whip.WhipRequest
import dev.yodel.whip.WhipServer
import io.ktor.http.ContentType
import io.ktor.http.HttpStatusCode
import io.ktor.server.request.httpMethod
import io.ktor.server.request.path
import io.ktor.server.request.receiveChannel
import io.ktor.server.response.respondBytes
import io.ktor.server.routing.Route
import io.ktor.server.routing.route
import io.ktor.util.toMap
import io.ktor.utils.io.readRemaining
import kotlinx.coroutines.future.await
import kotlinx.io.readByteArray

fun Route.whip(server: WhipServer) {
    for (kind in listOf("whip", "whep")) {
        route("/$kind/{path...}") {
            handle {
                val headers = call.request.headers.toMap()
                val body = call.receiveChannel().readRemaining(server.maxBodyBytes() + 1L).readByteArray()
                val answer = server.handle(WhipRequest(call.request.httpMethod.value, call.request.path(), headers, body)).await()
                val (types, others) = answer.headers().partition { it.key == "Content-Type" }
                others.forEach { call.response.headers.append(it.key, it.value, safeOnly = false) }
                call.respondBytes(answer.body(), types.firstOrNull()?.let { ContentType.parse(it.value) }, HttpStatusCode.fromValue(answer.status()))
            }
        }
    }
}
