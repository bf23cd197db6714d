package dev.yodel.webrtc.internal.jsep;

import java.util.List;

/**
 * The simulcast streams of an m-section as its writer sees them (RFC 8853); of alternatives only the first.
 *
 * @param send ids of the streams that the writer wants to send; empty for none
 * @param receive ids of the streams that the writer wants to receive; empty for none
 */
public record SimulcastModel(List<String> send, List<String> receive) {
    /** No simulcast. */
    public static final SimulcastModel NONE = new SimulcastModel(List.of(), List.of());

    public SimulcastModel {
        send = List.copyOf(send);
        receive = List.copyOf(receive);
    }

    boolean isNone() {
        return send.isEmpty() && receive.isEmpty();
    }
}
