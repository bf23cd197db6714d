package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.Stats;
import dev.yodel.webrtc.StatsReport;
import dev.yodel.webrtc.internal.transport.TransportSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Collects W3C's statistics from the transports' loops. */
final class StatsCollector {
    private final PeerConnectionImpl connection;
    private final Signaling signaling;

    StatsCollector(PeerConnectionImpl connection, Signaling signaling) {
        this.connection = connection;
        this.signaling = signaling;
    }

    private double timestamp() {
        return connection.factory().wallTime().millis(connection.loop().now());
    }

    CompletableFuture<StatsReport> collect() {
        List<TransportHandle> transports = signaling.transports();
        List<CompletableFuture<@Nullable TransportSnapshot>> snapshots = new ArrayList<>();
        for (TransportHandle transport : transports) {
            snapshots.add(transport.snapshot());
        }
        return CompletableFuture.allOf(snapshots.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> {
                    StatsBuilder builder = new StatsBuilder(timestamp(), connection);
                    for (int i = 0; i < transports.size(); i++) {
                        TransportSnapshot snapshot = snapshots.get(i).join();
                        if (snapshot != null) {
                            builder.transport(transports.get(i), snapshot, signaling.state());
                        }
                    }
                    builder.connection(signaling.transports().size());
                    return new Report(builder.entries());
                });
    }

    /**
     * A report.
     *
     * @param entries by id
     */
    record Report(Map<String, Stats> entries) implements StatsReport {
        Report {
            entries = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        @Override
        public String toJson() {
            StringBuilder json = new StringBuilder("[");
            for (Stats entry : entries.values()) {
                json.append(json.length() == 1 ? "{" : ",{");
                member(json, "id", entry.id());
                json.append(',');
                member(json, "type", entry.type());
                json.append(',');
                member(json, "timestamp", entry.timestamp());
                entry.members().forEach((key, value) -> {
                    json.append(',');
                    member(json, key, value);
                });
                json.append('}');
            }
            return json.append(']').toString();
        }

        private static void member(StringBuilder json, String key, Object value) {
            string(json, key);
            json.append(':');
            if (value instanceof Double number && (number.isNaN() || number.isInfinite())) {
                json.append("null");
            } else if (value instanceof Number || value instanceof Boolean) {
                json.append(value);
            } else {
                string(json, value.toString());
            }
        }

        private static void string(StringBuilder json, String text) {
            json.append('"');
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '"' || c == '\\') {
                    json.append('\\').append(c);
                } else if (c < ' ') {
                    json.append(String.format("\\u%04x", (int) c));
                } else {
                    json.append(c);
                }
            }
            json.append('"');
        }
    }
}
