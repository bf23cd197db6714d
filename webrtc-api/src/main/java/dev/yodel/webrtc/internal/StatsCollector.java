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
            List<Map<String, Object>> list = new ArrayList<>();
            for (Stats entry : entries.values()) {
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("id", entry.id());
                json.put("type", entry.type());
                json.put("timestamp", entry.timestamp());
                json.putAll(entry.members());
                list.add(json);
            }
            return Json.of(list);
        }
    }
}
