/** WHIP (RFC 9725) and WHEP: publishing to a server and playing from one, signaled by HTTP. */
@org.jspecify.annotations.NullMarked
module dev.yodel.whip {
    requires transitive dev.yodel.webrtc;
    requires transitive java.net.http;
    requires dev.yodel.sdp;
    requires org.slf4j;
    requires static transitive jdk.httpserver;
    requires static transitive org.jspecify;

    exports dev.yodel.whip;
}
