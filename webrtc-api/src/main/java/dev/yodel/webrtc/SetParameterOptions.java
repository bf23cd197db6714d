package dev.yodel.webrtc;

import java.util.List;

/**
 * W3C's RTCSetParameterOptions.
 *
 * @param encodingOptions one for each encoding, or none
 */
public record SetParameterOptions(List<EncodingOptions> encodingOptions) {
    /** Nothing beyond the parameters. */
    public static final SetParameterOptions DEFAULT = new SetParameterOptions(List.of());

    public SetParameterOptions {
        encodingOptions = List.copyOf(encodingOptions);
    }
}
