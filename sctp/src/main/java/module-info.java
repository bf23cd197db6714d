/** SCTP over DTLS and the data channels on top of it, as protocol cores. */
@org.jspecify.annotations.NullMarked
module dev.yodel.sctp {
    requires static transitive org.jspecify;
    requires transitive dev.yodel.io;

    exports dev.yodel.sctp;
    exports dev.yodel.sctp.dcep;
}
