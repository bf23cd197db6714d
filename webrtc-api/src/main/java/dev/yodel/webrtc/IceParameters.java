package dev.yodel.webrtc;

/**
 * W3C's RTCIceParameters.
 *
 * @param usernameFragment the ufrag, 4 to 256 characters
 * @param password the password, 22 to 256 characters; not in {@link #toString()}
 */
public record IceParameters(String usernameFragment, String password) {
    @Override
    public String toString() {
        return "IceParameters[usernameFragment=" + usernameFragment + ", password=<hidden>]";
    }
}
