/** WebRTC for the JVM: the API of the W3C over pure-Java protocol cores. */
@org.jspecify.annotations.NullMarked
module dev.yodel.webrtc {
    requires transitive dev.yodel.io;
    requires transitive dev.yodel.media;
    requires transitive dev.yodel.dtlssrtp;
    requires transitive dev.yodel.ice;
    requires dev.yodel.sctp;
    requires dev.yodel.sdp;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports dev.yodel.webrtc;
}
