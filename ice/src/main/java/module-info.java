/** ICE, STUN and mDNS as protocol cores, and the drivers that give them sockets. */
@org.jspecify.annotations.NullMarked
module dev.yodel.ice {
    requires transitive dev.yodel.io;
    requires static transitive org.jspecify;

    exports dev.yodel.ice.stun;
}
