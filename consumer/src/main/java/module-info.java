/** A user's module. */
module dev.yodel.consumer {
    requires dev.yodel.webrtc;
}
