/** DTLS and SRTP: the keys of a WebRTC connection and what is done with them. */
@org.jspecify.annotations.NullMarked
module dev.yodel.dtlssrtp {
    requires transitive dev.yodel.io;
    requires org.slf4j;
    requires org.bouncycastle.provider;
    requires org.bouncycastle.tls;
    requires static transitive org.jspecify;

    exports dev.yodel.dtls;
    exports dev.yodel.dtls.bc;
    exports dev.yodel.srtp;
}
