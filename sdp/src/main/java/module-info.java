/** SDP as WebRTC uses it: a typed, lossless model, its parser, its writer and its validators. */
@org.jspecify.annotations.NullMarked
module dev.yodel.sdp {
    requires static transitive org.jspecify;

    exports dev.yodel.sdp;
}
