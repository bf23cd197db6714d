/** ICE, STUN and mDNS as protocol cores, and the drivers that give them sockets. */
@org.jspecify.annotations.NullMarked
module dev.yodel.ice {
    requires transitive dev.yodel.io;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports dev.yodel.ice;
    exports dev.yodel.ice.loop;
    exports dev.yodel.ice.mdns;
    exports dev.yodel.ice.stun;
    exports dev.yodel.ice.turn;
}
